import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import { inTransaction } from '../db/transaction.sql.ts';

export type ActiveCalendar = { id: number; time_zone: string };

/** The active calendar; undefined before the database is set up. */
export async function readActiveCalendar(db: Db): Promise<ActiveCalendar | undefined> {
  const { rows } = await sql<ActiveCalendar>`
    SELECT id, time_zone FROM sequitur.calendars WHERE status = 'active'`.execute(db);
  return rows[0];
}

/** Makes calendar 1, kept in every lane, unless there is a calendar. */
export async function insertFirstCalendar(db: Db, timeZone: string): Promise<void> {
  await inTransaction(db, async (tx) => {
    await sql`SELECT pg_advisory_xact_lock(hashtext('sequitur.calendars'))`.execute(tx);
    const { numAffectedRows } = await sql`
      INSERT INTO sequitur.calendars (id, time_zone, status)
      SELECT 1, ${timeZone}, 'active' WHERE NOT EXISTS (SELECT FROM sequitur.calendars)`.execute(tx);
    if (!numAffectedRows) return;
    await sql`
      INSERT INTO sequitur.calendar_lanes (lane, calendar_id) SELECT lane, 1 FROM sequitur.lanes`.execute(tx);
  });
}

/** The name as PostgreSQL writes it of the zone that is called so, in whatever case; undefined where it knows none. */
export async function zoneNamed(db: Db, timeZone: string): Promise<string | undefined> {
  const { rows } = await sql<{ name: string }>`
    SELECT name FROM pg_timezone_names WHERE lower(name) = lower(${timeZone})
    ORDER BY name = ${timeZone} DESC, name LIMIT 1`.execute(db);
  return rows[0]?.name;
}

/** Renames the active calendar's zone while no counter names a day of it. False, and no change, once one does. */
export async function changeUnusedZone(tx: Tx, timeZone: string): Promise<boolean> {
  await sql`SELECT lane FROM sequitur.lanes ORDER BY lane FOR UPDATE`.execute(tx);
  const { numAffectedRows } = await sql`
    UPDATE sequitur.calendars c SET time_zone = ${timeZone}
    WHERE status = 'active'
      AND NOT EXISTS (SELECT FROM sequitur.weekly_counts w WHERE w.calendar_id = c.id)
      AND NOT EXISTS (SELECT FROM sequitur.trigger_counts t WHERE t.calendar_id = c.id)
      AND NOT EXISTS (SELECT FROM sequitur.funnel_counts f WHERE f.calendar_id = c.id)
      AND NOT EXISTS (SELECT FROM sequitur.funnel_spans f WHERE f.calendar_id = c.id)`.execute(tx);
  return Number(numAffectedRows) === 1;
}
