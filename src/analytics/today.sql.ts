import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { dayBegins } from './day_begins.sql.ts';

/** A reporting day of the active calendar, 'YYYY-MM-DD', and the instant at which the next one begins. */
export type Today = { calendar_id: number; time_zone: string; day: string; ends_at: Date };

/** The reporting day of `now`. Throws in a database that is not set up. */
export async function readToday(db: Db, now: Date): Promise<Today> {
  const { rows } = await sql<Today>`
    SELECT id AS calendar_id, time_zone, day, ${dayBegins(sql`day + 1`, sql`time_zone`)} AS ends_at
    FROM sequitur.calendars, LATERAL (SELECT (${now}::timestamptz AT TIME ZONE time_zone)::date AS day) d
    WHERE status = 'active'`.execute(db);
  if (!rows[0]) throw new Error('This database has no reporting calendar: it was not set up.');
  return rows[0];
}
