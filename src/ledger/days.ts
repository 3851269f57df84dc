import type { Tx } from '../db/database.ts';
import { getOrMake } from '../lib/get_or_make.ts';
import { reportingDays } from './days.sql.ts';

/** One calendar's view of a set of instants. `day` answers 'YYYY-MM-DD'; it throws for an instant not asked for. */
export type Calendar = { id: number; day: (at: Date) => string };

/**
 * The reporting days of `instants` in each calendar that this lane's counters are kept in. PostgreSQL alone
 * computes days: Node's and the server's time zone data may be of different years.
 */
export async function calendarsFor(tx: Tx, lane: number, instants: Iterable<Date>): Promise<Calendar[]> {
  const distinct = [...new Set([...instants].map((at) => at.getTime()))].map((ms) => new Date(ms));
  const calendars = new Map<number, Map<number, string>>();
  for (const { calendar_id, at, day } of await reportingDays(tx, lane, distinct)) {
    getOrMake(calendars, calendar_id, () => new Map()).set(at.getTime(), day);
  }
  return [...calendars].map(([id, days]) => ({ id, day: (at) => lookUp(days, at) }));
}

function lookUp(days: Map<number, string>, at: Date): string {
  const day = days.get(at.getTime());
  if (day === undefined) throw new Error(`The reporting day of ${at.toISOString()} was not asked for.`);
  return day;
}
