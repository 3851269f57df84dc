import type { Db } from '../db/database.ts';
import { ensureLanes } from '../db/lanes.ts';
import { migrate } from '../db/migrate.ts';
import { ensureCalendar } from './calendars.ts';
import { ensureWeeksAhead } from './weeks.ts';

export type Prepared = { migrations: string[]; lanes: number };

/**
 * Makes a database ready: newest schema, lanes, the first calendar in `timeZone` (IANA), this week and the
 * next ones. Safe when many processes do it at once, and quick when there is nothing to do.
 */
export async function prepareDatabase(
  db: Db,
  { timeZone, now = new Date() }: { timeZone: string; now?: Date },
): Promise<Prepared> {
  const migrations = await migrate(db);
  const lanes = await ensureLanes(db);
  await ensureCalendar(db, timeZone);
  await ensureWeeksAhead(db, now);
  return { migrations, lanes };
}
