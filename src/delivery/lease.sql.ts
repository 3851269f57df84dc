import { sql } from 'kysely';
import { arrayOf } from '../db/arrays.sql.ts';
import type { Db, Tx } from '../db/database.ts';

/** The epoch that a lane is in and the database's clock. The caller holds the lane's lock. */
export async function laneState(tx: Tx, lane: number): Promise<{ epoch: number; now: Date }> {
  const { rows } = await sql<{ epoch: number; now: Date }>`
    SELECT epoch, now()::timestamptz(3) AS now FROM sequitur.lanes WHERE lane = ${lane}`.execute(tx);
  if (!rows[0]) throw new Error(`There is no lane ${lane} in this database.`);
  return rows[0];
}

export type Lease = { lane: number; epoch: number };

/**
 * Renews the owner's leases for `leaseMs` and takes lanes that nobody holds any more, which begins a new epoch
 * there. Answers all lanes that the owner holds now, in no order.
 */
export async function renewLeases(db: Db, owner: string, leaseMs: number): Promise<Lease[]> {
  const { rows } = await sql<Lease>`
    WITH free AS (
      SELECT lane, owner IS DISTINCT FROM ${owner}::uuid AS taken
      FROM sequitur.lanes
      WHERE owner = ${owner} OR owner IS NULL OR lease_until <= now()
      ORDER BY lane
      FOR UPDATE
    )
    UPDATE sequitur.lanes l
    SET owner = ${owner}, lease_until = now() + ${leaseMs} * interval '1 millisecond',
        epoch = l.epoch + free.taken::int
    FROM free WHERE free.lane = l.lane
    RETURNING l.lane, l.epoch`.execute(db);
  return rows;
}

/** Ends the claims that a former owner of the lane left behind, so that they are ready again at once. */
export async function releaseClaims(tx: Tx, lane: number, epoch: number): Promise<void> {
  await sql`
    UPDATE sequitur.enrollments SET claimed_until = now()
    WHERE lane = ${lane} AND next_step_id IS NOT NULL AND held_at IS NULL
      AND claimed_until > now() AND claimed_epoch < ${epoch}`.execute(tx);
}

/**
 * Makes ready again what was claimed in this epoch and is not being sent: a claim whose commit went through although
 * its worker never heard so. `sending` are the enrollments whose mail is under way.
 */
export async function releaseUnsent(
  tx: Tx,
  lane: number,
  { epoch, sending }: { epoch: number; sending: string[] },
): Promise<void> {
  await sql`
    UPDATE sequitur.enrollments SET claimed_until = now()
    WHERE lane = ${lane} AND next_step_id IS NOT NULL AND held_at IS NULL
      AND claimed_until > now() AND claimed_epoch = ${epoch} AND id <> ALL(${arrayOf(sending, 'uuid')})`.execute(
    tx,
  );
}

/** Gives the owner's lanes back, all but `keep`. */
export async function releaseLeases(db: Db, owner: string, keep: number[]): Promise<void> {
  await sql`
    WITH given AS (
      SELECT lane FROM sequitur.lanes
      WHERE owner = ${owner} AND lane <> ALL(${keep}::smallint[])
      ORDER BY lane
      FOR UPDATE
    )
    UPDATE sequitur.lanes l SET owner = NULL, lease_until = NULL
    FROM given WHERE given.lane = l.lane`.execute(db);
}

/** Those of these lanes that have something ready at `now`, in ascending order. */
export async function dueLanes(db: Db, lanes: number[], now: Date): Promise<number[]> {
  const { rows } = await sql<{ lane: number }>`
    SELECT l.lane FROM unnest(${lanes}::smallint[]) AS l (lane)
    WHERE EXISTS (
      SELECT FROM sequitur.enrollments e
      WHERE e.lane = l.lane AND e.next_step_id IS NOT NULL AND e.held_at IS NULL
        AND greatest(e.due_at, e.claimed_until) <= greatest(${now}::timestamptz, now())
        AND e.due_at <= ${now} AND (e.claimed_until IS NULL OR e.claimed_until <= now())
    )
    ORDER BY l.lane`.execute(db);
  return rows.map((row) => row.lane);
}

/** Lets the held enrollments of sequences that are active again go on; at most `limit` a lane and call. */
export async function releaseHeld(tx: Tx, lane: number, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE sequitur.enrollments e SET held_at = NULL
    FROM (
      SELECT h.id FROM sequitur.enrollments h
      JOIN sequitur.sequences s ON s.id = h.sequence_id AND s.status <> 'paused' AND s.status <> 'draft'
      WHERE h.lane = ${lane} AND h.held_at IS NOT NULL
      LIMIT ${limit}
    ) released
    WHERE e.lane = ${lane} AND e.id = released.id`.execute(tx);
  return Number(numAffectedRows ?? 0);
}

/** The lanes, of these, that hold enrollments of sequences that are not paused any more. In ascending order. */
export async function lanesToRelease(db: Db, lanes: number[]): Promise<number[]> {
  const { rows } = await sql<{ lane: number }>`
    SELECT DISTINCT h.lane FROM sequitur.enrollments h
    JOIN sequitur.sequences s ON s.id = h.sequence_id AND s.status <> 'paused' AND s.status <> 'draft'
    WHERE h.held_at IS NOT NULL AND h.lane = ANY(${lanes}::smallint[])
    ORDER BY h.lane`.execute(db);
  return rows.map((row) => row.lane);
}
