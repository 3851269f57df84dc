import { type RawBuilder, sql } from 'kysely';
import { arrayOf } from '../db/arrays.sql.ts';
import type { Db, Tx } from '../db/database.ts';

// A lane's lease is a row of its own, which nobody locks for longer than a statement. So a renewal never waits for
// whoever writes in a lane, and a lane can pass to another worker while its former one is in the middle of a claim.
// The order of things keeps that claim from being lost or made twice:
//   The taker commits the new epoch, then takes the lane's lock, then releases the claims of earlier epochs.
//   A claim takes the lane's lock, then reads the epoch, then claims and commits.
// Of the two that want the lane's lock one is first. If it is the claim, it has committed before the taker's release
// begins, which therefore sees what was claimed (READ COMMITTED) and makes it ready again. If it is the taker, the
// new epoch was there before the claim reads it, and nothing is claimed. Either way no claim of an earlier epoch is
// left when the taker begins to claim. Whoever made one does not send it: `LanesHeld` has given the lane up by then.

/** The epoch that a lane is in and the database's clock. The caller holds the lane's lock, and had it before it asks. */
export async function laneState(tx: Tx, lane: number): Promise<{ epoch: number; now: Date }> {
  const { rows } = await sql<{ epoch: number; now: Date }>`
    SELECT epoch, now()::timestamptz(3) AS now FROM sequitur.lane_leases WHERE lane = ${lane}`.execute(tx);
  if (!rows[0]) throw new Error(`There is no lane ${lane} in this database.`);
  return rows[0];
}

export type Lease = { lane: number; epoch: number };

/** Why a worker's mail does not get out, and since when; null while it does. */
export type Report = { trouble: { since: string; outcome: string; reply: string } | null };

/** A worker as it was heard of last. `isThere`: it said so for longer than until now. */
export type Heard = { isThere: boolean; seen_until: Date; report: Report };

// Workers that die again and again leave a row each, for a day.
const MOST_HEARD = 100;

/** The hundred workers that were heard of last, but those that said they go; the latest first. */
export async function readWorkers(db: Db): Promise<Heard[]> {
  const { rows } = await sql<Heard>`
    SELECT seen_until > now() AS "isThere", seen_until, report
    FROM sequitur.workers ORDER BY seen_until DESC, id LIMIT ${MOST_HEARD}`.execute(db);
  return rows;
}

/** How many workers there are, how many lanes they have to share, and those that one of them has. */
export type Attendance = { workers: number; lanes: number; leases: Lease[] };

/**
 * Says that a worker is there for `leaseMs`, with its report, and renews its leases for as long; one that has run out as
 * well, unless another worker has taken the lane. Forgets workers that were not heard of for a day. Leases come in no
 * order. Waits for nobody but a worker that is just taking such a lane. One statement, since every worker asks it again
 * and again, however little there is to do.
 */
export async function renewLeases(
  db: Db,
  owner: string,
  leaseMs: number,
  report: Report,
): Promise<Attendance> {
  const until = sql`now() + ${leaseMs} * interval '1 millisecond'`;
  const { rows } = await sql<Attendance>`
    WITH gone AS (
      DELETE FROM sequitur.workers WHERE id IN (
        SELECT id FROM sequitur.workers
        WHERE seen_until <= now() - interval '1 day' AND id <> ${owner} FOR UPDATE SKIP LOCKED)
    ), here AS (
      INSERT INTO sequitur.workers (id, seen_until, report)
      VALUES (${owner}, ${until}, ${JSON.stringify(report)}::jsonb)
      ON CONFLICT (id) DO UPDATE SET seen_until = excluded.seen_until, report = excluded.report
    ), ours AS (
      SELECT lane FROM sequitur.lane_leases WHERE owner = ${owner} ORDER BY lane FOR UPDATE
    ), renewed AS (
      UPDATE sequitur.lane_leases l SET lease_until = ${until}
      FROM ours WHERE ours.lane = l.lane
      RETURNING l.lane, l.epoch
    )
    SELECT (SELECT count(*) FROM sequitur.workers WHERE seen_until > now() AND id <> ${owner}) + 1 AS workers,
           (SELECT count(*) FROM sequitur.lane_leases) AS lanes,
           (SELECT coalesce(json_agg(json_build_object('lane', lane, 'epoch', epoch)), '[]') FROM renewed) AS leases
  `.execute(db);
  return rows[0] ?? { workers: 1, lanes: 0, leases: [] };
}

/**
 * Takes lanes that were given back and, with `lapsed`, such whose lease has run out, at most `limit`; a new epoch
 * begins in each. Answers them, in no order. Passes over what another worker is just taking: two that waited for each other's rows
 * could do so in a ring.
 */
