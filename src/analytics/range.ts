/** The ranges that have a name, in reporting days: `7d` is today and the six days before. */
export const TIME_RANGES = ['7d', '30d', '90d', 'all'] as const;
export type TimeRange = (typeof TIME_RANGES)[number];

/** Whole reporting days, both inclusive, 'YYYY-MM-DD'. */
export type Days = { from: string; to: string };

/** A range as it is asked for: by name, ending today, or by its days. */
export type RangeAsked = { time_range: TimeRange } | Days;

/** The longest range that may be asked for by its days. */
export const MAX_RANGE_YEARS = 10;

/**
 * The first and the last day that may be asked for. Nothing was sent before or will be after; and the year 0, which a
 * date may name, PostgreSQL does not know, while the day after 9999-12-31 sorts before it.
 */
export const FIRST_DAY = '1900-01-01';
export const LAST_DAY = '2199-12-31';

/** The days of the ranges that have a length. */
export const LENGTH: Record<Exclude<TimeRange, 'all'>, number> = { '7d': 7, '30d': 30, '90d': 90 };

/** The calendar day `n` days after `day`. */
export function plusDays(day: string, n: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + n);
  return date.toISOString().slice(0, 10);
}

/** Whether a range goes beyond the day, MAX_RANGE_YEARS after it begins, that is called like its first. */
export function isTooLong({ from, to }: Days): boolean {
  const years = Number(to.slice(0, 4)) - Number(from.slice(0, 4));
  return years > MAX_RANGE_YEARS || (years === MAX_RANGE_YEARS && to.slice(4) > from.slice(4));
}

/** How many days a range has. */
export function lengthOf({ from, to }: Days): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1;
}

/** Every day of the range, in order. */
export function* eachDay({ from, to }: Days): Generator<string> {
  for (let day = from; day <= to; day = plusDays(day, 1)) yield day;
}

export const INTERVALS = ['day', 'week', 'month'] as const;
export type Interval = (typeof INTERVALS)[number];

/**
 * The first days of a range's buckets, in order. Weeks begin on Monday; the first bucket begins with the range,
 * wherever in its week or month that is.
 */
export function bucketsOf(days: Days, interval: Interval): string[] {
  return [...eachDay(days)].filter((day) => day === days.from || startsBucket(day, interval));
}

function startsBucket(day: string, interval: Interval): boolean {
  if (interval === 'day') return true;
  if (interval === 'month') return day.endsWith('-01');
  return new Date(`${day}T00:00:00Z`).getUTCDay() === 1;
}

/** Two periods of the same length, one right before the other. */
export type Comparison = { current: Days; previous: Days; leaves_out_today: boolean };

/**
 * The periods that a comparison of `days` with what came before stands on. Today is not over: it is left out, so
 * that whole days are compared with whole days. Null where nothing but today was asked for.
 */
export function comparisonOf(days: Days, today: string): Comparison | null {
  const leaves_out_today = days.from <= today && days.to >= today;
  const current = leaves_out_today ? { from: days.from, to: plusDays(today, -1) } : days;
  if (current.to < current.from) return null;
  const to = plusDays(current.from, -1);
  return { current, previous: { from: plusDays(to, 1 - lengthOf(current)), to }, leaves_out_today };
}
