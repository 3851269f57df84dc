import { sql } from 'kysely';
import type { Db } from '../../src/db/database.ts';

/** Ends the sessions of this database that listen for notifications. */
export async function endListeners(db: Db): Promise<void> {
  await sql`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND query LIKE 'LISTEN%'`.execute(db);
}
