import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cover, coverBuckets, coverPeople, type Piece } from '../../src/analytics/cover.ts';
import { bucketsOf, type Days, eachDay, INTERVALS, plusDays } from '../../src/analytics/range.ts';

const ranges = fc
  .record({ start: fc.integer({ min: 0, max: 3_000 }), length: fc.integer({ min: 1, max: 500 }) })
  .map(({ start, length }) => {
    const from = plusDays('2019-12-25', start);
    return { from, to: plusDays(from, length - 1) };
  });

/** The spans of a piece, each with its days. */
function spansOf({ span, first, last }: Piece): Days[] {
  const starts = [...eachDay({ from: first, to: last })].filter((day) => isFirst(day, span));
  return starts.map((from) => ({ from, to: lastOf(from, span) }));
}

function isFirst(day: string, span: Piece['span']): boolean {
  if (span === 'month' || span === 'firsts') return day.endsWith('-01');
  return span === 'day' || new Date(`${day}T00:00:00Z`).getUTCDay() === 1;
}

function lastOf(from: string, span: Piece['span']): string {
  if (span === 'day') return from;
  if (span === 'week') return plusDays(from, 6);
  const [year = 0, month = 0] = from.split('-').map(Number);
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}

function daysOf(pieces: Piece[]): string[] {
  return pieces.flatMap(spansOf).flatMap((days) => [...eachDay(days)]);
}

test('the pieces of a range are all of its days, each once and in order', () => {
  fc.assert(
    fc.property(ranges, (days) => {
      expect(daysOf(cover(days))).toEqual([...eachDay(days)]);
      expect(daysOf(coverPeople(days, days.from))).toEqual([...eachDay(days)]);
      for (const interval of INTERVALS) {
        expect(daysOf(coverBuckets(days, interval))).toEqual([...eachDay(days)]);
      }
    }),
  );
});

test('a chart’s pieces lie in one bucket each', () => {
  fc.assert(
    fc.property(ranges, fc.constantFrom(...INTERVALS), (days, interval) => {
      const buckets = bucketsOf(days, interval);
      for (const { from, to } of coverBuckets(days, interval).flatMap(spansOf)) {
        const bucket = buckets.findLast((start) => start <= from);
        expect(buckets.findLast((start) => start <= to)).toBe(bucket);
      }
    }),
  );
});

test('few pieces cover a long range', () => {
  expect(cover({ from: '2026-01-01', to: '2026-12-31' })).toEqual([
    { span: 'month', first: '2026-01-01', last: '2026-12-01' },
  ]);
  expect(cover({ from: '2026-01-10', to: '2026-04-03' })).toEqual([
    { span: 'day', first: '2026-01-10', last: '2026-01-11' },
    { span: 'week', first: '2026-01-12', last: '2026-01-19' },
    { span: 'day', first: '2026-01-26', last: '2026-01-31' },
    { span: 'month', first: '2026-02-01', last: '2026-03-01' },
    { span: 'day', first: '2026-04-01', last: '2026-04-03' },
  ]);
  expect(cover({ from: '2026-03-04', to: '2026-03-04' })).toEqual([
    { span: 'day', first: '2026-03-04', last: '2026-03-04' },
  ]);
});

test('whether a month’s executions were first ones is enough where nothing lies before the range', () => {
  const year = { from: '2026-01-01', to: '2026-12-31' };
  const firsts = [{ span: 'firsts', first: '2026-01-01', last: '2026-12-01' }];
  expect(coverPeople(year, '2026-01-01')).toEqual(firsts);
  expect(coverPeople(year, '2026-02-10')).toEqual(firsts);
  expect(coverPeople(year, '2025-12-31')).toEqual(cover(year));
  expect(coverPeople(year, null)).toEqual(cover(year));
});
