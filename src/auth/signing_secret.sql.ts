import { sql } from 'kysely';
import type { Db } from '../db/database.ts';

/** Keeps `secret` (base64) unless one is kept already, and gives the one that is kept. */
export async function keepFirstSecret(db: Db, secret: string): Promise<string> {
  await sql`
    INSERT INTO sequitur.settings (key, value)
    VALUES ('signing_secret', to_jsonb(${secret}::text))
    ON CONFLICT (key) DO NOTHING`.execute(db);
  const { rows } = await sql<{ secret: string }>`
    SELECT value #>> '{}' AS secret FROM sequitur.settings WHERE key = 'signing_secret'`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('The signing secret is gone from sequitur.settings.');
  return row.secret;
}
