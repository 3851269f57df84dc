import type { Db } from '../../src/db/database.ts';
import { inLane } from '../../src/db/lanes.ts';
import { COUNTER_TABLES, isDrained } from '../../src/ledger/counters.ts';
import { homeLaneOf } from '../../src/ledger/fold.ts';
import { prepareDatabase } from '../../src/ledger/prepare.ts';
import { insertExecutions } from '../../src/ledger/record.sql.ts';
import { ensureWeeks } from '../../src/ledger/weeks.ts';
import { newId } from '../../src/lib/uuid.ts';
import type { BenchContext } from './bench.ts';
import { fillCounter, insertRareExecutions, insertSequences } from './bulk.sql.ts';
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
 * Gives an empty database about so many executions until yesterday, in 1,000 sequences, with its counters, folded.
 * They are made from the rows by recount's own queries, since recording each would take half an hour: for reading
 * alone. Answers how many there are.
 */
export async function loadHistory(
  context: BenchContext,
  db: Db,
  { executions, atOnce, now }: { executions: number; atOnce: number; now: Date },
): Promise<number> {
  const days = Math.round((executions + FEWER) / A_DAY);
  const start = Math.floor(now.getTime() / DAY_MS) * DAY_MS - days * DAY_MS;
  await prepareDatabase(db, { timeZone: 'UTC', now: new Date(start) });
  const rare = Array.from({ length: RARE }, () => ({ id: newId(), steps: [] }));
  await insertSequences(db, [...BUSY, ...rare]);
  const traffic = new Traffic(start);
  await insertDays(context, db, traffic, { days, atOnce });
  await ensureWeeks(
    db,
    Array.from({ length: 31 }, (_, day) => new Date(now.getTime() - day * DAY_MS)),
  );
  const ids = rare.map(({ id }) => id);
  await insertRareExecutions(db, ids, TRAFFIC.lanes);
  context.progress('counting');
  const kept = COUNTER_TABLES.filter((table) => !isDrained(table));
  const homes = [...BUSY.map(({ id }) => id), ...ids].map((sequence_id) => ({
    sequence_id,
    home: homeLaneOf(sequence_id, TRAFFIC.lanes),
  }));
  await secondsOf(kept, atOnce, (table) => fillCounter(db, table, homes));
  await vacuum(db);
  return traffic.taken + 30 * RARE;
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
