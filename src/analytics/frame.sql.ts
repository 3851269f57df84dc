import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import type { Days } from './range.ts';

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

/** The instants between which a range lies: `from` is in it, `before` is the first one after it. */
export type Edges = { from: Date; before: Date };

/** The instants at which days begin and are over in a calendar. Throws where there is no such calendar. */
export async function edgesOf(tx: Tx, calendarId: number, { from, to }: Days): Promise<Edges> {
  const { rows } = await sql<Edges>`
    SELECT ${from}::date::timestamp AT TIME ZONE time_zone AS from,
           (${to}::date + 1)::timestamp AT TIME ZONE time_zone AS before
    FROM sequitur.calendars WHERE id = ${calendarId}`.execute(tx);
  if (!rows[0]) throw new Error(`There is no calendar ${calendarId}.`);
  return rows[0];
}
