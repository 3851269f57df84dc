import { describe, expect, test } from 'vitest';
import { bucketText, intervalOf } from './buckets.ts';

describe('a bar stands for', () => {
  test.each([
    ['2026-08-26', '2026-11-23', 'day'],
    ['2026-08-16', '2026-11-23', 'day'],
    ['2026-08-15', '2026-11-23', 'week'],
    ['2024-11-26', '2026-11-23', 'week'],
    ['2024-11-25', '2026-11-23', 'month'],
  ])('from %s to %s a %s', (from, to, interval) => {
    expect(intervalOf({ from, to })).toBe(interval);
  });
});

test('the last week of a range ends with the range', () => {
  const range = { to: '2026-11-18' };
  expect(bucketText('week', { ...range, date: '2026-11-09', next: '2026-11-16' })).toMatch(/\b9\b.*\b15\b/);
  expect(bucketText('week', { ...range, date: '2026-11-16', next: undefined })).toMatch(/\b16\b.*\b18\b/);
});
