import type { Contact } from '../contacts/directory.ts';
import type { Enrollment } from '../enrollment/enrollment.ts';
import {
  closeExited,
  exit,
  leave,
  moveOn,
  noMoves,
  postpone,
  untried,
  type Way,
} from '../enrollment/progress.ts';
import type { Feedback } from '../feedback/feedback.ts';
import type { Execution, Overruled, StepLeft } from '../ledger/facts.ts';
import { getOrMake } from '../lib/get_or_make.ts';
import { derivedId, newId } from '../lib/uuid.ts';
import type { Plan } from '../sequences/plan.ts';
import { backoff } from './backoff.ts';
import type { Claim } from './claim.ts';
import type { CapturedMail } from './outbox.sql.ts';
import { formatMailbox } from './render/mailbox.ts';
import type { Outcome, Result } from './settle.ts';

type Standing = {
  enrollments: Enrollment[];
  plans: Map<string, Plan>;
  contacts: Map<string, Contact>;
  done: Map<string, Set<string>>;
  /** How the waits ended that are over already. */
  left: StepLeft[];
};

type Refused = Extract<Outcome, { kind: 'permanent' }>;
type Accepted = Result & { outcome: Extract<Outcome, { kind: 'accepted' }> };

/** Works out, result by result, what a batch changes. Touches no database: `settle` reads before and writes after. */
export class Settlement {
  readonly moves = noMoves();
  readonly executions: Execution[] = [];
  readonly overruled: Overruled[] = [];
  readonly captured: CapturedMail[] = [];
  /** What the server said of addresses that do not work. */
  readonly bounced: Feedback[] = [];
  readonly #standing: Standing;
  readonly #chance: () => number;
  readonly #enrollments: Map<string, Enrollment>;
  readonly #left: Map<string, StepLeft>;

  constructor(standing: Standing, chance: () => number) {
    this.#standing = standing;
    this.#chance = chance;
    this.#enrollments = new Map(standing.enrollments.map((enrollment) => [enrollment.id, enrollment]));
    this.#left = new Map(standing.left.map((left) => [`${left.enrollment_id} ${left.step_id}`, left]));
  }

