import { sql } from 'kysely';
import { arrayOf } from '../db/arrays.sql.ts';
import type { Tx } from '../db/database.ts';

/** For each calendar kept in this lane, the reporting day of each instant. In no order; empty for no instants. */
export async function reportingDays(
  tx: Tx,
  lane: number,
  instants: Date[],
): Promise<{ calendar_id: number; at: Date; day: string }[]> {
  const { rows } = await sql<{ calendar_id: number; at: Date; day: string }>`
    SELECT c.id AS calendar_id, i.at, (i.at AT TIME ZONE c.time_zone)::date AS day
    FROM sequitur.calendar_lanes l
    JOIN sequitur.calendars c ON c.id = l.calendar_id
    CROSS JOIN unnest(${arrayOf(instants, 'timestamptz')}) AS i (at)
    WHERE l.lane = ${lane} AND c.status <> 'retired'`.execute(tx);
  return rows;
}
