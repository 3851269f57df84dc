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
  const ended = await exitRunsOf(tx, lane, new Map([[who.contactId, reason]]), now, who.sequenceId);
  return [...new Set(ended.map(({ sequence_id }) => sequence_id))];
}

/** A run that was ended. */
export type Ended = { contact_id: string; sequence_id: string };

/** The same for many contacts at once, by id with each one's reason. Answers the runs that it ended, in no order. */
export async function exitRunsOf(
  tx: Tx,
  lane: number,
  reasons: Map<string, string>,
  now: Date,
  sequenceId: string | null = null,
): Promise<Ended[]> {
  if (reasons.size === 0) return [];
  const moves = noMoves();
  const active = await activeEnrollments(tx, lane, [...reasons.keys()], sequenceId);
  await writeEnrollments(
    tx,
    lane,
    active.map((enrollment) => exit(enrollment, reasons.get(enrollment.contact_id) ?? '', now, moves)),
  );
  await closeRuns(tx, lane, moves.over);
  await record(tx, lane, moves);
  return moves.over;
}
