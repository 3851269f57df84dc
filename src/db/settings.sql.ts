import { sql } from 'kysely';
import type { Db, Tx } from './database.ts';

/** A setting's value; undefined where it was never set. */
export async function readSetting(db: Db | Tx, key: string): Promise<unknown> {
  const { rows } = await sql<{ value: unknown }>`
    SELECT value FROM sequitur.settings WHERE key = ${key}`.execute(db);
  return rows[0]?.value;
}

/** Sets what is not set; a value that is there stays. */
export async function insertSetting(db: Db | Tx, key: string, value: unknown): Promise<void> {
  await sql`
    INSERT INTO sequitur.settings (key, value) VALUES (${key}, ${JSON.stringify(value)}::jsonb)
    ON CONFLICT (key) DO NOTHING`.execute(db);
}

/** Sets a value, over any that is there. */
export async function writeSetting(db: Db | Tx, key: string, value: unknown): Promise<void> {
  await sql`
    INSERT INTO sequitur.settings (key, value) VALUES (${key}, ${JSON.stringify(value)}::jsonb)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()`.execute(db);
}

/** Keeps everybody else from changing a value that is there until the transaction ends. */
export async function lockSetting(tx: Tx, key: string): Promise<void> {
  await sql`SELECT FROM sequitur.settings WHERE key = ${key} FOR UPDATE`.execute(tx);
}
