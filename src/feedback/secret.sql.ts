import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import { insertSetting, readSetting, writeSetting } from '../db/settings.sql.ts';

/** The secrets that are good, as they are kept: base64, and instants as text. */
export type KeptSecrets = {
  current: { id: string; secret: string; created_at: string };
  /** The one before, and until when it is good. */
  previous: { secret: string; until: string } | null;
};

const KEY = 'feedback_secrets';

/** Undefined where none was made. */
export async function readSecrets(db: Db): Promise<KeptSecrets | undefined> {
  return ((await readSetting(db, KEY)) as KeptSecrets | null) ?? undefined;
}

/** The same, and until the transaction ends nobody else changes them. */
export async function lockSecrets(tx: Tx): Promise<KeptSecrets | undefined> {
  await insertSetting(tx, KEY, null);
  await sql`SELECT FROM sequitur.settings WHERE key = ${KEY} FOR UPDATE`.execute(tx);
  return readSecrets(tx);
}

/** Keeps these, or (null) none. */
export async function keepSecrets(tx: Tx, secrets: KeptSecrets | null): Promise<void> {
  await writeSetting(tx, KEY, secrets);
}
