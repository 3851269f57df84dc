import type { Db } from '../db/database.ts';
import { type Summary, summary } from './summary.ts';

/**
 * Tells `send` the new counts of the sequences that changed. While one answer is being read, further changes
 * gather for the next: under load pages tick as fast as the database answers, and no faster.
 */
export function followCounts(options: {
  db: Db;
  now: () => Date;
  send: (counts: Summary) => void;
  onTrouble: (error: unknown) => void;
}): (sequenceIds: string[]) => void {
  const { db, now, send, onTrouble } = options;
  let waiting = new Set<string>();
  let busy = false;

  async function run(): Promise<void> {
    busy = true;
    while (waiting.size > 0) {
      const ids = [...waiting];
      waiting = new Set();
      try {
        send(await summary(db, now(), ids));
      } catch (error) {
        onTrouble(error);
      }
    }
    busy = false;
  }

  return (sequenceIds) => {
    for (const id of sequenceIds) waiting.add(id);
    if (!busy) void run();
  };
}
