/** The ranges that have a name, in reporting days: `7d` is today and the six days before. */
export const TIME_RANGES = ['7d', '30d', '90d', 'all'] as const;
export type TimeRange = (typeof TIME_RANGES)[number];

/** Whole reporting days, both inclusive, 'YYYY-MM-DD'. */
export type Days = { from: string; to: string };

const LENGTH: Record<Exclude<TimeRange, 'all'>, number> = { '7d': 7, '30d': 30, '90d': 90 };

/** The days of a named range that ends `today`; 'all' begins at `first`, the first day with any count. */
export function daysOf(range: TimeRange, today: string, first: string | null): Days {
  if (range !== 'all') return { from: plusDays(today, 1 - LENGTH[range]), to: today };
  return { from: first && first < today ? first : today, to: today };
}

/** The calendar day `n` days after `day`. */
export function plusDays(day: string, n: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + n);
  return date.toISOString().slice(0, 10);
}

/** Every day of the range, in order. */
export function* eachDay({ from, to }: Days): Generator<string> {
  for (let day = from; day <= to; day = plusDays(day, 1)) yield day;
}
