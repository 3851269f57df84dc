import { DAY_MS, offsetOf, wallClock } from '../lib/wall_clock.ts';

/** A calendar day in a zone. `startsAt` in ms since 1970; `weekday` from 0, a Sunday. */
export type LocalDay = { daysAgo: number; startsAt: number; weekday: number };

/**
 * The last `count` days of `timeZone` (IANA), the oldest first and today, at `now`, last. Only for a made-up
 * history: a day on which the clocks change begins an hour off, and reporting days are PostgreSQL's to compute.
 */
export function lastDays(now: Date, count: number, timeZone: string): LocalDay[] {
  const today = Math.floor(wallClock(now.getTime(), timeZone) / DAY_MS) * DAY_MS;
  return Array.from({ length: count }, (_, i) => {
    const daysAgo = count - 1 - i;
    const midnight = today - daysAgo * DAY_MS;
    return {
      daysAgo,
      startsAt: midnight - offsetOf(midnight, timeZone),
      weekday: new Date(midnight).getUTCDay(),
    };
  });
}
