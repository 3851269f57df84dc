import { asciiAddress } from '../render/mailbox.ts';
import { composeMime } from '../render/mime.ts';
import type { RenderedMail } from '../render/render.ts';
import type { Signer } from './dkim.ts';
import { outcomeOf, type SendOutcome, WITHHELD } from './outcome.ts';
import { SmtpPool } from './smtp_pool.ts';
import { type Envelope, openSession, type SmtpTimeouts } from './smtp_session.ts';
import type { SmtpServer } from './smtp_url.ts';
import type { MayStillSend, Transport } from './transport.ts';

/** All in milliseconds. */
export type SmtpTransportOptions = {
  timeouts: SmtpTimeouts;
  idle: number;
  pause: number;
  /** How long `close` lets mail in flight finish. */
  closeGrace: number;
  /** Signs each message when it is finished; without it, mail goes out as it was composed. */
  sign?: Signer;
};

/**
 * A server may take minutes to answer the end of a message (RFC 5321 allows ten); whoever gives up on it earlier
 * sends that mail twice. The connection itself should stand within seconds.
 */
export const SMTP_DEFAULTS: SmtpTransportOptions = {
  timeouts: { connect: 10_000, silence: 120_000, mail: 300_000 },
  idle: 30_000,
  pause: 10_000,
  closeGrace: 1_000,
};

/**
 * Sends over pooled connections. Written on nodemailer's `smtp-connection` and not on its pooled transport, which
 * hides the one thing that must be known of a lost connection: whether the message had already been handed over.
 */
export function smtpTransport(server: SmtpServer, options: SmtpTransportOptions = SMTP_DEFAULTS): Transport {
  const pool = new SmtpPool(server, options);
  return {
    via: 'smtp',
    async send(mail, mayStillSend = () => true) {
      const composed = composeMime(mail);
      const message = options.sign ? await options.sign(composed) : composed;
      return deliver(pool, { envelope: envelopeOf(mail), message, mayStillSend });
    },
    async verify() {
      const result = await openSession(server, options.timeouts, () => undefined);
      if (result.ok) {
        result.session.quit();
        return { ok: true };
      }
      const problem = outcomeOf(result.failure);
      // It never is: a failure has one of the other kinds.
      return problem.kind === 'accepted' ? { ok: true } : { ok: false, problem };
    },
    close: () => pool.close(options.closeGrace),
  };
}

function envelopeOf({ from, to }: RenderedMail): Envelope {
  return { from: asciiAddress(from.address), to: asciiAddress(to.address) };
}

type Parcel = { envelope: Envelope; message: Buffer; mayStillSend: MayStillSend };

/**
 * A connection kept from an earlier mail may have been closed by the server meanwhile. That is not this mail's
 * failure: as long as the mail has not been handed over, a new connection takes it at once.
 */
async function deliver(pool: SmtpPool, parcel: Parcel): Promise<SendOutcome> {
  const first = await deliverOnce(pool, parcel);
  if (!first.isStale) return first.outcome;
  pool.discardIdle();
  return (await deliverOnce(pool, parcel)).outcome;
}

async function deliverOnce(pool: SmtpPool, { envelope, message, mayStillSend }: Parcel) {
  const acquired = await pool.acquire();
  if (!acquired.ok) return { outcome: outcomeOf(acquired.failure), isStale: false };
  const { session } = acquired;
  if (!(await mayStillSend())) {
    pool.release(session, true);
    return { outcome: WITHHELD, isStale: false };
  }
  const { outcome, isReusable, isUntouched } = await session.deliver(envelope, message);
  void isReusable.then((reusable) => pool.release(session, reusable));
  return { outcome, isStale: isUntouched && session.offered > 1 };
}
