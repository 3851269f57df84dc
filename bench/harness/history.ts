import type { Db } from '../../src/db/database.ts';
import { inLane } from '../../src/db/lanes.ts';
import { drain } from '../../src/ledger/drain.ts';
import { record } from '../../src/ledger/record.ts';
import { ensureWeeks } from '../../src/ledger/weeks.ts';
import type { BenchContext } from './bench.ts';
import { secondsOf } from './measure.ts';
import { vacuum } from './postgres.sql.ts';
import { shown } from './print.ts';
import { type Batch, TRAFFIC, type Traffic } from './traffic.ts';

/** Executions in a batch, all of one lane. */
export const BATCH = 500;

/**
 * Records traffic until `executions` of it are taken or `seconds` are over, `atOnce` batches at a time. History is
 * recorded as everything else is: rows and counters made by other means would prove little.
 */
export async function fill(
  { signal, progress }: BenchContext,
  db: Db,
  traffic: Traffic,
  { executions, seconds, atOnce }: { executions: number; seconds: number; atOnce: number },
): Promise<void> {
  let told = performance.now();
  const end = told + seconds * 1000;
  while (traffic.taken < executions && performance.now() < end) {
    signal.throwIfAborted();
    const count = Math.min(TRAFFIC.lanes, Math.ceil((executions - traffic.taken) / BATCH));
    await secondsOf(await takeBatches(db, traffic, count), atOnce, (batch) => recordBatch(db, batch));
    if (performance.now() - told < 5_000) continue;
    told = performance.now();
    progress(`${shown(traffic.taken)} of ${shown(executions)} executions recorded`);
    // As the server does while it runs, every ten seconds.
    await drain(db, TRAFFIC.lanes);
  }
  await drain(db, TRAFFIC.lanes);
  await vacuum(db);
}

/** The next batches of the traffic, and the weeks that they fall in. */
export async function takeBatches(db: Db, traffic: Traffic, count: number): Promise<Batch[]> {
  const batches = traffic.batches(count, BATCH);
  const instants = batches.flatMap(({ executions }) => executions.map((e) => e.executed_at));
  await ensureWeeks(db, instants);
  return batches;
}

/** Records a batch with all its counters, in one transaction. */
export function recordBatch(db: Db, { lane, executions }: Batch): Promise<void> {
  return inLane(db, lane, (tx) => record(tx, lane, { executions }));
}
