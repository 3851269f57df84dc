import { sql } from 'kysely';
import { arrayOf } from '../db/arrays.sql.ts';
import type { Tx } from '../db/database.ts';

/** A calendar that this lane's counters are kept in; `time_zone` is an IANA name. */
export type KeptCalendar = { id: number; time_zone: string };

/** The calendars kept in this lane, by id; one, or two while the zone is being changed. */
export async function keptCalendars(tx: Tx, lane: number): Promise<KeptCalendar[]> {
  const { rows } = await sql<KeptCalendar>`
    SELECT c.id, c.time_zone
    FROM sequitur.calendar_lanes l
    JOIN sequitur.calendars c ON c.id = l.calendar_id
    WHERE l.lane = ${lane} AND c.status <> 'retired'
    ORDER BY c.id`.execute(tx);
  return rows;
}

/** The day of each instant in a zone, in the order of `instants`. */
export async function daysOf(tx: Tx, timeZone: string, instants: Date[]): Promise<string[]> {
  const { rows } = await sql<{ day: string }>`
    SELECT (at AT TIME ZONE ${timeZone})::date AS day
    FROM unnest(${arrayOf(instants, 'timestamptz')}) WITH ORDINALITY AS i (at, place)
    ORDER BY place`.execute(tx);
  return rows.map(({ day }) => day);
}

/**
 * The day in a zone of each span of `ms` milliseconds, in the order of their `starts`. Null where the zone's clock
 * passes midnight, or is moved, within the span.
 */
export async function daysOfSpans(
  tx: Tx,
  timeZone: string,
  starts: Date[],
  ms: number,
): Promise<(string | null)[]> {
  const { rows } = await sql<{ day: string | null }>`
    SELECT CASE WHEN first::date = last::date AND last - first = length THEN first::date END AS day
    FROM unnest(${arrayOf(starts, 'timestamptz')}) WITH ORDINALITY AS s (start, place)
    CROSS JOIN LATERAL (SELECT make_interval(secs => ${ms - 1}::float8 / 1000) AS length) l
    CROSS JOIN LATERAL (
      SELECT start AT TIME ZONE ${timeZone} AS first, (start + length) AT TIME ZONE ${timeZone} AS last
    ) clock
    ORDER BY place`.execute(tx);
  return rows.map(({ day }) => day);
}
