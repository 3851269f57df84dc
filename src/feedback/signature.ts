import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a signed request says in its headers `webhook-id`, `webhook-timestamp` and `webhook-signature`. */
export type SignatureHeaders = {
  id: string;
  /** Seconds since 1970, as they were written. */
  timestamp: string;
  /** What comes after each `v1,`; those of other versions are left out. */
  signatures: string[];
};

export type ReadSignature =
  | { outcome: 'signed'; headers: SignatureHeaders }
  | { outcome: 'malformed'; header: string; message: string }
  | { outcome: 'stale'; seconds: number };

/** How far the clocks of sender and receiver may be apart, and how long a request may be under way. */
export const TOLERANCE_SECONDS = 5 * 60;

/**
 * Reads the headers of a request that is signed as Standard Webhooks 1.0 describes it (standardwebhooks.com), and
 * says so where they cannot be right whatever the body. `seconds` is how much older than `now` the request is, or
 * (below zero) how much newer.
 */
export function readSignature(
  given: Readonly<Record<string, string | string[] | undefined>>,
  now: Date,
): ReadSignature {
  const [id, timestamp, signature] = NAMES.map((name) => [given[name] ?? ''].flat().join(' ').trim());
  if (!id) return { outcome: 'malformed', header: 'webhook-id', message: 'is missing' };
  if (!/^\d{1,12}$/.test(timestamp ?? '')) {
    const message = timestamp ? 'is not a number of seconds since 1970' : 'is missing';
    return { outcome: 'malformed', header: 'webhook-timestamp', message };
  }
  const signatures = (signature ?? '').split(/\s+/).flatMap((text) => /^v1,(.+)$/.exec(text)?.[1] ?? []);
  if (signatures.length === 0)
    return {
      outcome: 'malformed',
      header: 'webhook-signature',
      message: 'has no signature of the form v1,<base64>',
    };
  const seconds = Math.round(now.getTime() / 1000) - Number(timestamp);
  if (Math.abs(seconds) > TOLERANCE_SECONDS) return { outcome: 'stale', seconds };
  return { outcome: 'signed', headers: { id, timestamp: timestamp ?? '', signatures } };
}

/** Whether one of the signatures is that of `body`, byte by byte as it came, under one of `secrets`. */
export function isSignedBy(headers: SignatureHeaders, body: Buffer, secrets: Buffer[]): boolean {
  const expected = secrets.map((secret) => signatureOf(headers, body, secret));
  const given = headers.signatures.map((text) => Buffer.from(text, 'base64'));
  return given.some((one) =>
    expected.some((right) => one.length === right.length && timingSafeEqual(one, right)),
  );
}

const NAMES = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];

function signatureOf({ id, timestamp }: SignatureHeaders, body: Buffer, secret: Buffer): Buffer {
  return createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest();
}
