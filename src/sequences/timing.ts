import { DAY_MS, firstMoment, isReadable, MINUTE_MS, momentOf, wallClock } from '../lib/wall_clock.ts';
import type { Plan, PlannedStep } from './plan.ts';

/** The days of a week in their order. */
export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/**
 * When the emails of a sequence may go out, by the clock of whom they go to: on these days, from `from` until just
 * before `to`. Both are 'HH:MM', `to` also '24:00'. A window does not run over midnight: the night from Friday to
 * Saturday would belong to a day that people guess differently.
 */
export type SendWindow = { days: Weekday[]; from: string; to: string };

/** Why a window never opens. */
export type WindowProblem = 'no_days' | 'day_twice' | 'ends_before_start';

/** What is wrong with a window whose times are times; null where nothing is. */
export function windowProblem({ days, from, to }: SendWindow): WindowProblem | null {
  if (days.length === 0) return 'no_days';
  if (new Set(days).size < days.length) return 'day_twice';
  return minutesOf(from) < minutesOf(to) ? null : 'ends_before_start';
}

type Timed = Pick<Plan, 'steps' | 'send_window' | 'time_zone'>;

/**
 * When `step` of `plan` is due for somebody in `timeZone` who has waited for it since `since`: after its delay, then at
 * its hour, then when the window is open. Without a zone of their own, or with one that nobody knows, the workspace's is
 * theirs.
 *
 * The delay of a step with an hour is counted on the clock, so that a day is a day also when clocks are changed. And
 * days are counted from the hour of the step before it, not from when the mail server took that one some seconds later:
 * emails of "a day later at 09:00" would come every second day.
 */
export function dueAt(plan: Timed, step: PlannedStep, since: Date, timeZone: string | null): Date {
  const { delay_seconds, send_at } = step;
  const delay = delay_seconds * 1000;
  if (send_at === null) return opensAt(plan, new Date(since.getTime() + delay), timeZone);
  const zone = zoneOf(plan, timeZone);
  const before = plan.steps[plan.steps.findIndex(({ id }) => id === step.id) - 1];
  const reading = wallClock(since.getTime(), zone);
  const counted = delay >= DAY_MS && before?.send_at ? lastReading(before.send_at, reading) : reading;
  const due = momentOf(nextReading(send_at, counted + delay), zone, since.getTime());
  return opensAt(plan, new Date(due), timeZone);
}

/**
 * The first moment from `at` on at which the plan's window is open for somebody in `timeZone`: `at` itself where it
 * is, or where there is none. An hour that comes twice is in the window twice; one that is left out opens none.
 */
export function opensAt(plan: Omit<Timed, 'steps'>, at: Date, timeZone: string | null): Date {
  const { send_window } = plan;
  if (!send_window) return at;
  const untilOpen = (reading: number) => openingAfter(send_window, reading) - reading;
  return new Date(firstMoment(at.getTime(), zoneOf(plan, timeZone), untilOpen));
}

// A workspace's zone is one of PostgreSQL's, whose list is not Node's to the name.
function zoneOf({ time_zone }: Pick<Plan, 'time_zone'>, timeZone: string | null): string {
  if (timeZone !== null && isReadable(timeZone)) return timeZone;
  return isReadable(time_zone) ? time_zone : 'UTC';
}

function openingAfter({ days, from, to }: SendWindow, reading: number): number {
  const today = Math.floor(reading / DAY_MS);
  for (let day = today; day <= today + WEEKDAYS.length; day += 1) {
    const midnight = day * DAY_MS;
    const isOver = reading >= midnight + minutesOf(to) * MINUTE_MS;
    if (isOver || !days.includes(weekdayOf(day))) continue;
    return Math.max(reading, midnight + minutesOf(from) * MINUTE_MS);
  }
  throw new Error('A send window has no day on which it opens.');
}

// 1970 began on a Thursday.
function weekdayOf(day: number): Weekday {
  return WEEKDAYS[modulo(day + 3, WEEKDAYS.length)] as Weekday;
}

function nextReading(time: string, reading: number): number {
  return reading + modulo(minutesOf(time) * MINUTE_MS - reading, DAY_MS);
}

function lastReading(time: string, reading: number): number {
  return reading - modulo(reading - minutesOf(time) * MINUTE_MS, DAY_MS);
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

function modulo(n: number, by: number): number {
  return ((n % by) + by) % by;
}
