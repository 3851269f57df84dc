import type { Db } from '../db/database.ts';
import { inSnapshot } from '../db/transaction.sql.ts';
import { resolveRange } from './frame.sql.ts';
import { lengthOf } from './range.ts';
import {
  dailyExecutions,
  type Lifetime,
  readLifetimes,
  readWorkspaceTotals,
  type WorkspaceTotals,
} from './summary.sql.ts';

export type SequenceSummary = Lifetime & {
  /** Executions of the last 30 reporting days, the oldest first, today last. */
  sparkline: number[];
};

export type Summary = {
  sequences: SequenceSummary[];
  totals: WorkspaceTotals;
  time_zone: string;
  as_of: Date;
};

/**
 * The lifetime counts of all sequences, or of those with these ids, by name, and of the workspace. From lifetime
 * and weekly counters alone: history does not make it slower.
 */
export async function summary(db: Db, now: Date, sequenceIds: string[] | null = null): Promise<Summary> {
  return inSnapshot(db, async (tx) => {
    const range = { time_range: '30d' } as const;
    const { calendar_id, time_zone, from, to } = await resolveRange(tx, { range, sequenceId: null, now });
    const days = { from, to };
    const [lifetimes, daily, totals] = await Promise.all([
      readLifetimes(tx, sequenceIds),
      dailyExecutions(tx, { calendar_id, days, sequenceIds }),
      readWorkspaceTotals(tx),
    ]);
    const none = new Array<number>(lengthOf(days)).fill(0);
    const sequences = lifetimes.map((lifetime) => {
      return { ...lifetime, sparkline: daily.get(lifetime.sequence_id) ?? none };
    });
    return { sequences, totals, time_zone, as_of: now };
  });
}
