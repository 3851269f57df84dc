import { type FilterImplOptions, filters } from 'liquidjs';
import { LRUCache } from 'lru-cache';

/**
 * liquidjs's `date` filter, which remembers what it has printed. It makes formatters of the language and the zone anew
 * for each date, a millisecond for an email that names two days: more than everything else about it. Emails that go
 * out together name the same days.
 */
export function dateFilter(): FilterImplOptions {
  const { date } = filters;
  if (typeof date !== 'function') throw new Error('liquidjs no longer exports its date filter as a function');
  const known = new LRUCache<string, string>({ max: 1_000 });
  return function (value, pattern, zone) {
    const key = keyOf(value, pattern, zone);
    const had = key === null ? undefined : known.get(key);
    if (had !== undefined) return had;
    const printed: unknown = date.call(this, value, pattern, zone);
    // What is no date comes back as it is.
    if (key !== null && typeof printed === 'string') known.set(key, printed);
    return printed;
  };
}

const LONGEST_PATTERN = 100;
// %L and %N, with any flags and width.
const FRACTIONS = /%[^A-Za-z%]*[LN]/;

/** What the printed date depends on, to the second; null where that is not known, or not worth remembering. */
function keyOf(value: unknown, pattern: unknown, zone: unknown): string | null {
  if (typeof pattern !== 'string' || pattern.length > LONGEST_PATTERN || FRACTIONS.test(pattern)) return null;
  if (!['undefined', 'string', 'number'].includes(typeof zone)) return null;
  const second = Math.floor(millisecondsOf(value) / 1000);
  return Number.isNaN(second) ? null : JSON.stringify([second, pattern, zone]);
}

/** As the filter reads it: a number, or a text of digits, is of seconds. NaN for what is no date, and for `now`. */
function millisecondsOf(value: unknown): number {
  if (typeof value === 'number') return value * 1000;
  if (typeof value !== 'string') return Number.NaN;
  return /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value);
}
