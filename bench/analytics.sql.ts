import { sql } from 'kysely';
import type { Db } from '../src/db/database.ts';

/** What one would build without counters: a plain table of the same rows, with its two indexes. */
export async function makePlainTable(db: Db): Promise<void> {
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

/** Lines of CSV, some thousand at a time, of what the peers are asked about: sequence, contact, instant in UTC. */
export async function* linesOfPlain(db: Db): AsyncGenerator<string> {
  const { rows } = await sql<{ pages: number }>`
    SELECT pg_relation_size('bench.plain') / current_setting('block_size')::int AS pages`.execute(db);
  for (let page = 0; page < (rows[0]?.pages ?? 0); page += PAGES) {
    const [from, before] = [`(${page},0)`, `(${page + PAGES},0)`];
    const { rows: chunks } = await sql<{ lines: string | null }>`
      SELECT string_agg(concat_ws(',', sequence_id, contact_id, executed_at AT TIME ZONE 'UTC'), E'\n') || E'\n' AS lines
      FROM bench.plain WHERE ctid >= ${from}::tid AND ctid < ${before}::tid`.execute(db);
    yield chunks[0]?.lines ?? '';
  }
}

const PAGES = 1_000;
