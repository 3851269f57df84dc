import { sql } from 'kysely';
import type { Db } from '../../src/db/database.ts';

/** How many tables the schema has; 0 as well where there is no such schema. */
export async function countTables(db: Db): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = 'sequitur'`.execute(db);
  return rows[0]?.n ?? 0;
}

/** Makes the schema as an operator would, before Sequitur has seen the database. */
export async function makeEmptySchema(db: Db): Promise<void> {
  await sql`CREATE SCHEMA sequitur`.execute(db);
}

/** Makes the workspace's totals, and nothing else, say what no row says. */
export async function spoilTotals(db: Db): Promise<void> {
  await sql`
    INSERT INTO sequitur.workspace_totals AS had (lane, executions) VALUES (0, 7)
    ON CONFLICT (lane) DO UPDATE SET executions = had.executions + 7`.execute(db);
}
