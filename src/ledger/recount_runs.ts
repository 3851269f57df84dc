import type { Db } from '../db/database.ts';
import { notify } from '../db/notifications.sql.ts';
import { newId } from '../lib/uuid.ts';
import { type Recount, type Recounted, recount, repair } from './recount.ts';
import { claimNight, insertRun, newestRun, type RecountRun } from './recount_runs.sql.ts';

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
  await insertRun(db, {
    id: newId(),
    started_at,
    finished_at: new Date(),
    trigger,
    keys: found.counters.reduce((sum, { keys }) => sum + keys, 0),
    differing: found.differing,
    repaired: withRepair && found.differing > 0,
    counters: found.counters.map(({ counter, keys, differing }) => ({ counter, keys, differing })),
  });
  // Answers that others keep from before the repair are not true any more.
  if (withRepair && found.differing > 0) await notify(db, { from: 'recount', topic: 'forget', values: [] });
  return found;
}

/** The newest run; undefined before the first. */
export function lastRecount(db: Db): Promise<RecountRun | undefined> {
  return newestRun(db);
}

const NIGHT = { from: 2, to: 5 };

/**
 * Recounts once a night, between two and five o'clock of the reporting zone. Of any number of processes that
 * ask, one does it. Undefined where it is not time, or another does.
 */
export async function recountNightly(db: Db, now: Date): Promise<Recount | undefined> {
  if (!(await claimNight(db, now, NIGHT))) return undefined;
  return runRecount(db, { trigger: 'nightly', withRepair: false });
}
