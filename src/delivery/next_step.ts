import type { Contact } from '../contacts/directory.ts';
import type { Enrollment } from '../enrollment/enrollment.ts';
import { stepAfter } from '../enrollment/progress.ts';
import type { SuppressionReason } from '../enrollment/rules.ts';
import { matches } from '../sequences/filters.ts';
import type { Plan, PlannedStep } from '../sequences/plan.ts';
import { opensAt } from '../sequences/timing.ts';
import { isOverdue } from './after_pause.ts';

/** Everything that decides what happens to an enrollment whose step is due. */
export type Standing = {
  enrollment: Enrollment;
  plan: Plan;
  contact: Contact;
  /** Why this contact must not get mail; null if they may. */
  reason: SuppressionReason | null;
  /** The steps that the enrollment has outcomes for. */
  done: ReadonlySet<string>;
};

export type Decision =
  /** Send this step now. */
  | { next: 'send'; step: PlannedStep }
  /** An edit put this step first: wait for it in place of the one that was due. */
  | { next: 'wait_instead'; step: PlannedStep }
  /** The step that was waited for is no longer ahead, or not for this person: leave it and go on to the next. */
  | { next: 'skip'; reason: 'step_removed' | 'step_moved' | 'condition' }
  /** The sequence's window is not open for this contact: wait until it is. */
  | { next: 'wait_until'; at: Date }
  /** Tried often enough. */
  | { next: 'give_up'; reason: 'gave_up' }
  /** The sequence is not active, or was not when this fell due: set aside until it is this one's turn. */
  | { next: 'hold' }
  | { next: 'exit'; reason: SuppressionReason | 'sequence_archived' }
  /** The run ended while this step's mail was with a server, and no result came: end the wait as well. */
  | { next: 'close' };

/** How often one email is tried. With the backoff of `settle` the last try comes days after the first. */
export const MAX_ATTEMPTS = 10;

/** What to do at `now` with an enrollment whose step is due. Pure; the checks stand in the order of their weight. */
export function nextStep(standing: Standing, now: Date): Decision {
  const { enrollment, plan, contact, reason, done } = standing;
  if (enrollment.status !== 'active') return { next: 'close' };
  if (plan.status === 'archived') return { next: 'exit', reason: 'sequence_archived' };
  if (reason) return { next: 'exit', reason };
  if (plan.status !== 'active' || isOverdue(plan, enrollment)) return { next: 'hold' };
  const awaited = plan.steps.findIndex((step) => step.id === enrollment.next_step_id);
  if (awaited === -1) return { next: 'skip', reason: 'step_removed' };
  const step = stepAfter(plan, done);
  const position = step ? plan.steps.indexOf(step) : plan.steps.length;
  if (!step || position > awaited) return { next: 'skip', reason: 'step_moved' };
  if (position < awaited) return { next: 'wait_instead', step };
  if (enrollment.attempts >= MAX_ATTEMPTS) return { next: 'give_up', reason: 'gave_up' };
  const at = opensAt(plan, now, contact.time_zone);
  if (at > now) return { next: 'wait_until', at };
  return isSkipped(step, standing) ? { next: 'skip', reason: 'condition' } : { next: 'send', step };
}

// Asked last, at the very moment of sending: what a condition speaks of may change until then.
function isSkipped({ skip_if }: PlannedStep, { enrollment, contact }: Standing): boolean {
  const { context } = enrollment;
  return skip_if.length > 0 && matches(skip_if, { contact: { properties: contact.properties }, context });
}
