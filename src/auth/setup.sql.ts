import { sql } from 'kysely';
import type { Db } from '../db/database.ts';

/** What is kept of a setup link: the SHA-256 of its token (hex), and when it ends. */
export type KeptSetupLink = { token_hash: string; expires_at: Date };

/** Replaces whatever link was kept before. */
export async function keepSetupLink(db: Db, link: KeptSetupLink): Promise<void> {
  const value = JSON.stringify(link);
  await sql`
    INSERT INTO sequitur.settings (key, value) VALUES ('setup_link', ${value}::jsonb)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()`.execute(db);
}

export async function selectSetupLink(db: Db): Promise<KeptSetupLink | undefined> {
  const { rows } = await sql<KeptSetupLink>`
    SELECT value ->> 'token_hash' AS token_hash, (value ->> 'expires_at')::timestamptz AS expires_at
    FROM sequitur.settings WHERE key = 'setup_link'`.execute(db);
  return rows[0];
}

export async function deleteSetupLink(db: Db): Promise<void> {
  await sql`DELETE FROM sequitur.settings WHERE key = 'setup_link'`.execute(db);
}
