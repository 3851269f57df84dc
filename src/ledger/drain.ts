import type { Db } from '../db/database.ts';
import { inLockedLane } from '../db/lanes.ts';
import { DRAINED, type DrainedTable } from './counters.ts';
import { homeLaneOf } from './fold.ts';
import { drainLane, type Home, waiting } from './spans.sql.ts';

/**
 * Moves what writers have added to reach, people, steps and funnel into the spans that readers add up, lane by lane,
 * each in one transaction under its lane's lock: every sum is the same at every moment. Quick where nothing was
 * written since the last time. Safe beside everything else, other processes doing the same included; `stop` ends it between two
 * lanes.
 */
export async function drain(db: Db, lanes: number, stop?: AbortSignal): Promise<void> {
  for (const { lane, table, homes } of await drainsDue(db, lanes)) {
    if (stop?.aborted) return;
    await inLockedLane(db, lane, (tx) => drainLane(tx, table, { lane, homes }));
  }
}

/** One lane's rows of one counter, and where they go. */
type Drain = { table: DrainedTable; lane: number; homes: Home[] };

async function drainsDue(db: Db, lanes: number): Promise<Drain[]> {
  const due: Drain[] = [];
  for (const table of DRAINED) {
    const byLane = Map.groupBy(await waiting(db, table), ({ lane }) => lane);
    for (const [lane, rows] of byLane) {
      const homes = rows.map(({ sequence_id }) => ({ sequence_id, home: homeLaneOf(sequence_id, lanes) }));
      due.push({ table, lane, homes });
    }
  }
  return due;
}
