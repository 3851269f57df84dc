import type { FastifyRequest } from 'fastify';
import { createLoop } from '../lib/loop.ts';

/** Ends what a request holds open when the session or key behind it ends. */
export type CredentialWatch = {
  /** Calls `end` once the credential of `request` is good no longer. Returns how to stop looking. */
  until(request: FastifyRequest, end: () => void): () => void;
  /** Looks now: something that was good has just ended here. */
  look(): void;
  close(): void;
};

declare module 'fastify' {
  interface FastifyInstance {
    credentialWatch: CredentialWatch;
  }
}

// How long what has ended in another process, or run out, may still be held open. Each look asks once for each.
const LOOK_MS = 5_000;

/** `isGood` may fail, say while the database is away: then nothing ends, and the next look asks again. */
export function watchCredentials(isGood: (request: FastifyRequest) => Promise<boolean>): CredentialWatch {
  const held = new Map<symbol, { request: FastifyRequest; end: () => void }>();

  async function lookAtAll(): Promise<void> {
    // One after the other: a hundred open pages are no rush on the database.
    for (const [id, { request, end }] of [...held]) {
      try {
        if (!held.has(id) || (await isGood(request))) continue;
        held.delete(id);
        end();
      } catch (err) {
        request.log.warn({ err }, 'looking whether a credential is still good failed');
      }
    }
  }

  // Each failure is told above, with its request.
  const looks = createLoop({ everyMs: LOOK_MS, work: lookAtAll, onTrouble: () => {} });
  looks.start();
  return {
    until(request, end) {
      const id = Symbol(request.id);
      held.set(id, { request, end });
      return () => held.delete(id);
    },
    look: looks.wake,
    // A look that waits for the database is not waited for.
    close: () => void looks.stop(),
  };
}
