import { type RawBuilder, sql } from 'kysely';
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

export type Wanted = {
  now: Date;
  /** What their last try ended with. */
  outcomes: readonly string[];
};

/**
 * The enrollments and confirmations of the lane whose mail failed with one of these outcomes and waits at `now` for its next
 * try; in the order of their ids, from behind `after`, at most `limit`.
 */
export async function waitingFor(
  db: Db,
  lane: number,
  { after, limit, ...wanted }: Wanted & { after: string; limit: number },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM sequitur.enrollments WHERE ${waitingEnrollment(lane, wanted)} AND id > ${after}
    UNION ALL
    SELECT id FROM sequitur.confirmations WHERE ${waitingConfirmation(lane, wanted)} AND id > ${after}
    ORDER BY id LIMIT ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Makes these due at `now`, but for those that do not wait any more. */
export async function bringForward(tx: Tx, lane: number, ids: string[], wanted: Wanted): Promise<void> {
  await sql`
    UPDATE sequitur.enrollments SET due_at = ${wanted.now}
    WHERE ${waitingEnrollment(lane, wanted)} AND id = ANY(${ids}::uuid[])`.execute(tx);
  await sql`
    UPDATE sequitur.confirmations SET due_at = ${wanted.now}
    WHERE ${waitingConfirmation(lane, wanted)} AND id = ANY(${ids}::uuid[])`.execute(tx);
}

function waitingEnrollment(lane: number, wanted: Wanted): RawBuilder<unknown> {
  return sql`lane = ${lane} AND next_step_id IS NOT NULL AND held_at IS NULL AND claimed_step_id IS NULL
    AND ${isPutOff(wanted)}`;
}

function waitingConfirmation(lane: number, wanted: Wanted): RawBuilder<unknown> {
  return sql`lane = ${lane} AND due_at IS NOT NULL AND claimed_until IS NULL AND ${isPutOff(wanted)}`;
}

/**
 * Not what has failed once, as that waits a minute at most, and not the last try, which is not to be used up by a server
 * that comes and goes. No try is further away than twelve hours.
 */
function isPutOff({ now, outcomes }: Wanted): RawBuilder<unknown> {
  return sql`greatest(due_at, claimed_until) > ${now}
    AND greatest(due_at, claimed_until) <= ${now}::timestamptz + interval '12 hours'
    AND attempts > 1 AND attempts < ${MAX_ATTEMPTS - 1}
    AND split_part(last_error, ':', 1) = ANY(${outcomes}::text[])`;
}
