import { formatDay, formatDays, formatMonth } from '../../../ui/dates.ts';

/** What one bar of a chart stands for. */
export type Interval = 'day' | 'week' | 'month';

// More bars than these are too thin to be told apart on a phone, and too many to be read anywhere.
const MOST_DAYS = 100;
const MOST_WEEKS = 104;

const DAY_MS = 86_400_000;

/** What a bar stands for in a chart of the days `from` to `to` ('YYYY-MM-DD', both inclusive). */
export function intervalOf({ from, to }: { from: string; to: string }): Interval {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  if (days <= MOST_DAYS) return 'day';
  return days <= MOST_WEEKS * 7 ? 'week' : 'month';
}

/** The days of a bucket in words. `next` is the first day of the one after it, `to` the last day of the range. */
export function bucketText(
  interval: Interval,
  { date, next, to }: { date: string; next: string | undefined; to: string },
): string {
  if (interval === 'day') return formatDay(date, 'weekday');
  if (interval === 'month') return formatMonth(date);
  return formatDays(date, next ? dayBefore(next) : to);
}

/** A bucket's first day, short enough to stand under its bar. */
export function bucketLabel(interval: Interval, date: string): string {
  return interval === 'month' ? formatMonth(date, 'short') : formatDay(date, 'short');
}

function dayBefore(day: string): string {
  return new Date(Date.parse(day) - DAY_MS).toISOString().slice(0, 10);
}
