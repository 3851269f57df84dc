const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * DAY],
  ['month', 30 * DAY],
  ['week', 7 * DAY],
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
];

// In the language of the sentences that these words stand in, whatever the reader's own.
const words = new Intl.RelativeTimeFormat('en', { numeric: 'always' });

/** How long before `now` something was: "3 minutes ago". Anything under a minute, or ahead of us, is "just now". */
export function formatAgo(at: Date, now: Date): string {
  const elapsed = now.getTime() - at.getTime();
  const unit = units.find(([, length]) => elapsed >= length);
  return unit ? words.format(-Math.floor(elapsed / unit[1]), unit[0]) : 'just now';
}

/** The moment to the second, on the clocks of `timeZone`: "23 Nov 2026, 15:04:05 CET". */
export function formatExact(at: Date, timeZone: string): string {
  return formatter({
    timeZone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }).format(at);
}

/** The moment to the minute, with its day only where that is not `now`'s: "15:04" or "22 Nov, 15:04". */
export function formatShort(at: Date, now: Date, timeZone: string): string {
  const sameDay = calendarDay(at, timeZone) === calendarDay(now, timeZone);
  const day: Intl.DateTimeFormatOptions = sameDay ? {} : { day: 'numeric', month: 'short' };
  return formatter({ timeZone, hour: 'numeric', minute: '2-digit', ...day }).format(at);
}

/** Only the time: "15:04:05". */
export function formatTime(at: Date, timeZone: string): string {
  return formatter({ timeZone, hour: 'numeric', minute: '2-digit', second: '2-digit' }).format(at);
}

/** A reporting day ('YYYY-MM-DD'), which is a date and no moment, so that no zone can move it. */
export function formatDay(day: string, form: 'short' | 'long' | 'weekday' = 'long'): string {
  return formatter({ timeZone: 'UTC', ...dayForms[form] }).format(new Date(`${day}T00:00:00Z`));
}

const dayForms: Record<'short' | 'long' | 'weekday', Intl.DateTimeFormatOptions> = {
  short: { day: 'numeric', month: 'short' },
  long: { day: 'numeric', month: 'short', year: 'numeric' },
  weekday: { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
};

/** Reporting days, both inclusive, said as briefly as they can be: "16 – 22 Nov 2026". */
export function formatDays(from: string, to: string): string {
  const [first, last] = [from, to].map((day) => new Date(`${day}T00:00:00Z`)) as [Date, Date];
  return formatter({ timeZone: 'UTC', ...dayForms.long }).formatRange(first, last);
}

/** The month of a reporting day: "November 2026" or "Nov 2026". */
export function formatMonth(day: string, month: 'short' | 'long' = 'long'): string {
  return formatter({ timeZone: 'UTC', month, year: 'numeric' }).format(new Date(`${day}T00:00:00Z`));
}

/** Europe/New_York as people write it: "Europe/New York". */
export function formatZone(timeZone: string): string {
  return timeZone.replaceAll('_', ' ');
}

function calendarDay(at: Date, timeZone: string): string {
  return formatter({ timeZone, year: 'numeric', month: 'numeric', day: 'numeric' }).format(at);
}

// Making one takes longer than a hundred uses of it, and a page of cards uses the same few.
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options);
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(undefined, options);
  formatters.set(key, made);
  return made;
}
