import { sql } from 'kysely';
import type { Db } from '../src/db/database.ts';

/** What one would build without counters: a plain table of the same rows, with its two indexes. */
export async function makePlainTable(db: Db): Promise<void> {
  await sql`CREATE SCHEMA bench`.execute(db);
  await sql`CREATE TABLE bench.plain AS SELECT * FROM sequitur.sequence_executions ORDER BY executed_at`.execute(
    db,
  );
  await sql`ALTER TABLE bench.plain ADD PRIMARY KEY (id)`.execute(db);
  await sql`CREATE INDEX ON bench.plain (sequence_id, executed_at)`.execute(db);
  await sql`VACUUM (ANALYZE) bench.plain`.execute(db);
}

export type Numbers = { executions: number; people: number };

/** Executions and distinct people of a sequence since a day (null: ever), counted from the plain table's rows. */
export async function countPlain(db: Db, sequenceId: string, from: string | null): Promise<Numbers> {
  const { rows } = await sql<Numbers>`
    SELECT count(*) AS executions, count(DISTINCT contact_id) AS people FROM bench.plain
    WHERE sequence_id = ${sequenceId} ${from === null ? sql`` : sql`AND executed_at >= ${from}::date`}`.execute(
    db,
  );
  return rows[0] ?? { executions: 0, people: 0 };
}

/** The same, with the rows fetched and counted here. */
export async function fetchAndCount(db: Db, sequenceId: string, from: string | null): Promise<Numbers> {
  const { rows } = await sql<{ contact_id: string }>`
    SELECT contact_id FROM bench.plain
    WHERE sequence_id = ${sequenceId} ${from === null ? sql`` : sql`AND executed_at >= ${from}::date`}`.execute(
    db,
  );
  return { executions: rows.length, people: new Set(rows.map((row) => row.contact_id)).size };
}

/** Writes what the peers are asked about to a file that the server may write: CSV without a header. */
export async function writeRows(db: Db, path: string): Promise<void> {
  await sql`
    COPY (SELECT sequence_id, contact_id, executed_at AT TIME ZONE 'UTC' FROM bench.plain ORDER BY executed_at)
    TO ${sql.lit(path)} (FORMAT csv)`.execute(db);
}
