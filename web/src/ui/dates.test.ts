import { expect, test } from 'vitest';
import { formatAgo, formatDay, formatExact, formatShort } from './dates.ts';

const now = new Date('2026-03-02T09:00:00.000Z');

test.each([
  ['2026-03-02T08:59:30.000Z', 'just now'],
  ['2026-03-02T09:00:02.000Z', 'just now'],
  ['2026-03-02T08:58:59.000Z', '1 minute ago'],
  ['2026-03-02T06:01:00.000Z', '2 hours ago'],
  ['2026-02-27T09:00:00.000Z', '3 days ago'],
  ['2025-01-02T09:00:00.000Z', '1 year ago'],
])('%s is %s', (at, words) => {
  expect(formatAgo(new Date(at), now)).toBe(words);
});

test('a moment is told on the clocks of the reporting zone', () => {
  expect(formatExact(now, 'Asia/Kolkata')).toMatch(/\b0?2:30:00/);
});

test('a reporting day stays that day in every zone', () => {
  expect(formatDay('2026-03-01')).toMatch(/\b1\b/);
  expect(formatDay('2026-03-01', 'weekday')).toContain('2026');
});

test('a time today comes without its day', () => {
  const short = formatShort(now, now, 'UTC');
  expect(formatShort(new Date('2026-03-01T09:00:00.000Z'), now, 'UTC')).toContain(short);
  expect(formatShort(new Date('2026-03-01T09:00:00.000Z'), now, 'UTC')).not.toBe(short);
});
