import { SPAN_LENGTHS, type Span, type SpanLength } from '../ledger/counters.ts';
import { type Days, type Interval, plusDays } from './range.ts';

/** Whole spans of one kind, by the first days of the first and of the last of them. */
export type Piece = { span: Span; first: string; last: string };

/**
 * The fewest pieces that `days` can be put together from: the months in it, the weeks beside those, and the days
 * beside these.
 */
export function cover(days: Days): Piece[] {
  return coverWith(days, SPAN_LENGTHS);
}

/**
 * The same for counting people, where nothing was counted before `firstDay` (null: not known): a range that leaves
 * nothing before it has its months by what was first of all, which are few rows.
 */
export function coverPeople(days: Days, firstDay: string | null): Piece[] {
  const pieces = cover(days);
  if (firstDay === null || days.from > firstDay) return pieces;
  return pieces.map((piece) => (piece.span === 'month' ? { ...piece, span: 'firsts' } : piece));
}

/** The pieces of a chart: those that lie in one bucket each. */
export function coverBuckets(days: Days, interval: Interval): Piece[] {
  return coverWith(days, interval === 'day' ? ['day'] : [interval, 'day']);
}

function coverWith(days: Days, lengths: readonly SpanLength[]): Piece[] {
  if (days.from > days.to) return [];
  const [span, ...shorter] = lengths;
  if (span === undefined || span === 'day') return [{ span: 'day', first: days.from, last: days.to }];
  const first = firstOf(days.from, span) === days.from ? days.from : next(days.from, span);
  const end = next(days.to, span);
  const past = plusDays(days.to, 1) === end ? end : firstOf(days.to, span);
  if (first >= past) return coverWith(days, shorter);
  return [
    ...coverWith({ from: days.from, to: plusDays(first, -1) }, shorter),
    { span, first, last: firstOf(plusDays(past, -1), span) },
    ...coverWith({ from: past, to: days.to }, shorter),
  ];
}

/** The first day of the week or month that `day` is in. */
function firstOf(day: string, span: Exclude<SpanLength, 'day'>): string {
  if (span === 'month') return `${day.slice(0, 8)}01`;
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  return plusDays(day, -weekday);
}

/** The first day of the week or month after the one that `day` is in. */
function next(day: string, span: Exclude<SpanLength, 'day'>): string {
  return span === 'month'
    ? firstOf(plusDays(firstOf(day, 'month'), 31), 'month')
    : plusDays(firstOf(day, 'week'), 7);
}
