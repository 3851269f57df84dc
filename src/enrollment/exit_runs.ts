import type { Tx } from '../db/database.ts';
import { record } from '../ledger/record.ts';
import { activeEnrollments, closeRuns, writeEnrollments } from './enrollments.sql.ts';
import { exit, noMoves } from './progress.ts';

/**
 * Ends a contact's active runs, in one sequence or (null) in all, with `reason`. In the caller's transaction,
 * which holds the lane's lock. Answers the sequences whose counts moved.
 */
export async function exitRuns(
  tx: Tx,
  lane: number,
  who: { contactId: string; sequenceId: string | null },
  reason: string,
  now: Date,
): Promise<string[]> {
  const moves = noMoves();
  const active = await activeEnrollments(tx, lane, who.contactId, who.sequenceId);
  await writeEnrollments(
    tx,
    lane,
    active.map((enrollment) => exit(enrollment, reason, now, moves)),
  );
  await closeRuns(tx, lane, moves.over);
  await record(tx, lane, moves);
  return [...new Set(active.map((enrollment) => enrollment.sequence_id))];
}
