import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';

/** The reporting day of `now`. */
export async function today(tx: Tx, timeZone: string, now: Date): Promise<string> {
  const { rows } = await sql<{ day: string }>`
    SELECT (${now}::timestamptz AT TIME ZONE ${timeZone})::date AS day`.execute(tx);
  return rows[0]?.day ?? '';
}

/** The first day on which anything was counted for the sequence (null: for any); null where nothing was. */
export async function firstDay(
  tx: Tx,
  calendarId: number,
  sequenceId: string | null,
): Promise<string | null> {
  const { rows } = await sql<{ day: string | null }>`
    SELECT min(day) AS day FROM sequitur.daily_counts
    WHERE calendar_id = ${calendarId} ${sequenceId ? sql`AND sequence_id = ${sequenceId}` : sql``}`.execute(
    tx,
  );
  return rows[0]?.day ?? null;
}
