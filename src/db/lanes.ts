import { createHash } from 'node:crypto';
import type { Db, Tx } from './database.ts';
import { countLanes, insertLanes, lockLane } from './lanes.sql.ts';
import { inTransaction } from './transaction.sql.ts';

/** How many lanes a new database gets; one that is meant to be spread over a cluster is made with 256. */
export const DEFAULT_LANES = 32;

/** Makes the lanes of a new database. In one that has lanes it changes nothing: their number is for life. */
export async function ensureLanes(db: Db, lanes: number = DEFAULT_LANES): Promise<number> {
  await insertLanes(db, lanes);
  return countLanes(db);
}

/**
 * The lane of a text (a normalised address, say): the first 32 bits of its SHA-256, modulo `lanes`.
 * Computed here and never in SQL, so that it is the same on every server and version.
 */
export function laneOf(text: string, lanes: number): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) % lanes;
}

/**
 * Runs `work` in one READ COMMITTED transaction that first locks the lane's row: all writes in a lane
 * happen one after the other, so what `work` reads of its lane stays true until it commits.
 * Different lanes run in parallel. Throws when there is no such lane. `work` begins before the lock is held: what it
 * asks of `tx` comes after it, what it reads of memory and clocks before its first answer does not. What it asks
 * first must be right by itself (see `inTransaction`).
 */
export function inLane<T>(db: Db, lane: number, work: (tx: Tx) => Promise<T>): Promise<T> {
  return inTransaction(db, async (tx) => {
    // The server takes them one after the other: what `work` asks is answered once the lane is locked.
    const [, answer] = await Promise.all([lock(tx, lane), work(tx)]);
    return answer;
  });
}

/** `inLane` for work that begins with one write of several, or with something else than a statement: it waits. */
export function inLockedLane<T>(db: Db, lane: number, work: (tx: Tx) => Promise<T>): Promise<T> {
  return inTransaction(db, async (tx) => {
    await lock(tx, lane);
    return work(tx);
  });
}

async function lock(tx: Tx, lane: number): Promise<void> {
  if (!(await lockLane(tx, lane))) throw new Error(`There is no lane ${lane} in this database.`);
}
