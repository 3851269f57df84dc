import { sql } from 'kysely';
import type { Db } from '../../src/db/database.ts';

export type KeyRow = { key: string; next_at: Date; sent_today: number; is_refused: boolean };

/** How far the mail of each limited key has got, by key. */
export async function keysOf(db: Db): Promise<KeyRow[]> {
  const { rows } = await sql<KeyRow>`
    SELECT key, next_at, sent_today, refused_at IS NOT NULL AS is_refused FROM sequitur.send_slots ORDER BY key`.execute(
    db,
  );
  return rows;
}

/** Has what was sent today be sent yesterday, as at midnight. */
export async function passMidnight(db: Db): Promise<void> {
  await sql`UPDATE sequitur.send_slots SET day = day - 1`.execute(db);
}

/** Has the slots be given so many days ago. */
export async function ageKeys(db: Db, days: number): Promise<void> {
  await sql`
    UPDATE sequitur.send_slots SET day = day - ${days}::int, next_at = next_at - ${days} * interval '1 day'`.execute(
    db,
  );
}

/** Forgets all that was sent. */
export async function forgetKeys(db: Db): Promise<void> {
  await sql`DELETE FROM sequitur.send_slots`.execute(db);
}
