import type { Db, Tx } from '../db/database.ts';
import { lockAllLanes } from '../db/lanes.sql.ts';
import { notify } from '../db/notifications.sql.ts';
import { inSnapshot, inTransaction } from '../db/transaction.sql.ts';
import { COUNTER_TABLES, type CounterTable, isDrained } from './counters.ts';
import {
  compareCounter,
  compareRecipients,
  type Difference,
  repairCounter,
  repairRecipients,
} from './recount.sql.ts';

export type { Difference };

/** What recount found of one counter. `differences` lists at most 1,000, by key; `differing` counts them all. */
export type Recounted = {
  counter: CounterTable | 'recipients';
  keys: number;
  differing: number;
  differences: Difference[];
};

/** The whole answer: no counter differs from its rows exactly where `differing` is 0. */
export type Recount = { differing: number; counters: Recounted[] };

/**
 * Recomputes every counter from its rows, hot and archived, in one snapshot, and compares sums over lanes: a
 * counter's row may have moved between lanes, its sum never. `onCounter` hears of each one when it is done.
 */
export async function recount(db: Db, onCounter: (done: Recounted) => void = () => {}): Promise<Recount> {
  return inSnapshot(db, (tx) => recountIn(tx, onCounter));
}

/** The same as the caller's own transaction sees it. */
export async function recountIn(tx: Tx, onCounter: (done: Recounted) => void = () => {}): Promise<Recount> {
  const counters: Recounted[] = [];
  for (const counter of COMPARED) {
    const compared =
      counter === 'recipients' ? await compareRecipients(tx) : await compareCounter(tx, counter);
    counters.push({ counter, ...compared });
    onCounter({ counter, ...compared });
  }
  return { differing: counters.reduce((sum, { differing }) => sum + differing, 0), counters };
}

/**
 * Recounts, and gives every counter that differs the deltas that it lacks. Nothing can be written while that
 * lasts: some seconds a million rows. Answers what differed before. Where something did, all processes forget the
 * answers that they keep: they are told in the same transaction, so that a repair is never without it.
 */
export async function repair(db: Db, onCounter: (done: Recounted) => void = () => {}): Promise<Recount> {
  return inTransaction(db, async (tx) => {
    await lockAllLanes(tx);
    const found = await recountIn(tx, onCounter);
    for (const { counter, differing } of found.counters) {
      if (differing === 0) continue;
      if (counter === 'recipients') await repairRecipients(tx);
      else await repairCounter(tx, counter, REPAIR_LANE);
    }
    if (found.differing > 0) await notify(tx, { from: 'recount', said: [{ topic: 'forget', values: [''] }] });
    return found;
  });
}

// Any lane will do, since lanes add up; the next fold takes the deltas home.
const REPAIR_LANE = 0;

/** Each counter whose sums say something by themselves. */
const COMPARED: Recounted['counter'][] = [
  ...COUNTER_TABLES.filter((table) => !isDrained(table)),
  'recipients',
];

/** How many counters recount compares: the length of its progress. */
export const RECOUNTED = COMPARED.length;
