import { type Db, inSnapshot } from '../db/database.ts';
import { activeCalendar } from '../ledger/calendars.ts';
import { today } from './frame.sql.ts';
import { eachDay, plusDays } from './range.ts';
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

const SPARKLINE_DAYS = 30;

/**
 * The lifetime counts of all sequences, or of those with these ids, by name, and of the workspace. From lifetime
 * and daily counters alone: history does not make it slower.
 */
export async function summary(db: Db, now: Date, sequenceIds: string[] | null = null): Promise<Summary> {
  return inSnapshot(db, async (tx) => {
    const { id, time_zone } = await activeCalendar(tx);
    const to = await today(tx, time_zone, now);
    const days = { from: plusDays(to, 1 - SPARKLINE_DAYS), to };
    const [lifetimes, daily, totals] = await Promise.all([
      readLifetimes(tx, sequenceIds),
      dailyExecutions(tx, { calendar_id: id, days, sequenceIds }),
      readWorkspaceTotals(tx),
    ]);
    const range = [...eachDay(days)];
    const sequences = lifetimes.map((lifetime) => {
      const byDay = daily.get(lifetime.sequence_id) ?? {};
      return { ...lifetime, sparkline: range.map((day) => byDay[day] ?? 0) };
    });
    return { sequences, totals, time_zone, as_of: now };
  });
}
