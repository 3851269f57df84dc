import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dueAt, opensAt, type SendWindow, WEEKDAYS, windowProblem } from '../../src/sequences/timing.ts';
import { aMoment, reading } from '../support/clocks.ts';

const MINUTE = 60_000;
const DAY = 86_400;

/** A plan of steps that go out `delay` seconds after the one before, at an hour or (null) at any. */
function aPlan(steps: [delay: number, at: string | null][], send_window: SendWindow | null = null) {
  const planned = steps.map(([delay_seconds, send_at], i) => ({
    id: `step ${i}`,
    revision: 1,
    delay_seconds,
    send_at,
    skip_if: [],
  }));
  return { steps: planned, send_window, time_zone: 'Europe/Berlin' };
}

/** When the last of `steps` is due for somebody who waits for it since `since`. */
function due(since: string, steps: [number, string | null][], zone: string | null = null): string {
  const plan = aPlan(steps);
  const last = plan.steps.at(-1);
  if (!last) throw new Error('There is no step.');
  return dueAt(plan, last, new Date(since), zone).toISOString();
}

describe('a step without an hour', () => {
  test('is due when its delay is over, to the second, whatever the clocks do', () => {
    expect(due('2026-03-28T08:00:00.000Z', [[DAY, null]])).toBe('2026-03-29T08:00:00.000Z');
  });
});

describe('a step at 09:00', () => {
  test.each([
    ['waits for the next one', '2026-03-02T09:30:00.000Z', 0, '2026-03-03T08:00:00.000Z'],
    ['is due at once when it is just that', '2026-03-02T08:00:00.000Z', 0, '2026-03-02T08:00:00.000Z'],
    ['waits for it after its delay', '2026-03-02T09:30:00.000Z', DAY, '2026-03-04T08:00:00.000Z'],
    ['is not late on a day of 23 hours', '2026-03-28T08:00:00.000Z', DAY, '2026-03-29T07:00:00.000Z'],
    ['nor early on one of 25', '2026-10-24T07:00:00.000Z', DAY, '2026-10-25T08:00:00.000Z'],
    [
      'years ahead, at the hour that it is then',
      '2026-03-02T08:00:00.000Z',
      900 * DAY,
      '2028-08-18T07:00:00.000Z',
    ],
  ])('%s', (_, since, delay, expected) => {
    expect(due(since, [[delay, '09:00']])).toBe(expected);
  });

  test('is due at nine where the contact is, else where the workspace is', () => {
    const since = '2026-07-01T00:00:00.000Z';
    expect(due(since, [[0, '09:00']], 'Asia/Tokyo')).toBe('2026-07-01T00:00:00.000Z');
    expect(due(since, [[0, '09:00']], 'America/New_York')).toBe('2026-07-01T13:00:00.000Z');
    expect(due(since, [[0, '09:00']], null)).toBe('2026-07-01T07:00:00.000Z');
    expect(due(since, [[0, '09:00']], 'Europe/Atlantis')).toBe('2026-07-01T07:00:00.000Z');
  });

  test('goes by UTC where nobody knows even the zone of the workspace', () => {
    const plan = { ...aPlan([[0, '09:00']]), time_zone: 'posixrules' };
    const [step] = plan.steps;
    expect(step && dueAt(plan, step, new Date('2026-07-01T08:00:00.000Z'), null)).toEqual(
      new Date('2026-07-01T09:00:00.000Z'),
    );
  });

  test('comes the day after one at 09:00, however late that one was taken', () => {
    const steps: [number, string][] = [
      [DAY, '09:00'],
      [DAY, '09:00'],
    ];
    for (const sent of ['08:00:00.000', '08:00:07.123', '08:40:00.000', '19:00:00.000']) {
      expect(due(`2026-03-02T${sent}Z`, steps)).toBe('2026-03-03T08:00:00.000Z');
    }
    // Clocks are put forward in between.
    expect(due('2026-03-28T08:00:07.123Z', steps)).toBe('2026-03-29T07:00:00.000Z');
  });

  test('does not follow at once upon one at 09:00, where it has no delay', () => {
    const steps: [number, string][] = [
      [0, '09:00'],
      [0, '09:00'],
    ];
    expect(due('2026-03-02T08:00:07.123Z', steps)).toBe('2026-03-03T08:00:00.000Z');
  });
});

describe('a step at a time that', () => {
  test.each([
    ['is left out comes when clocks are put forward', '2026-03-28T12:00:00.000Z', '2026-03-29T01:00:00.000Z'],
    ['comes twice comes the first time', '2026-10-24T12:00:00.000Z', '2026-10-25T00:30:00.000Z'],
    ['has been once already comes the next day', '2026-10-25T00:31:00.000Z', '2026-10-26T01:30:00.000Z'],
    ['comes again in a quarter of an hour', '2026-10-25T01:15:00.000Z', '2026-10-25T01:30:00.000Z'],
  ])('%s', (_, since, expected) => {
    expect(due(since, [[0, '02:30']])).toBe(expected);
  });
});

test('a step at an hour is due when clocks read it, or jump over it, within a day of its delay', () => {
  const aDelay = fc.integer({ min: 0, max: 3 * 1440 });
  const aMinute = fc.integer({ min: 0, max: 1439 });
  fc.assert(
    fc.property(aMoment(), aDelay, aMinute, ({ at, timeZone }, delay, minute) => {
      const moment = Date.parse(due(new Date(at).toISOString(), [[delay * 60, timeOf(minute)]], timeZone));
      const readings = minutesBetween(at, moment).map((each) => reading(each, timeZone));
      const start = readings[0];
      const end = readings.at(-1);
      if (!start || !end) throw new Error('A step was due before it was waited for.');
      const passed = (end.day - start.day) * 1440 + end.minute - start.minute;
      const jump = readings.length > 1 ? end.minute - (readings.at(-2)?.minute ?? 0) : 0;
      expect(passed).toBeGreaterThanOrEqual(delay);
      if (end.minute === minute) expect(passed - delay).toBeLessThan(1440);
      else expect(jump).not.toBe(1);
    }),
    { numRuns: 150 },
  );
});

