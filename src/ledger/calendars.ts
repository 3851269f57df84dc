import type { Db, Tx } from '../db/database.ts';
import { DatabaseFailure } from '../db/failure.ts';
import {
  type ActiveCalendar,
  changeUnusedZone,
  insertFirstCalendar,
  readActiveCalendar,
  zoneExists,
} from './calendars.sql.ts';

export type { ActiveCalendar };

/** The calendar that answers are given in: its id and IANA zone. Throws in a database that is not set up. */
export async function activeCalendar(db: Db): Promise<ActiveCalendar> {
  const calendar = await readActiveCalendar(db);
  if (!calendar) throw new Error('This database has no reporting calendar: it was not set up.');
  return calendar;
}

/**
 * Gives a new database its calendar, kept in every lane. In one that has a calendar it changes nothing. Throws
 * where PostgreSQL does not know the zone: it alone computes days.
 */
export async function ensureCalendar(db: Db, timeZone: string): Promise<void> {
  if (await readActiveCalendar(db)) return;
  if (!(await zoneExists(db, timeZone))) {
    throw new DatabaseFailure(
      `This PostgreSQL does not know the time zone ${timeZone}. Set TIME_ZONE to one that it knows.`,
    );
  }
  await insertFirstCalendar(db, timeZone);
}

export type ZoneChange = {
  outcome: 'changed' | 'unchanged' | 'already_counting' | 'unknown_zone';
  time_zone: string;
};

/**
 * Sets the reporting zone at first setup. Once anything is counted the days of that calendar stand, so the
 * answer is then `already_counting` with the zone in force, and nothing changes.
 */
export async function confirmTimeZone(tx: Tx, timeZone: string): Promise<ZoneChange> {
  const current = (await activeCalendar(tx)).time_zone;
  if (timeZone === current) return { outcome: 'unchanged', time_zone: current };
  if (!(await zoneExists(tx, timeZone))) return { outcome: 'unknown_zone', time_zone: current };
  const changed = await changeUnusedZone(tx, timeZone);
  return changed
    ? { outcome: 'changed', time_zone: timeZone }
    : { outcome: 'already_counting', time_zone: current };
}
