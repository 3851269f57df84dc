import type { FastifyRequest } from 'fastify';
import type { Db } from '../db/database.ts';
import { type Problem, problem } from '../http/errors.ts';
import { isSigned } from '../http/principal.ts';
import type { App } from '../http/server.ts';
import { createAllowance } from '../lib/allowance.ts';
import { goodSecrets } from './secret.ts';
import { isSignedBy, type ReadSignature, readSignature, type SignatureHeaders } from './signature.ts';

// From one address. Whoever has no secret can have us read large bodies: those under way count until they prove good.
const MOST_WRONG = { most: 30, windowMs: 60_000 };

/** What a request is measured by, once its body is there. */
type Claim = { headers: SignatureHeaders; secrets: Buffer[] };

/**
 * Adds routes to `app` whose requests may be signed (`orSigned`), and refuses those whose signature is not good, and
 * addresses that send many such. What the headers alone give away is refused before the body is read. The signature is
 * of the body's bytes, so it is checked where they become JSON, and nothing is made of them before.
 */
export function withSignatures(
  app: App,
  { db, now }: { db: Db; now: () => Date },
  register: (scope: App) => void,
): void {
  app.register(async (scope) => {
    const claimed = new WeakMap<FastifyRequest, Claim>();
    const checked = new WeakSet<FastifyRequest>();
    const wrong = createAllowance(MOST_WRONG);
    const parse = scope.getDefaultJsonParser('error', 'error');

    scope.addHook('onRequest', async (request) => {
      if (!isSigned(request)) return;
      const headers = headersOf(readSignature(request.headers, now()));
      const seconds = wrong.take(request.ip);
      if (seconds > 0) throw problem.tooMany(seconds, 'Too many requests whose signature is not good.');
      const secrets = await goodSecrets(db, now());
      if (secrets.length === 0) throw refusals.noSecret();
      claimed.set(request, { headers, secrets });
    });
    scope.removeContentTypeParser('application/json');
    const asBuffer = { parseAs: 'buffer' } as const;
    scope.addContentTypeParser('application/json', asBuffer, (request, body: Buffer, done) => {
      try {
        check(request, body);
      } catch (error) {
        return done(error as Error);
      }
      parse(request, body.toString(), done);
    });
    // A request without a body has met no parser.
    scope.addHook('preValidation', async (request) => {
      if (claimed.has(request) && !checked.has(request)) throw refusals.unsigned();
    });
    register(scope as App);

    function check(request: FastifyRequest, body: Buffer): void {
      const claim = claimed.get(request);
      if (!claim) return;
      if (!isSignedBy(claim.headers, body, claim.secrets)) throw refusals.wrong();
      wrong.giveBack(request.ip);
      checked.add(request);
    }
  });
}

function headersOf(read: ReadSignature): SignatureHeaders {
  if (read.outcome === 'signed') return read.headers;
  throw read.outcome === 'stale'
    ? refusals.stale(read.seconds)
    : refusals.malformed(read.header, read.message);
}

const refusals = {
  malformed: (header: string, message: string): Problem =>
    problem.unauthenticated(
      `The header ${header} ${message}. A signed request has webhook-id, webhook-timestamp and webhook-signature; ` +
        'or send an API key as "Authorization: Bearer sq_…".',
      'signature_malformed',
    ),
  stale: (seconds: number): Problem =>
    problem.unauthenticated(
      `By webhook-timestamp, this was signed ${Math.abs(seconds)} s ${seconds > 0 ? 'ago' : 'from now'}, and 5 minutes ` +
        'are the most: sign anew each time you send, and have the clock set by the network.',
      'signature_stale',
    ),
  wrong: (): Problem =>
    problem.unauthenticated(
      'The signature is not that of this body. Sign the very bytes that you send, as <webhook-id>.<webhook-timestamp>.' +
        '<body>, by HMAC-SHA256 with the newest secret: what follows whsec_, decoded from base64.',
      'signature_wrong',
    ),
  unsigned: (): Problem =>
    problem.unauthenticated(
      'There is no body, so there is nothing that the signature is of.',
      'signature_wrong',
    ),
  noSecret: (): Problem =>
    problem.unauthenticated(
      'There is no secret to sign with. An administrator makes one with POST /api/bounces/secret.',
      'no_signing_secret',
    ),
};
