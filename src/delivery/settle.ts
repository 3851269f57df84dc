import { contactsById } from '../contacts/directory.ts';
import { suppressContacts } from '../contacts/suppression.sql.ts';
import type { Tx } from '../db/database.ts';
import { closeRuns, readEnrollments, stepsDone, writeEnrollments } from '../enrollment/enrollments.sql.ts';
import { insertFeedback } from '../feedback/feedback.sql.ts';
import type { Feedback } from '../feedback/feedback.ts';
import type { Via } from '../ledger/facts.ts';
import { record } from '../ledger/record.ts';
import { plansOf } from '../sequences/plan.ts';
import type { Claim } from './claim.ts';
import { insertCaptured } from './outbox.sql.ts';
import type { RenderedMail } from './render/render.ts';
import { readStepsLeft } from './settle.sql.ts';
import { Settlement } from './settlement.ts';

/** What became of a claimed email at `at`. */
export type Result = { claim: Claim; at: Date; outcome: Outcome };

export type Outcome =
  /** A server took it, or it was captured: from here on it counts, whatever happens. */
  | { kind: 'accepted'; via: Via; reply: string; mail: RenderedMail }
  | { kind: 'temporary'; outcome: string; reply: string }
  | { kind: 'permanent'; outcome: string; reply: string; isHardBounce: boolean }
  /** Not tried, since the lane was lost first. */
  | { kind: 'abandoned' };

/**
 * Settles results of one lane in the caller's transaction, which holds the lane's lock: executions, their
 * counters and the enrollments' way forward commit together. A result counts once however often it is settled,
 * and whoever holds the lane by now. `chance` gives numbers from 0 to 1. Answers the sequences whose counts moved.
 */
export async function settle(
  tx: Tx,
  lane: number,
  results: Result[],
  chance: () => number,
): Promise<string[]> {
  const settlement = new Settlement(await readStanding(tx, lane, results), chance);
  for (const result of results) settlement.settle(result);
  const { moves, executions, overruled, captured, bounced } = settlement;
  await Promise.all([
    writeEnrollments(tx, lane, settlement.enrollments()),
    closeRuns(tx, lane, moves.over),
    insertCaptured(tx, lane, captured),
    suppressContacts(tx, lane, bounced.map(suppressedBy), 'bounced'),
    insertFeedback(tx, lane, bounced),
    record(tx, lane, { ...moves, executions, overruled }),
  ]);
  return [...new Set(results.map(({ claim }) => claim.sequence_id))];
}

function suppressedBy({ contact_id, occurred_at: at }: Feedback) {
  return { contact_id, at };
}

async function readStanding(tx: Tx, lane: number, results: Result[]) {
  const claims = results.map(({ claim }) => claim);
  const enrollments = await readEnrollments(
    tx,
    lane,
    claims.map((claim) => claim.enrollment_id),
  );
  // Steps whose wait is over already: the late results among these ask how it ended.
  const open = new Set(enrollments.map((e) => `${e.id} ${e.next_step_id}`));
  const late = claims.filter((claim) => !open.has(`${claim.enrollment_id} ${claim.step_id}`));
  const [plans, contacts, done, left] = await Promise.all([
    plansOf(
      tx,
      claims.map((claim) => claim.sequence_id),
    ),
    contactsById(
      tx,
      lane,
      claims.map((claim) => claim.contact.id),
    ),
    stepsDone(tx, lane, enrollments),
    readStepsLeft(tx, lane, late),
  ]);
  return { enrollments, plans, contacts, done, left };
}
