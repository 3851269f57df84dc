import type { Tx } from '../db/database.ts';
import { getOrMake } from '../lib/get_or_make.ts';
import { WEEKDAYS } from './counters.ts';
import { daysOf, daysOfSpans, type KeptCalendar } from './days.sql.ts';

/** One calendar's view of a set of instants. `day` answers 'YYYY-MM-DD'; it throws for an instant not asked for. */
export type Calendar = { id: number; day: (at: Date) => string };

/**
 * The reporting days of `instants` in each of `calendars`. PostgreSQL alone computes days: Node's and the server's
 * time zone data may be of different years. What it said of a quarter of an hour is kept, since asking for every
 * instant of every batch was a tenth of the cost of recording.
 */
export function withDays(tx: Tx, calendars: KeptCalendar[], instants: Date[]): Promise<Calendar[]> {
  return Promise.all(
    calendars.map(async ({ id, time_zone }) => ({ id, day: await daysIn(tx, time_zone, instants) })),
  );
}

/** The offsets of zones, and so the beginnings of days, are whole quarters of an hour; before 1972 not all were. */
const SPAN_MS = 15 * 60 * 1000;
/** Some ten years. Past that, what is known is forgotten and begun anew. */
const MOST_SPANS = 350_000;

/** By zone and then by span, counted from 1970: the day that all of it is in; null where it is in two. */
const known = new Map<string, Map<number, string | null>>();

async function daysIn(tx: Tx, timeZone: string, instants: Date[]): Promise<(at: Date) => string> {
  // Forgotten as a whole map: whoever is at work with it keeps theirs.
  if ((known.get(timeZone)?.size ?? 0) > MOST_SPANS) known.delete(timeZone);
  const spans = getOrMake(known, timeZone, () => new Map<number, string | null>());
  await learnSpans(tx, timeZone, spans, instants);
  const divided = instants.filter((at) => spans.get(spanOf(at)) === null);
  const days = divided.length > 0 ? await daysOf(tx, timeZone, divided) : [];
  const exact = new Map(divided.map((at, i) => [at.getTime(), days[i]]));
  return (at) => {
    const day = spans.get(spanOf(at)) ?? exact.get(at.getTime());
    if (day === undefined) throw new Error(`The reporting day of ${at.toISOString()} was not asked for.`);
    return day;
  };
}

async function learnSpans(
  tx: Tx,
  timeZone: string,
  spans: Map<number, string | null>,
  instants: Date[],
): Promise<void> {
  const unknown = [...new Set(instants.map(spanOf))].filter((span) => !spans.has(span));
  if (unknown.length === 0) return;
  const starts = unknown.map((span) => new Date(span * SPAN_MS));
  const days = await daysOfSpans(tx, timeZone, starts, SPAN_MS);
  for (const [i, span] of unknown.entries()) spans.set(span, days[i] ?? null);
}

function spanOf(at: Date): number {
  return Math.floor(at.getTime() / SPAN_MS);
}

/** The Monday of the week that a day is in, and which of its days that is. */
export function weekOf(day: string): { monday: string; weekday: (typeof WEEKDAYS)[number] } {
  const date = new Date(`${day}T00:00:00Z`);
  const place = (date.getUTCDay() + 6) % 7;
  date.setUTCDate(date.getUTCDate() - place);
  return { monday: date.toISOString().slice(0, 10), weekday: WEEKDAYS[place] ?? 'monday' };
}
