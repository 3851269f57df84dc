import { sql } from 'kysely';
import type { Db } from '../db/database.ts';

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
