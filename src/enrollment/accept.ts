import {
  type Contact,
  contactsById,
  type Directory,
  type Person,
  resolveContacts,
} from '../contacts/directory.ts';
import type { Tx } from '../db/database.ts';
import type { StepEntered, Trigger } from '../ledger/facts.ts';
import { record } from '../ledger/record.ts';
import { newId } from '../lib/uuid.ts';
import { type Plan, plansOf } from '../sequences/plan.ts';
import { dueAt } from '../sequences/timing.ts';
import {
  insertEnrollments,
  insertTriggerKeys,
  type KeptAnswer,
  type NewEnrollment,
  readGuards,
  readTriggerKeys,
  writeGuards,
} from './accept.sql.ts';
import { type Guard, NO_ENTRY, reasonAgainst, type SuppressionReason } from './rules.ts';

/**
 * One trigger for one person. `request_key` makes it count once however often it is handed in; without one it
 * is a trigger of its own. `trusted` says whether what it says of the person may replace what is known.
 */
export type TriggerRequest = {
  sequence_id: string;
  person: Person;
  source: string;
  context: Record<string, unknown>;
  request_key: string | null;
  trusted: boolean;
};

export type TriggerAnswer = {
  outcome: 'accepted' | 'suppressed';
  reason: SuppressionReason | '';
  trigger_id: string;
  enrollment_id: string | null;
  contact_id: string;
  /** True where this request key was answered before: nothing happened now. */
  repeated: boolean;
};

/** The person's contact lives in another lane: hand the request in again there. */
export type Elsewhere = { movedTo: { lane: number; contact_id: string } };

/** `contact_id` is given where the contact is known to live in this lane under another lane's address. */
export type LaneRequest = TriggerRequest & { contact_id: string | null };

/**
 * Accepts or suppresses triggers of one lane, in order, inside the caller's transaction, which holds the
 * lane's lock: contacts, guard rows, enrollments, trigger rows and all their counters. Since the lock makes
 * these transactions follow one another, the guard row that was read is still true when it is written.
 */
export async function acceptTriggers(
  tx: Tx,
  directory: Directory,
  lane: number,
  requests: LaneRequest[],
  now: Date,
): Promise<(TriggerAnswer | Elsewhere)[]> {
  const contacts = await contactsOf(tx, directory, lane, requests, now);
  const here = requests.flatMap((request, i) => {
    const contact = contacts[i];
    return contact && !('movedTo' in contact) ? [{ request, contact }] : [];
  });
  const pairs = here.map(({ request, contact }) => ({ ...request, contact_id: contact.id }));
  const [plans, guards, kept] = await Promise.all([
    plansOf(
      tx,
      requests.map((request) => request.sequence_id),
    ),
    readGuards(tx, lane, pairs),
    readTriggerKeys(tx, lane, pairs),
  ]);
  const desk = new Desk({ plans, guards, kept, now });
  const answers = contacts.map((contact, i) => {
    const request = requests[i];
    if (!contact || !request) throw new Error('Each trigger must have its contact.');
    return 'movedTo' in contact ? { movedTo: contact.movedTo } : desk.answer(request, contact);
  });
  await Promise.all([
    writeGuards(tx, lane, desk.changedGuards()),
    insertEnrollments(tx, lane, desk.enrollments),
    insertTriggerKeys(tx, lane, desk.triggers),
    record(tx, lane, { triggers: desk.triggers, entered: desk.entered }),
  ]);
  return answers;
}

async function contactsOf(tx: Tx, directory: Directory, lane: number, requests: LaneRequest[], now: Date) {
  const byAddress = requests.filter((request) => !request.contact_id);
  const people = byAddress.map(({ person, trusted }) => ({ ...person, trusted }));
  const resolved = await resolveContacts(tx, directory, lane, people, now);
  const known = await contactsById(
    tx,
    lane,
    requests.flatMap((request) => request.contact_id ?? []),
  );
  const answers = resolved.values();
  return requests.map((request): Contact | Elsewhere | undefined => {
    if (request.contact_id) return known.get(request.contact_id);
    const found = answers.next().value;
    return found && ('contact' in found ? found.contact : found);
  });
}

// Decides requests one after the other over what was read, so that two of one batch for the same person see
// each other, and gathers what is to be written.
class Desk {
  readonly triggers: Trigger[] = [];
  readonly enrollments: NewEnrollment[] = [];
  readonly entered: StepEntered[] = [];
  readonly #plans: Map<string, Plan>;
  readonly #guards: Map<string, Guard>;
  readonly #kept: Map<string, KeptAnswer>;
  readonly #changed = new Map<string, { contact_id: string; sequence_id: string }>();
  readonly #now: Date;

  constructor(read: {
    plans: Map<string, Plan>;
    guards: Map<string, Guard>;
    kept: Map<string, KeptAnswer>;
    now: Date;
  }) {
    this.#plans = read.plans;
    this.#guards = read.guards;
    this.#kept = read.kept;
    this.#now = read.now;
  }

  answer(request: TriggerRequest, contact: Contact): TriggerAnswer {
    const { sequence_id, request_key } = request;
    const keptAs = request_key === null ? null : `${contact.id} ${sequence_id} ${request_key}`;
    const before = keptAs && this.#kept.get(keptAs);
    if (before) return { ...before, contact_id: contact.id, repeated: true };
    const plan = this.#plans.get(sequence_id);
    if (!plan) throw new Error(`There is no sequence ${sequence_id}.`);
    const guard = this.#guards.get(`${contact.id} ${sequence_id}`) ?? NO_ENTRY;
    const reason = reasonAgainst(plan, contact, guard, this.#now) ?? '';
    const enrollment_id = reason ? null : this.#enroll(plan, contact, guard, request);
    const trigger_id = newId();
    const outcome = reason ? ('suppressed' as const) : ('accepted' as const);
    const { source, context } = request;
    const said = { id: trigger_id, sequence_id, contact_id: contact.id, source, context, request_key };
    this.triggers.push({ ...said, outcome, reason, enrollment_id, occurred_at: this.#now });
    if (keptAs) this.#kept.set(keptAs, { outcome, reason, trigger_id, enrollment_id });
    return { outcome, reason, trigger_id, enrollment_id, contact_id: contact.id, repeated: false };
  }

  /** The guard rows that changed, as they are now. */
  changedGuards(): { contact_id: string; sequence_id: string; guard: Guard }[] {
    return [...this.#changed].map(([pair, ids]) => ({ ...ids, guard: this.#guards.get(pair) ?? NO_ENTRY }));
  }

  #enroll(plan: Plan, contact: Contact, guard: Guard, { source, context }: TriggerRequest): string {
    const now = this.#now;
    const first = plan.steps[0] ?? null;
    const id = newId();
    const due_at = first && dueAt(plan, first, now, contact.time_zone);
    const begun = { sequence_id: plan.id, contact_id: contact.id, source, context, first, due_at, now };
    this.enrollments.push({ id, ...begun });
    if (first) {
      const { id: step_id, revision } = first;
      this.entered.push({ sequence_id: plan.id, step_id, revision, source, entered_at: now });
    }
    const pair = `${contact.id} ${plan.id}`;
    this.#changed.set(pair, { contact_id: contact.id, sequence_id: plan.id });
    this.#guards.set(pair, {
      ...guard,
      active_enrollments: guard.active_enrollments + (first ? 1 : 0),
      last_entered_at: now,
      entries: guard.entries + 1,
    });
    return id;
  }
}
