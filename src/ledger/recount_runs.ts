import type { Db } from '../db/database.ts';
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

/** A run, with the first ten differences of each counter, by their keys. */
export type KeptRun = Omit<RecountRun, 'counters'> & { counters: Recounted[] };

// Of each counter, so that one which is wrong everywhere hides none of the others: a hundred in all. The command prints
// more of them.
const KEPT_DIFFERENCES = 10;

/** Recounts as of `now`, repairing what differs if asked to, and keeps what was found as the newest run. */
export async function runRecount(
  db: Db,
  now: Date,
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
  const timed = timing(now);
  const found = await (withRepair ? repair(db, onCounter) : recount(db, onCounter));
  const repaired = withRepair && found.differing > 0;
  await insertRun(db, { ...keptOf(found), ...timed(), trigger, repaired });
  return found;
}

/** When what begins `now` began, and when it ended: asked at its end. */
function timing(now: Date): () => Pick<RecountRun, 'started_at' | 'finished_at'> {
  const began = performance.now();
  return () => ({
    started_at: now,
    finished_at: new Date(now.getTime() + performance.now() - began),
  });
}

function keptOf({ counters, differing }: Recount): Pick<KeptRun, 'id' | 'keys' | 'differing' | 'counters'> {
  return {
    id: newId(),
    keys: counters.reduce((sum, { keys }) => sum + keys, 0),
    differing,
    counters: counters.map((counter) => ({
      ...counter,
      differences: counter.differences.slice(0, KEPT_DIFFERENCES),
    })),
  };
}

/** The newest run; undefined before the first. */
export async function lastRecount(db: Db): Promise<KeptRun | undefined> {
  const run = await newestRun(db);
  return run && { ...run, counters: run.counters.map((counter) => ({ differences: [], ...counter })) };
}

/** How many keys the newest run found to differ that nobody has repaired since. */
export async function unrepairedKeys(db: Db): Promise<number> {
  const run = await newestRun(db);
  return run && !run.repaired ? run.differing : 0;
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
    const timed = timing(now);
    const found = await recount(db, (done) => {
      onCounter(done);
      stop?.throwIfAborted();
    });
    await inTransaction(db, async (tx) => {
      await insertRun(tx, { ...keptOf(found), ...timed(), trigger: 'nightly', repaired: false });
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
