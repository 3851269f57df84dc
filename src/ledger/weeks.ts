import type { Db } from '../db/database.ts';
import { makeWeek, weeksThatExist } from './weeks.sql.ts';

const DAY = 24 * 60 * 60 * 1000;
const WEEK = 7 * DAY;
// 1970-01-05 was a Monday.
const FIRST_MONDAY = 4 * DAY;

/** How far ahead of time the server makes weeks: a pause of that length never finds one missing. */
export const WEEKS_AHEAD = 4;

const known = new WeakMap<Db, Set<number>>();

/** Makes the weekly partitions that `instants` fall in, where they are missing. Call it before the transaction. */
export async function ensureWeeks(db: Db, instants: Iterable<Date>): Promise<void> {
  const weeks = known.get(db) ?? new Set(await weeksThatExist(db));
  known.set(db, weeks);
  for (const at of instants) {
    const week = startOfWeek(at.getTime());
    if (weeks.has(week)) continue;
    await makeWeek(db, new Date(week), new Date(week + WEEK));
    weeks.add(week);
  }
}

/** Makes this week and the next `WEEKS_AHEAD`. */
export async function ensureWeeksAhead(db: Db, now: Date): Promise<void> {
  const ahead = Array.from({ length: WEEKS_AHEAD + 1 }, (_, i) => new Date(now.getTime() + i * WEEK));
  await ensureWeeks(db, ahead);
}

/** The Monday 00:00 UTC that begins the week of `ms`, in milliseconds since 1970. */
function startOfWeek(ms: number): number {
  return Math.floor((ms - FIRST_MONDAY) / WEEK) * WEEK + FIRST_MONDAY;
}
