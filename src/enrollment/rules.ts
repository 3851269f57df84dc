import type { Contact } from '../contacts/directory.ts';
import type { Plan } from '../sequences/plan.ts';

/** Why a well-formed trigger was not accepted. */
export type SuppressionReason =
  | 'not_active'
  | 'erased'
  | 'bounced'
  | 'complained'
  | 'suppressed'
  | 'unsubscribed'
  | 'already_active'
  | 'once_only'
  | 'too_soon';

/** What a contact's guard row for one sequence says. */
export type Guard = {
  active_enrollments: number;
  last_entered_at: Date | null;
  entries: number;
  unsubscribed_at: Date | null;
};

export const NO_ENTRY: Guard = {
  active_enrollments: 0,
  last_entered_at: null,
  entries: 0,
  unsubscribed_at: null,
};

const DAY = 24 * 60 * 60 * 1000;

/** Whether this contact may enter this sequence at `now`: null if so, else the first reason against it. */
export function reasonAgainst(
  plan: Plan,
  contact: Contact,
  guard: Guard,
  now: Date,
): SuppressionReason | null {
  if (plan.status !== 'active') return 'not_active';
  return reasonAgainstContact(contact, guard) ?? reasonAgainstReentry(plan, guard, now);
}

/** Whether this contact may get this sequence's mail at all: null if so. Asked again before each send. */
export function reasonAgainstContact(
  contact: Pick<Contact, 'erased_at' | 'suppressed_reason' | 'unsubscribed_at'>,
  guard: Pick<Guard, 'unsubscribed_at'>,
): SuppressionReason | null {
  if (contact.erased_at) return 'erased';
  if (contact.suppressed_reason) {
    return contact.suppressed_reason === 'manual' ? 'suppressed' : contact.suppressed_reason;
  }
  return contact.unsubscribed_at || guard.unsubscribed_at ? 'unsubscribed' : null;
}

function reasonAgainstReentry(plan: Plan, guard: Guard, now: Date): SuppressionReason | null {
  if (plan.reentry === 'every_time' || guard.entries === 0) return null;
  if (guard.active_enrollments > 0) return 'already_active';
  if (plan.reentry === 'once') return 'once_only';
  if (plan.reentry === 'after_days' && guard.last_entered_at) {
    const until = guard.last_entered_at.getTime() + (plan.reentry_days ?? 0) * DAY;
    if (now.getTime() < until) return 'too_soon';
  }
  return null;
}
