import { contactsById } from '../contacts/directory.ts';
import { suppressContacts } from '../contacts/suppression.sql.ts';
import type { Tx } from '../db/database.ts';
import { inLane } from '../db/lanes.ts';
import { insertFeedback } from '../feedback/feedback.sql.ts';
import type { Feedback } from '../feedback/feedback.ts';
import { derivedId } from '../lib/uuid.ts';
import { backoff } from './backoff.ts';
import { type ConfirmationClaim, closeMail, giveMailBack, postponeMail } from './confirmations.sql.ts';
import { MAX_ATTEMPTS } from './next_step.ts';
import { type CapturedMail, insertCaptured } from './outbox.sql.ts';
import { formatMailbox } from './render/mailbox.ts';
import type { RenderedMail } from './render/render.ts';
import type { SenderOptions } from './sender.ts';
import type { Outcome } from './settle.ts';
import { pause } from './settling.ts';

export type ConfirmationSenderOptions = Omit<SenderOptions, 'parallel' | 'endings' | 'isTold'>;

type UnderWay = {
  lane: number;
  id: string;
  end: Promise<void>;
  /** What was claimed anew while it hung, by how `send` was called. */
  again?: [claim: ConfirmationClaim, epoch: number];
};

type Result = { claim: ConfirmationClaim; at: Date; outcome: Outcome };

/**
 * Sends the claimed mails that ask for the confirmation of an address, and settles the results: like `Sender`, but they
 * are no step's, move no count, and are few.
 */
export class ConfirmationSender {
  readonly #options: ConfirmationSenderOptions;
  /** By confirmation. */
  readonly #underWay = new Map<string, UnderWay>();
  #isStopping = false;

  constructor(options: ConfirmationSenderOptions) {
    this.#options = options;
  }

  /** What is claimed and not settled. */
  underWay(): { lane: number; id: string }[] {
    return [...this.#underWay.values()];
  }

  /** Nobody waits for this: a mail that hangs holds up no other. */
  send(claim: ConfirmationClaim, epoch: number): void {
    const { lane, id } = claim;
    const before = this.#underWay.get(id);
    if (before) {
      // Its claim ran out while it hangs here: a second one beside it would be a second mail.
      before.again = [claim, epoch];
      return;
    }
    const end = this.#deliver(claim, epoch).then((outcome) => {
      const { again } = underWay;
      this.#underWay.delete(id);
      // See `Sender`.
      if (again && outcome.kind !== 'accepted') this.send(...again);
      this.#options.onSettled();
      return this.#underWay.get(id)?.end;
    });
    const underWay: UnderWay = { lane, id, end };
    this.#underWay.set(id, underWay);
  }

  /** From here on no mail is handed to a mail server; those that are with one go on. */
  stop(): void {
    this.#isStopping = true;
  }

  /** Resolves when what is under way now is settled. */
  async idle(): Promise<void> {
    await Promise.all([...this.#underWay.values()].map(({ end }) => end));
  }

  async #deliver(claim: ConfirmationClaim, epoch: number): Promise<Outcome> {
    const outcome = await this.#attempt(claim, epoch);
    await this.#settle({ claim, at: this.#options.now(), outcome });
    return outcome;
  }

  async #attempt(claim: ConfirmationClaim, epoch: number): Promise<Outcome> {
    const { composer, transport, now, mayStillSend, onTrouble } = this.#options;
    try {
      if (claim.is_suppressed) return SUPPRESSED;
      const mail = composer.confirmation(claim, now());
      if (!mail) return PAGE_REMOVED;
      // Asked again as the last thing before the mail is out of our hands: it may wait long for a connection.
      const mayGo = () => !this.#isStopping && mayStillSend(claim.lane, epoch);
      if (!mayGo()) return { kind: 'abandoned' };
      const sent = await transport().send(mail, mayGo);
      if (sent.outcome === 'withheld') return { kind: 'abandoned' };
      if (this.#isStopping && sent.outcome === 'connection_failed') return { kind: 'abandoned' };
      return sent.kind === 'accepted' ? { ...sent, mail } : sent;
    } catch (error) {
      onTrouble(error, 'sending');
      return { kind: 'temporary', outcome: 'error', reply: 'Something failed on our side; see the log.' };
    }
  }

  /** Never gives up: what a server has accepted waits here for as long as the database cannot take it. */
  async #settle(result: Result): Promise<void> {
    const { db, chance, onCounted, onTrouble } = this.#options;
    for (let tries = 0; ; tries++) {
      try {
        await inLane(db, result.claim.lane, (tx) => settle(tx, result, chance));
        // No count moved, but the Outbox may have.
        return onCounted([]);
      } catch (error) {
        onTrouble(error, 'settling');
        await pause(tries);
      }
    }
  }
}

