import type { Db } from '../../src/db/database.ts';
import { inLane } from '../../src/db/lanes.ts';
import {
  COUNTER_TABLES,
  COUNTERS,
  type CounterTable,
  DRAINED,
  isDrained,
} from '../../src/ledger/counters.ts';
import { homeLaneOf } from '../../src/ledger/fold.ts';
import { prepareDatabase } from '../../src/ledger/prepare.ts';
import { insertExecutions } from '../../src/ledger/record.sql.ts';
import { ensureWeeks } from '../../src/ledger/weeks.ts';
import { buildCounter } from '../../src/ledger/zone_change.sql.ts';
import { newId } from '../../src/lib/uuid.ts';
import type { BenchContext } from './bench.ts';
import {
  countDrained,
  dropIndexes,
  fillCounter,
  insertRareExecutions,
  insertSequences,
  makeRoom,
} from './bulk.sql.ts';
import { secondsOf } from './measure.ts';
import { vacuum } from './postgres.sql.ts';
import { shown } from './print.ts';
import { type Batch, sequencesOfTraffic, TRAFFIC, Traffic } from './traffic.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Emails a day once people are at every step, and how many there are fewer before. */
const A_DAY = 20_100;
const FEWER = 45_000;

/** The sequences with most emails; all others of a workspace have one a day. */
export const BUSY = sequencesOfTraffic();
const RARE = 1_000 - BUSY.length;

/**
 * Gives an empty database about so many executions until yesterday, in 1,000 sequences, with its counters: folded, or
 * each lane's in the lane itself, as a change of the reporting zone leaves them. They are made from the rows by
 * recount's own queries, since recording each would take half an hour: for reading alone. Answers how many there are.
 */
export async function loadHistory(
  context: BenchContext,
  db: Db,
  { executions, atOnce, now, folded }: { executions: number; atOnce: number; now: Date; folded: boolean },
): Promise<number> {
  const days = Math.round((executions + FEWER) / A_DAY);
  const start = Math.floor(now.getTime() / DAY_MS) * DAY_MS - days * DAY_MS;
  await prepareDatabase(db, { timeZone: 'UTC', now: new Date(start) });
  const rare = Array.from({ length: RARE }, () => ({ id: newId(), steps: [] }));
  await insertSequences(db, [...BUSY, ...rare]);
  const traffic = new Traffic(start);
  const makeIndexes = await dropIndexes(db);
  await insertDays(context, db, traffic, { days, atOnce });
  await ensureWeeks(
    db,
    Array.from({ length: 31 }, (_, day) => new Date(now.getTime() - day * DAY_MS)),
  );
  const ids = rare.map(({ id }) => id);
  await insertRareExecutions(db, ids, TRAFFIC.lanes);
  await makeIndexes();
  context.progress('counting');
  const kept = COUNTER_TABLES.filter((table) => !isDrained(table));
  const homes = [...BUSY.map(({ id }) => id), ...ids].map((sequence_id) => ({
    sequence_id,
    home: homeLaneOf(sequence_id, TRAFFIC.lanes),
  }));
  const byLane = folded ? [] : kept.filter((table) => isDated(table));
  const atHome = kept.filter((table) => !byLane.includes(table));
  await makeRoom(db);
  if (folded) await secondsOf([...DRAINED], atOnce, (table) => countDrained(db, table));
  await secondsOf(atHome, atOnce, (table) => fillCounter(db, table, homes));
  const lanes = Array.from({ length: TRAFFIC.lanes }, (_, lane) => lane);
  await secondsOf(lanes, atOnce, (lane) => fillLane(db, lane, byLane));
  await vacuum(db);
  return traffic.taken + 30 * RARE;
}

function isDated(table: CounterTable): boolean {
  return (COUNTERS[table].key as readonly string[]).includes('calendar_id');
}

function fillLane(db: Db, lane: number, tables: CounterTable[]): Promise<void> {
  return inLane(db, lane, async (tx) => {
    for (const table of tables) await buildCounter(tx, table, { lane, calendarId: 1 });
  });
}

async function insertDays(
  { signal, progress }: BenchContext,
  db: Db,
  traffic: Traffic,
  { days, atOnce }: { days: number; atOnce: number },
): Promise<void> {
  let told = performance.now();
  for (const batches of inChunks(traffic.days(days), 4 * TRAFFIC.lanes)) {
    signal.throwIfAborted();
    await ensureWeeks(
      db,
      batches.flatMap(({ executions }) => executions.map((e) => e.executed_at)),
    );
    await secondsOf(batches, atOnce, (batch) => insertBatch(db, batch));
    if (performance.now() - told < 5_000) continue;
    told = performance.now();
    progress(`${shown(traffic.taken)} executions inserted`);
  }
}

function* inChunks<Item>(items: Iterable<Item>, size: number): Generator<Item[]> {
  let chunk: Item[] = [];
  for (const item of items) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

// Of any age into weeks, so that a history of years is read from as many partitions as one that was lived through.
function insertBatch(db: Db, { lane, executions }: Batch): Promise<void> {
  return inLane(db, lane, (tx) => insertExecutions(tx, lane, executions, () => true));
}
