import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import { inTransaction } from '../db/transaction.sql.ts';
import type { ActiveCalendar } from './calendars.sql.ts';
import { COUNTERS, type CounterTable, DELTAS, isDrained } from './counters.ts';
import { fromRows } from './from_rows.sql.ts';

/** The calendar that is being built; undefined when there is none. */
export async function buildingCalendar(db: Db): Promise<ActiveCalendar | undefined> {
  const { rows } = await sql<ActiveCalendar>`
    SELECT id, time_zone FROM sequitur.calendars WHERE status = 'building' ORDER BY id LIMIT 1`.execute(db);
  return rows[0];
}

/** Lets nobody else begin or end a change of zone before the caller's transaction is over. */
export async function lockCalendars(tx: Tx): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtext('sequitur.calendars'))`.execute(tx);
}

/** Makes a calendar to be built. */
export async function insertCalendar(tx: Tx, timeZone: string): Promise<void> {
  await sql`
    INSERT INTO sequitur.calendars (id, time_zone, status)
    SELECT coalesce(max(id), 0) + 1, ${timeZone}, 'building' FROM sequitur.calendars`.execute(tx);
}

/** The lanes in which a calendar's counters are not complete, in ascending order. */
export async function lanesToBuild(db: Db, calendarId: number): Promise<number[]> {
  const { rows } = await sql<{ lane: number }>`
    SELECT lane FROM sequitur.lanes
    WHERE lane NOT IN (SELECT lane FROM sequitur.calendar_lanes WHERE calendar_id = ${calendarId})
    ORDER BY lane`.execute(db);
  return rows.map((row) => row.lane);
}

/** Whether a calendar's counters are complete in a lane, or it is not being built any more. */
export async function isBuilt(tx: Tx, lane: number, calendarId: number): Promise<boolean> {
  const { rows } = await sql<{ built: boolean }>`
    SELECT EXISTS (SELECT FROM sequitur.calendar_lanes WHERE lane = ${lane} AND calendar_id = ${calendarId})
        OR NOT EXISTS (SELECT FROM sequitur.calendars WHERE id = ${calendarId} AND status = 'building')
      AS built`.execute(tx);
  return rows[0]?.built ?? true;
}

type Place = { lane: number; calendarId: number };

/** Adds what the lane's rows give to a counter of the calendar. A fold may have brought rows of other lanes here. */
export async function buildCounter(tx: Tx, table: CounterTable, place: Place): Promise<void> {
  const { key, sums } = COUNTERS[table];
  const columns = sql.join([...key, ...sums].map((column) => sql.ref(column)));
  const added = sums.map((c) => sql`${sql.ref(c)} = had.${sql.ref(c)} + excluded.${sql.ref(c)}`);
  await sql`
    INSERT INTO ${sql.table(`sequitur.${table}`)} AS had (${columns}, lane)
    SELECT ${columns}, ${place.lane}::smallint FROM (${fromRows(table, place)}) built
    ORDER BY ${sql.join(key.map((column) => sql.ref(column)))}
    ON CONFLICT (${sql.join([...key, 'lane'].map((column) => sql.ref(column)))})
      DO UPDATE SET ${sql.join(added)}`.execute(tx);
}

/** From here on writers in this lane keep the calendar's counters. */
export async function markBuilt(tx: Tx, lane: number, calendarId: number): Promise<void> {
  await sql`
    INSERT INTO sequitur.calendar_lanes (lane, calendar_id) VALUES (${lane}, ${calendarId})`.execute(tx);
}

/** Switches answers to a calendar that is complete in every lane, and says whether it did: another may have. */
export async function activate(db: Db, calendarId: number): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    await lockCalendars(tx);
    if (!(await isReady(tx, calendarId))) return false;
    await sql`UPDATE sequitur.calendars SET status = 'retired' WHERE status = 'active'`.execute(tx);
    await sql`UPDATE sequitur.calendars SET status = 'active' WHERE id = ${calendarId}`.execute(tx);
    return true;
  });
}

async function isReady(tx: Tx, calendarId: number): Promise<boolean> {
  const { rows } = await sql<{ ready: boolean }>`
    SELECT status = 'building'
      AND NOT EXISTS (
        SELECT FROM sequitur.lanes
        WHERE lane NOT IN (SELECT lane FROM sequitur.calendar_lanes WHERE calendar_id = c.id)
      ) AS ready
    FROM sequitur.calendars c WHERE id = ${calendarId}`.execute(tx);
  return rows[0]?.ready ?? false;
}

/** Calendars that were replaced and not deleted yet. */
export async function retiredCalendars(db: Db): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    SELECT id FROM sequitur.calendars WHERE status = 'retired' ORDER BY id`.execute(db);
  return rows.map((row) => row.id);
}

/** The lanes in which a counter has rows of a calendar. */
export async function lanesWithCounts(db: Db, table: CounterTable, calendarId: number): Promise<number[]> {
  const { rows } = await sql<{ lane: number }>`
    SELECT DISTINCT lane FROM ${sql.table(`sequitur.${table}`)}
    WHERE calendar_id = ${calendarId} ORDER BY lane`.execute(db);
  return rows.map((row) => row.lane);
}

/** Deletes a lane's counts of a calendar. */
export async function deleteCounts(tx: Tx, table: CounterTable, { lane, calendarId }: Place): Promise<void> {
  const rows = isDrained(table) ? DELTAS[table] : table;
  await sql`
    DELETE FROM ${sql.table(`sequitur.${rows}`)}
    WHERE calendar_id = ${calendarId} AND lane = ${lane}`.execute(tx);
}

/** Forgets a retired calendar. */
export async function deleteCalendar(db: Db, calendarId: number): Promise<void> {
  await inTransaction(db, async (tx) => {
    await sql`DELETE FROM sequitur.calendar_lanes WHERE calendar_id = ${calendarId}`.execute(tx);
    await sql`DELETE FROM sequitur.calendars WHERE id = ${calendarId} AND status = 'retired'`.execute(tx);
  });
}
