import { CompiledQuery, sql } from 'kysely';
import { type Db, inSnapshot } from '../db/database.ts';

export type QueryResult = { columns: string[]; rows: Record<string, unknown>[] };

/**
 * Runs a query that somebody typed, in a read-only transaction with the schema on its search path. Columns are
 * those of the rows: none are known where there is no row. Throws what PostgreSQL says.
 */
export async function queryReadOnly(db: Db, query: string): Promise<QueryResult> {
  return inSnapshot(db, async (tx) => {
    await sql`SET LOCAL search_path = sequitur, public`.execute(tx);
    const { rows } = await tx.executeQuery<Record<string, unknown>>(CompiledQuery.raw(query));
    return { columns: Object.keys(rows[0] ?? {}), rows };
  });
}
