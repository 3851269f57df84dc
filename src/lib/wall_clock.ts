import { LRUCache } from 'lru-cache';

// Times are ms since 1970. A wall clock's time is the ms that UTC would be at when its clocks read the same, so that
// days and hours of it are found by division, whatever the zone's clocks do. Intl tells how far a zone is from UTC at a
// moment, and nothing else: Temporal, which would tell the rest, is behind a flag in Node 24.

export const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;

/** Whether `timeZone` is a name that clocks can be read by. */
export function isReadable(timeZone: string): boolean {
  return formatOf(timeZone) !== null;
}

/** What the clocks of `timeZone` read at `at`. Throws RangeError for a zone that is not readable. */
export function wallClock(at: number, timeZone: string): number {
  return at + offsetOf(at, timeZone);
}

/**
 * The first moment, not before `notBefore`, at which the clocks of `timeZone` have come to `wall`. Of a time that comes
 * twice it is the first; of one that is left out, the moment at which the clocks are put forward over it.
 */
export function momentOf(wall: number, timeZone: string, notBefore: number): number {
  // No zone is two days from UTC: only changes of this time matter, not all those since `notBefore`.
  const from = Math.max(notBefore, wall - 2 * DAY_MS);
  return firstMoment(from, timeZone, (reading) => Math.max(0, wall - reading));
}

/**
 * The first moment from `from` on for which `untilThen` gives 0. It is told what the clocks read, and answers in how
 * many ms of undisturbed time what is waited for comes. Whenever clocks are changed before that it is asked anew.
 */
export function firstMoment(from: number, timeZone: string, untilThen: (reading: number) => number): number {
  for (let at = from; ; ) {
    const then = at + untilThen(wallClock(at, timeZone));
    const change = firstChange(at, then, timeZone);
    if (change === null) return then;
    at = change;
  }
}

/** When clocks are next changed after `from`, at `until` at the latest; null where they are not. */
function firstChange(from: number, until: number, timeZone: string): number | null {
  for (let at = from; at < until; ) {
    // Day by day: two changes that undo each other are further apart.
    const next = Math.min(at + DAY_MS, until);
    if (offsetOf(next, timeZone) !== offsetOf(at, timeZone)) return changeBetween(at, next, timeZone);
    at = next;
  }
  return null;
}

/** The moment, after `from` and up to `until`, from which the offset is that of `until`. Zones change at whole seconds. */
function changeBetween(from: number, until: number, timeZone: string): number {
  const after = offsetOf(until, timeZone);
  let before = Math.floor(from / 1000);
  let changed = Math.ceil(until / 1000);
  while (changed - before > 1) {
    const middle = Math.floor((before + changed) / 2);
    if (offsetOf(middle * 1000, timeZone) === after) changed = middle;
    else before = middle;
  }
  return changed * 1000;
}

/** How far the zone is ahead of UTC at `at`, in ms. */
export function offsetOf(at: number, timeZone: string): number {
  const format = formatOf(timeZone);
  if (!format) throw new RangeError(`${timeZone} is no time zone.`);
  const [, sign, hours, minutes, seconds] = OFFSET.exec(format.format(at)) ?? [];
  const ms = (Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0)) * 1000;
  return sign === '-' ? -ms : ms;
}

// "3/2/2026, GMT+01:00"; of UTC itself only "GMT".
const OFFSET = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/;

// To make one takes a hundred times as long as to use it. `false` where there is no such zone.
const formats = new LRUCache<string, Intl.DateTimeFormat | false>({ max: 1_000 });

function formatOf(timeZone: string): Intl.DateTimeFormat | null {
  const kept = formats.get(timeZone);
  if (kept !== undefined) return kept || null;
  const made = makeFormat(timeZone);
  formats.set(timeZone, made ?? false);
  return made;
}

function makeFormat(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  } catch {
    return null;
  }
}
