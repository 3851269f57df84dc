import { sql } from 'kysely';
import type { Db } from '../../src/db/database.ts';

/** Takes a counter away, which folding and recounting cannot do without. */
export async function renameCounter(db: Db, from: string, to: string): Promise<void> {
  await sql`ALTER TABLE ${sql.table(`sequitur.${from}`)} RENAME TO ${sql.ref(to)}`.execute(db);
}

/** Keeps what a request said under its key. */
export async function insertRequest(db: Db, key: string, at: Date): Promise<void> {
  await sql`
    INSERT INTO sequitur.trigger_requests (lane, request_key, digest, created_at)
    VALUES (3, ${key}, '\\x00', ${at})`.execute(db);
}

/** The keys of requests that are kept. */
export async function requestKeys(db: Db): Promise<string[]> {
  const { rows } = await sql<{ request_key: string }>`
    SELECT request_key FROM sequitur.trigger_requests ORDER BY 1`.execute(db);
  return rows.map(({ request_key }) => request_key);
}
