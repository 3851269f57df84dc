import { sql } from 'kysely';
import type { Db } from './database.ts';

/**
 * Makes the schema that everything lives in, once. The advisory lock stands in since CREATE SCHEMA IF NOT
 * EXISTS fails with a unique violation when two sessions run it at the same moment.
 */
export async function createSchema(db: Db): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`SELECT pg_advisory_xact_lock(hashtext('sequitur.schema'))`.execute(tx);
    await sql`CREATE SCHEMA IF NOT EXISTS sequitur`.execute(tx);
  });
}
