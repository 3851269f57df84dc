import { type Kysely, sql } from 'kysely';
import type { Db, Tx } from './database.ts';
import { inTransaction } from './transaction.sql.ts';

/**
 * Makes the schema that everything lives in, once. It is looked for first, since CREATE SCHEMA IF NOT EXISTS asks for
 * the right to make schemas even where it has nothing to make. The advisory lock stands in since that statement fails
 * with a unique violation when two sessions run it at the same moment.
 */
export async function createSchema(db: Db): Promise<void> {
  if (await hasSchema(db)) return;
  await inTransaction(db, async (tx) => {
    await sql`SELECT pg_advisory_xact_lock(hashtext('sequitur.schema'))`.execute(tx);
    await sql`CREATE SCHEMA IF NOT EXISTS sequitur`.execute(tx);
  });
}

async function hasSchema(db: Db | Tx): Promise<boolean> {
  const { rows } = await sql`SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'sequitur'`.execute(db);
  return rows.length === 1;
}

/**
 * Waits until nobody writes and keeps everyone from it until the transaction of `db` ends. A migration locks tables
 * one by one, and a writer that held one of those to come, and waited for one that is locked, would end it in a
 * deadlock; every writer, and every move of counters, takes a row of `lanes` before anything else.
 */
export async function keepWritersOut(db: Kysely<unknown>): Promise<void> {
  await sql`
    DO $$
    BEGIN
      IF to_regclass('sequitur.lanes') IS NOT NULL THEN
        LOCK TABLE sequitur.lanes IN ACCESS EXCLUSIVE MODE;
      END IF;
    END
    $$`.execute(db);
}

/** Whether Sequitur has ever been started on this database: an empty schema, made for it, does not count. */
export async function isSetUp(db: Db): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'sequitur' AND c.relname = 'lanes'`.execute(db);
  return rows.length === 1;
}

/** Who asks, and where, as PostgreSQL names them. */
export async function whoAsks(db: Db): Promise<{ role: string; database: string }> {
  const { rows } = await sql<{ role: string; database: string }>`
    SELECT current_user::text AS role, current_database()::text AS database`.execute(db);
  return rows[0] ?? { role: '', database: '' };
}