  settle(result: Result): void {
    const { claim, at, outcome } = result;
    const enrollment = this.#enrollments.get(claim.enrollment_id);
    if (!enrollment) throw new Error(`Enrollment ${claim.enrollment_id} is gone.`);
    if (outcome.kind === 'accepted') return this.#accept({ ...result, outcome }, enrollment);
    // What was not accepted matters only to the claim that it answers.
    const isCurrent = enrollment.claimed_step_id === claim.step_id && enrollment.attempts === claim.attempt;
    if (!isCurrent) return;
    // Of the address, and so whether or not the run has ended meanwhile.
    if (outcome.kind === 'permanent' && outcome.isHardBounce)
      this.bounced.push(this.#bounceOf(claim, outcome, at));
    if (enrollment.status === 'exited') return this.#put(closeExited(enrollment, at, this.moves));
    if (outcome.kind === 'abandoned') return this.#put(untried(enrollment));
    if (outcome.kind === 'permanent') return this.#fail(result, outcome, enrollment);
    const dueAt = new Date(at.getTime() + backoff(claim.attempt, this.#chance()));
    this.#put(postpone(enrollment, dueAt, `${outcome.outcome}: ${outcome.reply}`));
  }

  /** All enrollments of the batch, as they are now. */
  enrollments(): Enrollment[] {
    return [...this.#enrollments.values()];
  }

  /** What an erased person's server said may name them. */
  #bounceOf(claim: Claim, { outcome: reason, reply }: Refused, at: Date): Feedback {
    const { enrollment_id, sequence_id, step_id, revision } = claim;
    const { id: contact_id } = claim.contact;
    const isErased = this.#standing.contacts.get(contact_id)?.erased_at != null;
    return {
      contact_id,
      id: derivedId(contact_id, 'smtp', enrollment_id, step_id),
      type: 'bounce',
      kind: 'hard',
      via: 'smtp',
      sequence_id,
      enrollment_id,
      step_id,
      revision,
      execution_id: null,
      reason,
      reply: isErased ? null : reply,
      occurred_at: at,
      recorded_at: at,
    };
  }

  #accept(result: Accepted, enrollment: Enrollment): void {
    const { claim, at, outcome } = result;
    const ending = { outcome: 'sent' as const, reason: '', reply: outcome.reply, revision: claim.revision };
    const isWaiting = enrollment.next_step_id === claim.step_id;
    if (!isWaiting && !this.#overrule(result, enrollment)) return;
    if (isWaiting && enrollment.status === 'active') {
      this.#put(
        moveOn(enrollment, ending, { ...this.#wayOn(enrollment, claim.step_id), at, moves: this.moves }),
      );
    } else if (isWaiting) {
      this.#put(leave(enrollment, ending, at, this.moves));
    }
    this.#left.set(`${enrollment.id} ${claim.step_id}`, this.#leftNow(result, enrollment));
    this.#count(result);
  }

  /**
   * The server took a mail whose wait had been ended meanwhile: it was sent, so that is its outcome. False where
   * it is counted as sent already.
   */
  #overrule(result: Accepted, enrollment: Enrollment): boolean {
    const before = this.#left.get(`${enrollment.id} ${result.claim.step_id}`);
    if (before?.outcome === 'sent') return false;
    const after = this.#leftNow(result, enrollment);
    if (before) this.overruled.push({ before, after: { ...after, entered_at: before.entered_at } });
    else {
      this.moves.entered.push({ ...after, revision: after.waited_revision });
      this.moves.left.push(after);
      // Or the run would take it for one that has nothing behind it, and come to this step again.
      this.#doneBy(enrollment).add(after.step_id);
      this.#put({ ...enrollment, last_step_id: after.step_id });
    }
    return true;
  }

  #leftNow({ claim, at, outcome }: Accepted, enrollment: Enrollment): StepLeft {
    const { enrollment_id, step_id, revision, sequence_id, source } = claim;
    const entered_at = enrollment.next_step_id === step_id ? (enrollment.next_entered_at ?? at) : at;
    const ids = { enrollment_id, contact_id: claim.contact.id, sequence_id, step_id, source };
    const ending = { outcome: 'sent' as const, reason: '', reply: outcome.reply };
    return { ...ids, ...ending, waited_revision: revision, revision, entered_at, at };
  }

  #count({ claim, at, outcome }: Accepted): void {
    const contact = this.#contact(claim.contact.id);
    const { sequence_id, step_id, revision, enrollment_id, source, context } = claim;
    const ids = { sequence_id, step_id, revision, enrollment_id, contact_id: contact.id };
    this.executions.push({
      ...ids,
      id: derivedId(enrollment_id, step_id),
      recipient_email: contact.email,
      recipient_user_id: contact.external_user_id,
      context: contact.erased_at ? {} : context,
      source,
      via: outcome.via,
      message_id: outcome.mail.messageId,
      executed_at: at,
    });
    if (outcome.via !== 'captured' || contact.erased_at) return;
    const { mail } = outcome;
    const addresses = { sender: formatMailbox(mail.from), recipient: formatMailbox(mail.to) };
    const { subject, html, text, headers, messageId: message_id } = mail;
    const content = { ...addresses, subject, html, text, headers, message_id };
    this.captured.push({ ...ids, ...content, id: newId(), kind: 'step', captured_at: at });
  }

  #fail({ claim, at }: Result, outcome: Refused, enrollment: Enrollment): void {
    const { outcome: reason, reply, isHardBounce } = outcome;
    const ending = { outcome: 'failed' as const, reason, reply, revision: claim.revision };
    if (isHardBounce) {
      this.#put(exit(leave(enrollment, ending, at, this.moves), 'bounced', at, this.moves));
    } else {
      const way = this.#wayOn(enrollment, claim.step_id);
      this.#put(moveOn(enrollment, ending, { ...way, at, moves: this.moves }));
    }
    const left = this.moves.left.at(-1);
    if (left) this.#left.set(`${enrollment.id} ${claim.step_id}`, left);
  }

  #wayOn(enrollment: Enrollment, left: string): Way & { done: Set<string> } {
    const plan = this.#standing.plans.get(enrollment.sequence_id);
    if (!plan) throw new Error(`Sequence ${enrollment.sequence_id} is gone.`);
    const contact = this.#standing.contacts.get(enrollment.contact_id) ?? { time_zone: null };
    return { plan, contact, done: this.#doneBy(enrollment).add(left) };
  }

  #doneBy({ id }: Enrollment): Set<string> {
    return getOrMake(this.#standing.done, id, () => new Set());
  }

  #contact(id: string): Contact {
    const contact = this.#standing.contacts.get(id);
    if (!contact) throw new Error(`Contact ${id} is gone.`);
    return contact;
  }

  #put(enrollment: Enrollment): void {
    this.#enrollments.set(enrollment.id, enrollment);
  }
}
