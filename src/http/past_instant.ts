import { z } from 'zod';

const EARLIEST = Date.parse('2000-01-01T00:00:00Z');
/** Clocks differ: so far ahead of ours a caller's may be. */
const AHEAD_MS = 5 * 60 * 1000;

const ZONE_MISSING = 'does not say its time zone: end it with Z, or with an offset such as +02:00';

/** When something happened elsewhere: RFC 3339 with its zone, since the year 2000, by the clock `now`. */
export function pastInstantField(now: () => Date) {
  return z.iso
    .datetime({ offset: true, error: ({ input }) => (isWithoutZone(input) ? ZONE_MISSING : undefined) })
    .refine((text) => !(Date.parse(text) < EARLIEST), 'must not be before the year 2000')
    .refine(
      (text) => !(Date.parse(text) > now().getTime() + AHEAD_MS),
      'must not be more than 5 minutes in the future',
    );
}

function isWithoutZone(text: unknown): boolean {
  return typeof text === 'string' && /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text.trim());
}
