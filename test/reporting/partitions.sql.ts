import { sql } from 'kysely';
import type { Db, Tx } from '../../src/db/database.ts';

/** The partitions of a table of `sequitur` with the number of their rows, by name. */
export async function rowsByPartition(db: Db, table: string): Promise<[partition: string, rows: number][]> {
  const { rows } = await sql<{ name: string; n: number }>`
    SELECT c.relname AS name, count(t.oid)::int AS n
    FROM pg_inherits i
    JOIN pg_class c ON c.oid = i.inhrelid
    LEFT JOIN (SELECT tableoid AS oid FROM ${sql.table(`sequitur.${table}`)}) t ON t.oid = c.oid
    WHERE i.inhparent = ${`sequitur.${table}`}::regclass
    GROUP BY c.relname ORDER BY c.relname`.execute(db);
  return rows.map(({ name, n }) => [name, n]);
}

/** How many tables and indexes the caller's transaction holds locked. */
export async function relationsLocked(tx: Tx): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(DISTINCT relation)::int AS n FROM pg_locks
    WHERE pid = pg_backend_pid() AND locktype = 'relation'`.execute(tx);
  return rows[0]?.n ?? 0;
}
