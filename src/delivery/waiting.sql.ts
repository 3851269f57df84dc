import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import { MAX_ATTEMPTS } from './next_step.ts';

/** How many mails, of steps and of confirmations, have failed for a time and wait for their next try, which is at most twelve hours away. */
export async function countWaiting(db: Db): Promise<number> {
  // The bound lets the index of what is due soon leave out everybody who waits for days.
  const { rows } = await sql<{ n: number }>`
    SELECT (SELECT count(*) FROM sequitur.confirmations
            WHERE due_at IS NOT NULL AND attempts > 0 AND claimed_until IS NULL) + count(*) AS n
    FROM sequitur.enrollments
    WHERE next_step_id IS NOT NULL AND held_at IS NULL AND attempts > 0 AND claimed_step_id IS NULL
      AND GREATEST(due_at, claimed_until) <= now() + interval '12 hours'`.execute(db);
  return rows[0]?.n ?? 0;
}

/**
 * Makes mails of the lane due at `now` that failed with one of `outcomes` and wait for their next try, those that are due
 * soonest first; at most `limit`. Answers how many: fewer than `limit` means that none is left. Leaves alone what has failed
 * once, as that waits a minute at most, and the last try, which is not to be used up by a server that comes and goes.
 */
export async function bringForward(
  tx: Tx,
  lane: number,
  { now, limit, outcomes }: { now: Date; limit: number; outcomes: readonly string[] },
): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE sequitur.enrollments e SET due_at = ${now}
    FROM (
      SELECT id FROM sequitur.enrollments
      WHERE lane = ${lane} AND next_step_id IS NOT NULL AND held_at IS NULL AND claimed_step_id IS NULL
        AND greatest(due_at, claimed_until) > ${now}
        AND greatest(due_at, claimed_until) <= ${now}::timestamptz + interval '12 hours'
        AND attempts > 1 AND attempts < ${MAX_ATTEMPTS - 1}
        AND split_part(last_error, ':', 1) = ANY(${outcomes}::text[])
      ORDER BY greatest(due_at, claimed_until)
      LIMIT ${limit}
    ) waiting
    WHERE e.lane = ${lane} AND e.id = waiting.id`.execute(tx);
  return Number(numAffectedRows ?? 0);
}
