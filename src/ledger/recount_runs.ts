import type { Db } from '../db/database.ts';
import { notify } from '../db/notifications.sql.ts';
import { inTransaction } from '../db/transaction.sql.ts';
import { newId } from '../lib/uuid.ts';
import { type Recount, type Recounted, recount, repair } from './recount.ts';
import {
  claimNight,
  finishNight,
  insertRun,
  newestRun,
  type RecountRun,
  releaseNight,
} from './recount_runs.sql.ts';

export type { RecountRun };

/** How a run of recount came about. */
export type RunTrigger = RecountRun['trigger'];

/** Recounts, repairing what differs if asked to, and keeps what was found as the newest run. */
export async function runRecount(
  db: Db,
  {
    trigger,
    withRepair,
    onCounter,
  }: {
    trigger: RunTrigger;
    withRepair: boolean;
    onCounter?: (done: Recounted) => void;
  },
): Promise<Recount> {
  const started_at = new Date();
  const found = await (withRepair ? repair(db, onCounter) : recount(db, onCounter));
  await insertRun(db, runOf(found, { started_at, trigger, repaired: withRepair && found.differing > 0 }));
  // Answers that others keep from before the repair are not true any more.
  if (withRepair && found.differing > 0)
    await notify(db, { from: 'recount', said: [{ topic: 'forget', values: [] }] });
  return found;
}

function runOf(
  { counters, differing }: Recount,
  run: Pick<RecountRun, 'started_at' | 'trigger' | 'repaired'>,
): RecountRun {
  return {
    ...run,
    id: newId(),
    finished_at: new Date(),
    keys: counters.reduce((sum, { keys }) => sum + keys, 0),
    differing,
    counters: counters.map(({ counter, keys, differing }) => ({ counter, keys, differing })),
  };
}

/** The newest run; undefined before the first. */
export function lastRecount(db: Db): Promise<RecountRun | undefined> {
  return newestRun(db);
}

// A claim outlives the longest recount; that of a process that was killed leaves time for another try.
const NIGHT = { from: 2, to: 5, staleMs: 60 * 60 * 1000 };

/**
 * Recounts once a night, between two and five o'clock of the reporting zone. Of any number of processes that
 * ask, one does it, and the night is done when its run is kept: after a failure, or when `stop` has ended it between
 * two counters, whoever asks next does it. Undefined where it is not time, another is at it, or it was stopped.
 */
export async function recountNightly(
  db: Db,
  now: Date,
  { stop, onCounter = () => {} }: { stop?: AbortSignal; onCounter?: (done: Recounted) => void } = {},
): Promise<Recount | undefined> {
  const night = await claimNight(db, now, NIGHT);
  if (!night) return undefined;
  try {
    const started_at = new Date();
    const found = await recount(db, (done) => {
      onCounter(done);
      stop?.throwIfAborted();
    });
    await inTransaction(db, async (tx) => {
      await insertRun(tx, runOf(found, { started_at, trigger: 'nightly', repaired: false }));
      await finishNight(tx, night);
    });
    return found;
  } catch (error) {
    // Where the database is away, the claim runs out by itself.
    await releaseNight(db, night).catch(() => {});
    if (stop?.aborted) return undefined;
    throw error;
  }
}
