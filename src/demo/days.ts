const DAY_MS = 24 * 60 * 60 * 1000;

/** A calendar day in a zone. `startsAt` in ms since 1970; `weekday` from 0, a Sunday. */
export type LocalDay = { daysAgo: number; startsAt: number; weekday: number };

/**
 * The last `count` days of `timeZone` (IANA), the oldest first and today, at `now`, last. Only for a made-up
 * history: a day on which the clocks change begins an hour off, and reporting days are PostgreSQL's to compute.
 */
export function lastDays(now: Date, count: number, timeZone: string): LocalDay[] {
  const today = Math.floor((now.getTime() + offsetOf(now, timeZone)) / DAY_MS) * DAY_MS;
  return Array.from({ length: count }, (_, i) => {
    const daysAgo = count - 1 - i;
    const midnight = new Date(today - daysAgo * DAY_MS);
    return {
      daysAgo,
      startsAt: midnight.getTime() - offsetOf(midnight, timeZone),
      weekday: midnight.getUTCDay(),
    };
  });
}

/** How far the zone is ahead of UTC at `at`, in ms. */
function offsetOf(at: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(at);
  const text = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(text) ?? [];
  const ms = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return sign === '-' ? -ms : ms;
}
