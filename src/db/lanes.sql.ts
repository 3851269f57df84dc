import { sql } from 'kysely';
import type { Db, Tx } from './database.ts';
import { inTransaction } from './transaction.sql.ts';

/** Lanes 0 to `lanes` - 1, which nobody holds yet, unless there are any already. */
export async function insertLanes(db: Db, lanes: number): Promise<void> {
  await inTransaction(db, async (tx) => {
    await sql`SELECT pg_advisory_xact_lock(hashtext('sequitur.lanes'))`.execute(tx);
    await sql`
      INSERT INTO sequitur.lanes (lane)
      SELECT generate_series(0, ${lanes}::int - 1)
      WHERE NOT EXISTS (SELECT FROM sequitur.lanes)`.execute(tx);
    await sql`
      INSERT INTO sequitur.lane_leases (lane)
      SELECT lane FROM sequitur.lanes
      WHERE NOT EXISTS (SELECT FROM sequitur.lane_leases)`.execute(tx);
  });
}

/** How many lanes this database has; 0 before it is set up. */
export async function countLanes(db: Db): Promise<number> {
  const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM sequitur.lanes`.execute(db);
  return rows[0]?.n ?? 0;
}

/** Locks the lane's row until the transaction ends. False where there is no such lane. */
export async function lockLane(tx: Tx, lane: number): Promise<boolean> {
  const { rows } = await sql`SELECT lane FROM sequitur.lanes WHERE lane = ${lane} FOR UPDATE`.execute(tx);
  return rows.length === 1;
}

/** Locks several lanes' rows, in ascending order, until the transaction ends. */
export async function lockLanes(tx: Tx, lanes: number[]): Promise<void> {
  await sql`
    SELECT lane FROM sequitur.lanes WHERE lane = ANY(${lanes}::smallint[]) ORDER BY lane FOR UPDATE`.execute(
    tx,
  );
}

/** Locks every lane's row, in ascending order: no writer is under way, and none begins until the transaction ends. */
export async function lockAllLanes(tx: Tx): Promise<void> {
  await sql`SELECT lane FROM sequitur.lanes ORDER BY lane FOR UPDATE`.execute(tx);
}
