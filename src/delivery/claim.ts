import { type Contact, contactsById } from '../contacts/directory.ts';
import type { Tx } from '../db/database.ts';
import { readGuards } from '../enrollment/accept.sql.ts';
import type { Enrollment } from '../enrollment/enrollment.ts';
import {
  closeRuns,
  heldBackEnrollments,
  readyEnrollments,
  stepsDone,
  writeEnrollments,
} from '../enrollment/enrollments.sql.ts';
import {
  closeExited,
  exit,
  type Moves,
  moveOn,
  noMoves,
  unclaimed,
  waitInstead,
} from '../enrollment/progress.ts';
import { NO_ENTRY, reasonAgainstContact } from '../enrollment/rules.ts';
import { record } from '../ledger/record.ts';
import { plansOf } from '../sequences/plan.ts';
import { type ConfirmationClaim, claimConfirmations } from './confirmations.sql.ts';
import { laneState } from './lease.sql.ts';
import { type Decided, type HeldBackMoves, limitOfEach, type Ration, share } from './limits/ration.ts';
import { nextStep, type Standing } from './next_step.ts';

/** The intent to send one email, committed before it is sent. `attempt` counts from 1. */
export type Claim = {
  lane: number;
  enrollment_id: string;
  sequence_id: string;
  sequence_name: string;
  step_id: string;
  revision: number;
  attempt: number;
  contact: Contact;
  source: string;
  context: Record<string, unknown>;
  /** Where a limit has given it a slot, when that begins, by `performance.now()`. */
  not_before?: number;
};

export type Claimed = {
  claims: Claim[];
  /** Mails that ask for the confirmation of an address; they keep to no limit. */
  confirmations: ConfirmationClaim[];
  /** Sequences whose counts moved while claiming: runs that ended, steps that were skipped. */
  moved: string[];
  /** What is wrong with those that were set aside since their contact or sequence is not there; one sentence each. */
  lost: string[];
  /** Whether some were held that only wait for their turn after a pause: for `releaseHeld`. */
  overdue: boolean;
  /** How many enrollments and confirmations were ready, but for those that the limit of all mail left as they were. */
  ready: number;
  /** What limits kept back of it; undefined without any. */
  heldBack?: HeldBackMoves | undefined;
};

export type ClaimOptions = {
  epoch: number;
  limit: number;
  leaseMs: number;
  now: Date;
  /** Without, nothing limits what is sent. */
  ration?: Ration | undefined;
};

/**
 * Claims up to `limit` due steps and as many mails of confirmations of one lane, in the caller's transaction, which holds the lane's lock. Those
 * that cannot be sent now are moved out of the way instead: held, ended or skipped. Claims nothing when the lane
 * has passed to another worker, whose `epoch` is then later. With a `ration`, up to `limit` more are claimed that were
 * kept back, and of all only those that have a slot. It waits for the database three times, since what can be asked together is.
 */
export async function claimSteps(
  tx: Tx,
  lane: number,
  { epoch, limit, leaseMs, now, ration }: ClaimOptions,
): Promise<Claimed> {
  const [state, due] = await Promise.all([
    laneState(tx, lane),
    dueEnrollments(tx, lane, { limit, now, ration }),
  ]);
  if (state.epoch !== epoch)
    return { claims: [], confirmations: [], moved: [], lost: [], overdue: false, ready: 0 };
  const [{ standings, lost }, confirmations] = await Promise.all([
    readStandings(tx, lane, due),
    claimConfirmations(tx, lane, { epoch, limit, leaseMs, now }),
  ]);
  const moves = noMoves();
  const lease = { claimed_epoch: epoch, claimed_until: new Date(state.now.getTime() + leaseMs) };
  const decided = standings.map((standing) => {
    const after = decide(standing, lease, now, moves);
    const isActive = standing.plan.status === 'active';
    return { before: standing.enrollment, after, claim: claimOf(lane, standing, after), isActive };
  });
  const { claims, after, left, heldBack } = ration
    ? await share(decided, ration, { now, limit })
    : all(decided);
  await Promise.all([
    writeEnrollments(tx, lane, [
      ...after,
      ...lost.map((each) => ({ ...each, held_at: now, limited_by: null })),
    ]),
    closeRuns(tx, lane, moves.over),
    record(tx, lane, moves),
  ]);
  const moved = moves.left.map((step) => step.sequence_id);
  const overdue = decided.some(({ after, isActive }) => after.held_at && isActive);
  const ready = due.length - left + confirmations.length;
  return { claims, confirmations, moved, lost: lost.map(problemOf), overdue, ready, heldBack };
}

