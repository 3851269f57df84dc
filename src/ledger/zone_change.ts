import type { Db, Tx } from '../db/database.ts';
import { lockAllLanes } from '../db/lanes.sql.ts';
import { inLane } from '../db/lanes.ts';
import { inTransaction } from '../db/transaction.sql.ts';
import { zoneNamed } from './calendars.sql.ts';
import { activeCalendar } from './calendars.ts';
import { COUNTER_TABLES, COUNTERS, type CounterTable, isDrained } from './counters.ts';
import {
  activate,
  buildCounter,
  buildingCalendar,
  deleteCalendar,
  deleteCounts,
  insertCalendar,
  isBuilt,
  lanesToBuild,
  lanesWithCounts,
  lockCalendars,
  markBuilt,
  retiredCalendars,
} from './zone_change.sql.ts';

/** A change of the reporting zone under way: in how many of the lanes the new days are counted already. */
export type ZoneChange = { from: string; to: string; lanes_done: number; lanes: number };

/** What became of the wish for a zone: the zone in force, and the name that PostgreSQL gives the one wished for. */
export type ZoneChangeAsked =
  | {
      outcome: 'begun' | 'unchanged' | 'under_way' | 'other_change_under_way';
      time_zone: string;
      wanted: string;
    }
  | { outcome: 'unknown_zone'; time_zone: string; wanted: null };

/**
 * Begins to count days in another zone, beside the present one, whose answers stay readable until the new ones
 * are complete. `continueZoneChange` does the work.
 */
export async function beginZoneChange(tx: Tx, timeZone: string): Promise<ZoneChangeAsked> {
  await lockCalendars(tx);
  const current = (await activeCalendar(tx)).time_zone;
  const wanted = await zoneNamed(tx, timeZone);
  if (!wanted) return { outcome: 'unknown_zone', time_zone: current, wanted: null };
  const building = await buildingCalendar(tx);
  if (building) {
    const same = building.time_zone === wanted;
    return { outcome: same ? 'under_way' : 'other_change_under_way', time_zone: current, wanted };
  }
  if (wanted === current) return { outcome: 'unchanged', time_zone: current, wanted };
  await insertCalendar(tx, wanted);
  return { outcome: 'begun', time_zone: current, wanted };
}

/** The change under way; null when there is none. */
export async function zoneChange(db: Db, lanes: number): Promise<ZoneChange | null> {
  const building = await buildingCalendar(db);
  if (!building) return null;
  const left = await lanesToBuild(db, building.id);
  const { time_zone: from } = await activeCalendar(db);
  return { from, to: building.time_zone, lanes_done: lanes - left.length, lanes };
}

/**
 * Does what a change of zone needs next: counts the new days lane by lane from the rows, each under its lane's
 * lock, after which writers keep both; switches answers over when all are done; then deletes the old days.
 * Any number of processes may do it, also after one was killed at it. `onStep` hears of each lane; `onSwitched` that
 * answers are given in the new zone from here on.
 */
export async function continueZoneChange(
  db: Db,
  { onStep = () => {}, onSwitched = () => {}, stop }: ZoneChangeHearers = {},
): Promise<void> {
  const building = await buildingCalendar(db);
  if (building) {
    for (const lane of await lanesToBuild(db, building.id)) {
      if (stop?.aborted) return;
      await buildLane(db, lane, building.id);
      await onStep();
    }
    if (await activate(db, building.id)) onSwitched();
  }
  for (const id of await retiredCalendars(db)) await forget(db, id);
}

export type ZoneChangeHearers = {
  onStep?: () => void | Promise<void>;
  onSwitched?: () => void;
  /** Ends it between two lanes. */
  stop?: AbortSignal;
};

async function buildLane(db: Db, lane: number, calendarId: number): Promise<void> {
  await inLane(db, lane, async (tx) => {
    if (await isBuilt(tx, lane, calendarId)) return;
    for (const table of DATED.filter((table) => !isDrained(table)))
      await buildCounter(tx, table, { lane, calendarId });
    await markBuilt(tx, lane, calendarId);
  });
}

// A writer that began before the switch may still be adding to the old days: once every lock was held, none is.
async function forget(db: Db, calendarId: number): Promise<void> {
  await inTransaction(db, lockAllLanes);
  for (const table of DATED) {
    for (const lane of await lanesWithCounts(db, table, calendarId)) {
      await inLane(db, lane, (tx) => deleteCounts(tx, table, { lane, calendarId }));
    }
  }
  await deleteCalendar(db, calendarId);
}

/** The counters that name days, and so belong to a calendar. */
const DATED: CounterTable[] = COUNTER_TABLES.filter((table) =>
  (COUNTERS[table].key as readonly string[]).includes('calendar_id'),
);
