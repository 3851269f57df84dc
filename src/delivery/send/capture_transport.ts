import type { Transport } from './transport.ts';

/**
 * Stands in where no mail server is configured: nothing leaves the machine. The mail itself is kept by the
 * transaction that settles it, so that it cannot be there without its execution or the other way round.
 */
export function captureTransport(): Transport {
  return {
    via: 'captured',
    send: () =>
      Promise.resolve({
        kind: 'accepted',
        outcome: 'captured',
        via: 'captured',
        reply: 'Kept in the outbox',
      }),
    verify: () => Promise.resolve({ ok: true }),
    close: () => Promise.resolve(),
  };
}