export async function takeLanes(
  db: Db,
  owner: string,
  { leaseMs, lapsed, limit }: { leaseMs: number; lapsed: boolean; limit: number },
): Promise<Lease[]> {
  const { rows } = await sql<Lease>`
    WITH free AS (
      SELECT lane FROM sequitur.lane_leases
      WHERE owner IS NULL ${lapsed ? sql`OR lease_until <= now()` : sql``}
      LIMIT ${limit} FOR UPDATE SKIP LOCKED
    )
    UPDATE sequitur.lane_leases l
    SET owner = ${owner}, lease_until = now() + ${leaseMs} * interval '1 millisecond', epoch = l.epoch + 1
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
  await sql`
    UPDATE sequitur.confirmations SET claimed_until = now()
    WHERE lane = ${lane} AND due_at IS NOT NULL
      AND claimed_until > now() AND claimed_epoch < ${epoch}`.execute(tx);
}

/**
 * Makes ready again what was claimed in this epoch and is not being sent: a claim whose commit went through although
 * its worker never heard so. `sending` are the mails under way, and `confirming` the confirmations whose mail is. An
 * enrollment whose mail before is one of them, settled and still unheard of, is not being sent.
 */
export async function releaseUnsent(
  tx: Tx,
  lane: number,
  {
    epoch,
    sending,
    confirming,
  }: { epoch: number; sending: { enrollment_id: string; step_id: string }[]; confirming: string[] },
): Promise<void> {
  const enrollments = arrayOf(
    sending.map((mail) => mail.enrollment_id),
    'uuid',
  );
  const steps = arrayOf(
    sending.map((mail) => mail.step_id),
    'uuid',
  );
  await sql`
    UPDATE sequitur.enrollments e SET claimed_until = now()
    WHERE lane = ${lane} AND next_step_id IS NOT NULL AND held_at IS NULL
      AND claimed_until > now() AND claimed_epoch = ${epoch}
      AND NOT EXISTS (
        SELECT FROM unnest(${enrollments}, ${steps}) AS sending (enrollment_id, step_id)
        WHERE sending.enrollment_id = e.id AND sending.step_id = e.claimed_step_id)`.execute(tx);
  await sql`
    UPDATE sequitur.confirmations SET claimed_until = now()
    WHERE lane = ${lane} AND due_at IS NOT NULL
      AND claimed_until > now() AND claimed_epoch = ${epoch} AND id <> ALL(${arrayOf(confirming, 'uuid')})`.execute(
    tx,
  );
}

/** Gives these of the owner's lanes back. */
export function releaseLeases(db: Db, owner: string, lanes: number[]): Promise<void> {
  return release(db, sql`owner = ${owner} AND lane = ANY(${lanes}::smallint[])`);
}

/** Gives all of the owner's lanes back but `keep`. */
export function releaseAllLeases(db: Db, owner: string, keep: number[]): Promise<void> {
  return release(db, sql`owner = ${owner} AND lane <> ALL(${keep}::smallint[])`);
}

async function release(db: Db, which: RawBuilder<unknown>): Promise<void> {
  await sql`
    WITH ours AS (SELECT lane FROM sequitur.lane_leases WHERE ${which} ORDER BY lane FOR UPDATE)
    UPDATE sequitur.lane_leases l SET owner = NULL, lease_until = NULL
    FROM ours WHERE ours.lane = l.lane`.execute(db);
}

/** Says that a worker has gone: its share is the others' from now on. */
export async function leave(db: Db, worker: string): Promise<void> {
  await sql`DELETE FROM sequitur.workers WHERE id = ${worker}`.execute(db);
}

/**
 * Those of these lanes that have something ready at `now`, in ascending order, and when the first thing of the others
 * will be: null where nothing is waited for. A confirmation that is tried again later is found by the net under it.
 */
export async function dueLanes(
  db: Db,
  lanes: number[],
  now: Date,
): Promise<{ due: number[]; next: Date | null }> {
  const { rows } = await sql<{ lane: number; is_due: boolean; next: Date | null }>`
    SELECT l.lane, d.is_due, CASE WHEN d.is_due THEN NULL ELSE (
        SELECT greatest(e.due_at, e.claimed_until) FROM sequitur.enrollments e
        WHERE e.lane = l.lane AND e.next_step_id IS NOT NULL AND e.held_at IS NULL
        ORDER BY greatest(e.due_at, e.claimed_until) LIMIT 1
      ) END AS next
    FROM unnest(${lanes}::smallint[]) AS l (lane)
    CROSS JOIN LATERAL (
      SELECT EXISTS (
        SELECT FROM sequitur.enrollments e
        WHERE e.lane = l.lane AND e.next_step_id IS NOT NULL AND e.held_at IS NULL
          AND greatest(e.due_at, e.claimed_until) <= greatest(${now}::timestamptz, now())
          AND e.due_at <= ${now} AND (e.claimed_until IS NULL OR e.claimed_until <= now())
      ) OR EXISTS (
        SELECT FROM sequitur.confirmations c
        WHERE c.lane = l.lane AND c.due_at IS NOT NULL
          AND greatest(c.due_at, c.claimed_until) <= greatest(${now}::timestamptz, now())
          AND c.due_at <= ${now} AND (c.claimed_until IS NULL OR c.claimed_until <= now())
      ) AS is_due
    ) d
    ORDER BY l.lane`.execute(db);
  const times = rows.flatMap(({ next }) => next?.getTime() ?? []);
  return {
    due: rows.filter(({ is_due }) => is_due).map(({ lane }) => lane),
    next: times.length > 0 ? new Date(Math.min(...times)) : null,
  };
}
