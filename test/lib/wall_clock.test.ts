import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, isReadable, MINUTE_MS, momentOf, wallClock } from '../../src/lib/wall_clock.ts';
import { aMoment, reading } from '../support/clocks.ts';

describe('what clocks read', () => {
  test('is what calendars say, in every zone and near every change', () => {
    fc.assert(
      fc.property(aMoment(), ({ at, timeZone }) => {
        const wall = wallClock(at, timeZone);
        const minute = Math.floor(wall / MINUTE_MS) % 1440;
        expect({ day: Math.floor(wall / DAY_MS), minute }).toEqual(reading(at, timeZone));
      }),
      { numRuns: 500 },
    );
  });

  test('is known of zones that there are', () => {
    expect(['Europe/Berlin', 'UTC', 'Asia/Kathmandu'].map(isReadable)).toEqual([true, true, true]);
    expect(['Europe/Atlantis', '', 'Berlin '].map(isReadable)).toEqual([false, false, false]);
    expect(() => wallClock(0, 'Europe/Atlantis')).toThrow(RangeError);
  });
});

describe('the moment at which clocks read something', () => {
  test.each([
    ['on a day like others', '2026-06-01T09:00', 'Europe/Berlin', '2026-06-01T07:00:00.000Z'],
    [
      'that comes twice is the first of both',
      '2026-10-25T02:30',
      'Europe/Berlin',
      '2026-10-25T00:30:00.000Z',
    ],
    [
      'that is left out is that of the change',
      '2026-03-29T02:30',
      'Europe/Berlin',
      '2026-03-29T01:00:00.000Z',
    ],
    ['at a midnight that is left out', '2026-04-24T00:00', 'Africa/Cairo', '2026-04-23T22:00:00.000Z'],
    ['where half an hour is left out', '2026-10-04T02:15', 'Australia/Lord_Howe', '2026-10-03T15:30:00.000Z'],
    ['on a day that is left out', '2011-12-30T09:00', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['three quarters of an hour aside', '2026-06-01T09:00', 'Asia/Kathmandu', '2026-06-01T03:15:00.000Z'],
  ])('%s', (_, wall, timeZone, moment) => {
    expect(new Date(momentOf(Date.parse(`${wall}Z`), timeZone, 0)).toISOString()).toBe(moment);
  });

  test('is the first one at which they read so much or more', () => {
    const ahead = fc.integer({ min: 0, max: 3 * 1440 });
    fc.assert(
      fc.property(aMoment(), ahead, ({ at, timeZone }, minutes) => {
        const wall = wallClock(at, timeZone) + minutes * MINUTE_MS;
        const moment = momentOf(wall, timeZone, at);
        expect(wallClock(moment, timeZone)).toBeGreaterThanOrEqual(wall);
        const before = Array.from({ length: (moment - at) / MINUTE_MS }, (_, i) => at + i * MINUTE_MS);
        expect(before.filter((earlier) => wallClock(earlier, timeZone) >= wall)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
