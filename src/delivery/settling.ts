import { setTimeout as wait } from 'node:timers/promises';
import { type Db, ping } from '../db/database.ts';
import { inLane } from '../db/lanes.ts';
import { ensureWeeks } from '../ledger/weeks.ts';
import { batches } from '../lib/batches.ts';
import { type Result, settle } from './settle.ts';

export type SettlingOptions = {
  db: Db;
  /** How many lanes may settle at once. */
  parallel: number;
  /** Whether more mails of a lane are with the mail server, whose results come soon. */
  isSending: (lane: number) => boolean;
  chance: () => number;
  onCounted: (sequenceIds: string[]) => void;
  onTrouble: (error: unknown, doing: string) => void;
};

const SETTLE_LIMIT = 500;
// A transaction for a hundred results costs little more than one for ten. What is lost with the process in this time is
// sent twice, though, so it is short.
const LINGER_MS = 100;
const RETRY_MS = [50, 200, 1_000, 5_000] as const;

/**
 * Settles results as they come, those of one lane in one transaction, and resolves when that is done. It never
 * gives up: a result that a server has accepted waits here for as long as the database cannot take it.
 */
export function openSettling(options: SettlingOptions): (result: Result) => Promise<void> {
  const { db, parallel, isSending, chance, onCounted, onTrouble } = options;
  const linger = { ms: LINGER_MS, while: isSending };
  const queue = batches<Result, undefined>({ run, size: SETTLE_LIMIT, parallel, linger });

  // While the database is away, all wait as one. When it answers and yet refuses them, `batches` runs them one by
  // one, so that a result which cannot be written keeps no other from it.
  async function run(lane: number, results: Result[]): Promise<undefined[]> {
    for (let tries = 0; ; tries++) {
      try {
        await ensureWeeks(db, new Set(results.map((result) => result.at)));
        onCounted(await inLane(db, lane, (tx) => settle(tx, lane, results, chance)));
        return results.map(() => undefined);
      } catch (error) {
        onTrouble(error, 'settling');
        await pause(tries);
        if (await isUp()) throw error;
      }
    }
  }

  function isUp(): Promise<boolean> {
    return ping(db).then(
      () => true,
      () => false,
    );
  }

  return async (result) => {
    for (let tries = 0; ; tries++) {
      const isSettled = await queue.submit(result.claim.lane, [result]).then(
        () => true,
        () => false,
      );
      if (isSettled) return;
      await pause(tries);
    }
  };
}

/** Waits before the next of so many tries that the database did not take. */
export function pause(tries: number): Promise<void> {
  return wait(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)], undefined, { ref: false });
}