/** The longest due first, so that those that were kept back come before others to their domain. */
async function dueEnrollments(
  tx: Tx,
  lane: number,
  { limit, now, ration }: Pick<ClaimOptions, 'limit' | 'now' | 'ration'>,
): Promise<Enrollment[]> {
  if (!ration) return readyEnrollments(tx, lane, now, limit);
  const { domains } = ration;
  const both = await Promise.all([
    heldBackEnrollments(tx, lane, { domains, now, limit: limitOfEach(domains, limit) }),
    readyEnrollments(tx, lane, now, limit),
  ]);
  return both.flat().sort((a, b) => Number(a.due_at) - Number(b.due_at));
}

function all(decided: Decided[]) {
  const claims = decided.flatMap(({ claim }) => claim ?? []);
  return { claims, after: decided.map(({ after }) => after), left: 0, heldBack: undefined };
}

/** `lost` are the enrollments whose contact or sequence is not there: nothing can be decided for them. */
async function readStandings(
  tx: Tx,
  lane: number,
  ready: Enrollment[],
): Promise<{ standings: Standing[]; lost: Enrollment[] }> {
  const [plans, contacts, guards, done] = await Promise.all([
    plansOf(
      tx,
      ready.map((enrollment) => enrollment.sequence_id),
    ),
    contactsById(
      tx,
      lane,
      ready.map((enrollment) => enrollment.contact_id),
    ),
    readGuards(tx, lane, ready),
    stepsDone(tx, lane, ready),
  ]);
  const standings: Standing[] = [];
  const lost: Enrollment[] = [];
  for (const enrollment of ready) {
    const plan = plans.get(enrollment.sequence_id);
    const contact = contacts.get(enrollment.contact_id);
    if (!plan || !contact) {
      lost.push({ ...enrollment, last_error: plan ? 'contact_lost' : 'sequence_lost' });
      continue;
    }
    const guard = guards.get(`${contact.id} ${plan.id}`) ?? NO_ENTRY;
    const reason = reasonAgainstContact(contact, guard);
    standings.push({ enrollment, plan, contact, reason, done: done.get(enrollment.id) ?? new Set() });
  }
  return { standings, lost };
}

function problemOf({ id, contact_id, sequence_id, last_error }: Enrollment): string {
  const missing = last_error === 'contact_lost' ? `contact ${contact_id}` : `sequence ${sequence_id}`;
  return `Enrollment ${id} is set aside: its ${missing} is not in the database.`;
}

type Lease = { claimed_epoch: number; claimed_until: Date };

function decide(standing: Standing, lease: Lease, now: Date, moves: Moves): Enrollment {
  const { enrollment, plan, contact } = standing;
  const free = unclaimed(enrollment);
  const decision = nextStep(standing, now);
  switch (decision.next) {
    case 'send': {
      const { id } = decision.step;
      // A claim of this step that ran out may have been sent: the same Message-ID is to be the same mail.
      const claimed_revision = enrollment.claimed_revision ?? decision.step.revision;
      const attempts = enrollment.attempts + 1;
      const claimed = { ...lease, claimed_step_id: id, claimed_revision, attempts };
      return { ...enrollment, ...claimed, held_at: null, limited_by: null };
    }
    case 'wait_instead':
      return waitInstead(free, decision.step, standing, moves);
    case 'wait_until':
      return { ...free, due_at: decision.at, held_at: null, limited_by: null };
    case 'hold':
      return { ...free, held_at: now, limited_by: null };
    case 'exit':
      return exit(free, decision.reason, now, moves);
    case 'close':
      return closeExited(enrollment, now, moves);
    case 'skip':
    case 'give_up': {
      const outcome = decision.next === 'skip' ? ('skipped' as const) : ('failed' as const);
      const ending = { outcome, reason: decision.reason, reply: enrollment.last_error, revision: null };
      return moveOn(free, ending, { plan, contact, done: withAwaited(standing), at: now, moves });
    }
  }
}

function withAwaited({ done, enrollment }: Standing): ReadonlySet<string> {
  return enrollment.next_step_id ? new Set([...done, enrollment.next_step_id]) : done;
}

function claimOf(
  lane: number,
  { enrollment, plan, contact }: Standing,
  decided: Enrollment,
): Claim | undefined {
  const { claimed_step_id: step_id, claimed_revision: revision, attempts: attempt } = decided;
  if (step_id === null || revision === null) return undefined;
  const { id: enrollment_id, sequence_id, source, context } = enrollment;
  const ids = { lane, enrollment_id, sequence_id, sequence_name: plan.name, step_id, revision };
  return { ...ids, attempt, contact, source, context };
}
