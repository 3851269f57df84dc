import type { Db, Tx } from '../db/database.ts';
import { DatabaseFailure } from '../db/failure.ts';
import {
  type ActiveCalendar,
  changeUnusedZone,
  insertFirstCalendar,
  readActiveCalendar,
  zoneNamed,
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
 * where PostgreSQL does not know the zone.
 */
export async function ensureCalendar(db: Db, timeZone: string): Promise<void> {
  if (await readActiveCalendar(db)) return;
  await insertFirstCalendar(db, await knownZone(db, timeZone));
}

/**
 * The name as PostgreSQL writes it of a zone that it knows. Node takes `europe/berlin` for one too, and has time zone
 * data of its own. Throws a DatabaseFailure where PostgreSQL knows none: it alone computes days.
 */
export async function knownZone(db: Db, timeZone: string): Promise<string> {
  const name = await zoneNamed(db, timeZone);
  if (name) return name;
  throw new DatabaseFailure(
    `This PostgreSQL does not know the time zone ${timeZone}. Set TIME_ZONE to one that it knows.`,
  );
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
  const wanted = await zoneNamed(tx, timeZone);
  if (!wanted) return { outcome: 'unknown_zone', time_zone: current };
  if (wanted === current) return { outcome: 'unchanged', time_zone: current };
  const changed = await changeUnusedZone(tx, wanted);
  return changed
    ? { outcome: 'changed', time_zone: wanted }
    : { outcome: 'already_counting', time_zone: current };
}