describe('a send window', () => {
  const OFFICE: SendWindow = {
    days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
    from: '09:00',
    to: '17:30',
  };

  function opening(at: string, zone: string | null = null, window = OFFICE): string {
    return opensAt(aPlan([], window), new Date(at), zone).toISOString();
  }

  test.each([
    ['lets through what is due within it', '2026-03-02T08:00:00.000Z', '2026-03-02T08:00:00.000Z'],
    ['up to the last moment', '2026-03-02T16:29:59.999Z', '2026-03-02T16:29:59.999Z'],
    ['has what comes later wait until the next day', '2026-03-02T16:30:00.000Z', '2026-03-03T08:00:00.000Z'],
    ['has what comes earlier wait', '2026-03-02T03:00:00.000Z', '2026-03-02T08:00:00.000Z'],
    ['keeps Friday evening until Monday', '2026-03-06T17:00:00.000Z', '2026-03-09T08:00:00.000Z'],
    ['also when clocks are changed on Sunday', '2026-03-27T17:00:00.000Z', '2026-03-30T07:00:00.000Z'],
  ])('%s', (_, at, expected) => {
    expect(opening(at)).toBe(expected);
  });

  test('is open by the clock of whom the email goes to', () => {
    // Monday noon in Berlin is Monday evening in Tokyo and Monday morning in New York.
    expect(opening('2026-03-02T11:00:00.000Z', 'Asia/Tokyo')).toBe('2026-03-03T00:00:00.000Z');
    expect(opening('2026-03-02T11:00:00.000Z', 'America/New_York')).toBe('2026-03-02T14:00:00.000Z');
    expect(opening('2026-03-02T11:00:00.000Z', 'Europe/Atlantis')).toBe('2026-03-02T11:00:00.000Z');
  });

  test('of a whole day a week waits for that day', () => {
    const sundays: SendWindow = { days: ['sunday'], from: '00:00', to: '24:00' };
    expect(opening('2026-03-01T23:00:00.000Z', null, sundays)).toBe('2026-03-07T23:00:00.000Z');
    expect(opening('2026-03-08T22:59:59.999Z', null, sundays)).toBe('2026-03-08T22:59:59.999Z');
  });

  test('in an hour that is left out stays closed that day, in one that comes twice is open twice', () => {
    const night: SendWindow = { days: [...WEEKDAYS], from: '02:00', to: '03:00' };
    expect(opening('2026-03-29T00:30:00.000Z', null, night)).toBe('2026-03-30T00:00:00.000Z');
    const quarter: SendWindow = { days: [...WEEKDAYS], from: '02:15', to: '02:30' };
    expect(opening('2026-10-25T00:20:00.000Z', null, quarter)).toBe('2026-10-25T00:20:00.000Z');
    expect(opening('2026-10-25T00:40:00.000Z', null, quarter)).toBe('2026-10-25T01:15:00.000Z');
  });

  test('opens at the first minute that lies in it, in every zone and near every change', () => {
    const aWindow = fc
      .record({
        days: fc.subarray([...WEEKDAYS], { minLength: 1 }),
        minutes: fc.uniqueArray(fc.integer({ min: 0, max: 1440 }), { minLength: 2, maxLength: 2 }),
      })
      .map(({ days, minutes }) => {
        const [from = 0, to = 0] = minutes.toSorted((a, b) => a - b);
        return { days, from, to };
      });
    fc.assert(
      fc.property(aMoment(), aWindow, ({ at, timeZone }, { days, from, to }) => {
        const window = { days, from: timeOf(from), to: timeOf(to) };
        const isOpen = (moment: number) => {
          const { day, minute } = reading(moment, timeZone);
          const weekday = WEEKDAYS[(day + 3) % 7];
          return weekday !== undefined && days.includes(weekday) && minute >= from && minute < to;
        };
        const opened = opensAt(aPlan([], window), new Date(at), timeZone).getTime();
        const minutes = minutesBetween(at, opened);
        expect(minutes.findIndex(isOpen)).toBe(minutes.length - 1);
      }),
      { numRuns: 150 },
    );
  });

  test('is a problem where it would never open', () => {
    expect(windowProblem(OFFICE)).toBeNull();
    expect(windowProblem({ ...OFFICE, to: '24:00' })).toBeNull();
    expect(windowProblem({ ...OFFICE, days: [] })).toBe('no_days');
    expect(windowProblem({ ...OFFICE, days: ['monday', 'monday'] })).toBe('day_twice');
    expect(windowProblem({ ...OFFICE, to: '09:00' })).toBe('ends_before_start');
    expect(windowProblem({ ...OFFICE, from: '22:00', to: '06:00' })).toBe('ends_before_start');
  });

  test('has a step at an hour wait as well', () => {
    const plan = aPlan([[0, '20:00']], OFFICE);
    const [step] = plan.steps;
    expect(step && dueAt(plan, step, new Date('2026-03-06T12:00:00.000Z'), null)).toEqual(
      new Date('2026-03-09T08:00:00.000Z'),
    );
  });
});

function timeOf(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

/** Every minute from `from` to `to`, both included. */
function minutesBetween(from: number, to: number): number[] {
  return Array.from({ length: (to - from) / MINUTE + 1 }, (_, i) => from + i * MINUTE);
}