const PAGE_REMOVED: Outcome = {
  kind: 'permanent',
  outcome: 'page_removed',
  reply: 'The promo page was removed.',
  isHardBounce: false,
};

const SUPPRESSED: Outcome = {
  kind: 'permanent',
  outcome: 'suppressed',
  reply: 'The contact gets no mail any more.',
  isHardBounce: false,
};

async function settle(tx: Tx, { claim, at, outcome }: Result, chance: () => number): Promise<void> {
  if (outcome.kind === 'abandoned') return giveMailBack(tx, claim);
  if (outcome.kind === 'accepted') {
    const isFirst = await closeMail(tx, claim, { sent_at: at, last_error: null });
    const captured = isFirst && outcome.via === 'captured' ? capturedOf(claim, outcome.mail, at) : [];
    return insertCaptured(tx, claim.lane, captured);
  }
  const error = `${outcome.outcome}: ${outcome.reply}`;
  if (outcome.kind === 'temporary' && claim.attempt < MAX_ATTEMPTS) {
    return postponeMail(tx, claim, {
      dueAt: new Date(at.getTime() + backoff(claim.attempt, chance())),
      error,
    });
  }
  await closeMail(tx, claim, { sent_at: null, last_error: error });
  if (outcome.kind === 'permanent' && outcome.isHardBounce) await keepBounce(tx, claim, outcome, at);
}

/** Of somebody who is known already; of an address that was only typed in, there is nobody to be stopped. */
async function keepBounce(
  tx: Tx,
  { id, lane, contact_id }: ConfirmationClaim,
  { outcome: reason, reply }: Extract<Outcome, { kind: 'permanent' }>,
  at: Date,
): Promise<void> {
  const contact = contact_id && (await contactsById(tx, lane, [contact_id])).get(contact_id);
  if (!contact) return;
  await suppressContacts(tx, lane, [{ contact_id: contact.id, at }], 'bounced');
  const bounce: Feedback = {
    contact_id: contact.id,
    id: derivedId(contact.id, 'smtp', id),
    type: 'bounce',
    kind: 'hard',
    via: 'smtp',
    sequence_id: null,
    enrollment_id: null,
    step_id: null,
    revision: null,
    execution_id: null,
    reason,
    reply: contact.erased_at ? null : reply,
    occurred_at: at,
    recorded_at: at,
  };
  await insertFeedback(tx, lane, [bounce]);
}

function capturedOf(
  { id, attempt, contact_id, page }: ConfirmationClaim,
  mail: RenderedMail,
  captured_at: Date,
): CapturedMail[] {
  if (!page) return [];
  const { subject, html, text, headers, messageId: message_id } = mail;
  const addresses = { sender: formatMailbox(mail.from), recipient: formatMailbox(mail.to) };
  const from = {
    kind: 'confirmation' as const,
    sequence_id: page.sequence_id,
    step_id: null,
    revision: null,
  };
  const ids = { id: derivedId(id, String(attempt)), contact_id, message_id };
  return [{ ...ids, ...from, ...addresses, subject, html, text, headers, captured_at }];
}
