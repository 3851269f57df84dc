import { sql } from 'kysely';
import type { Db } from '../db/database.ts';

/** Removes the sessions that have run out; nobody signs in by them any more. */
export async function deleteExpiredSessions(db: Db): Promise<void> {
  await sql`DELETE FROM sequitur.sessions WHERE expires_at < now()`.execute(db);
}
