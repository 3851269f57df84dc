import { type RawBuilder, sql } from 'kysely';

/**
 * The first instant of a reporting day in a zone, as counters have it: the first whose date is that day, or a later
 * one where a zone has skipped the day. AT TIME ZONE alone names the second midnight where clocks are put back over
 * midnight (in Havana and on the Azores every autumn), and rows of the hour before would be listed on another day than
 * they are counted on. No clock is put back by more than three hours.
 */
export function dayBegins(day: RawBuilder<unknown>, timeZone: RawBuilder<unknown>): RawBuilder<unknown> {
  const midnight = sql`(${day})::timestamp AT TIME ZONE ${timeZone}`;
  return sql`(
    SELECT min(at)
    FROM generate_series(${midnight} - interval '3 hours', ${midnight}, interval '30 minutes') AS at
    WHERE (at AT TIME ZONE ${timeZone})::date >= ${day}
  )`;
}
