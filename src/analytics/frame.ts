import { type Db, inSnapshot, type Tx } from '../db/database.ts';
import { activeCalendar } from '../ledger/calendars.ts';
import { firstDay, today } from './frame.sql.ts';
import { type Days, daysOf, type TimeRange } from './range.ts';

/** What every answer states of itself. `rows_available_from` is null while no row was ever purged. */
export type Frame = Days & {
  time_range: TimeRange;
  time_zone: string;
  as_of: Date;
  rows_available_from: string | null;
};

/** What a question is asked in: one snapshot, one calendar, one range of days. */
export type Question = { tx: Tx; calendar_id: number; days: Days };

/**
 * Answers a question about a named range in one snapshot. `sequenceId` (or null for all) decides where 'all'
 * begins. Adds the frame to what `answer` gives.
 */
export function ask<T extends object>(
  db: Db,
  { time_range, sequenceId, now }: { time_range: TimeRange; sequenceId: string | null; now: Date },
  answer: (question: Question) => Promise<T>,
): Promise<Frame & T> {
  return inSnapshot(db, async (tx) => {
    const { id: calendar_id, time_zone } = await activeCalendar(tx);
    const first = time_range === 'all' ? await firstDay(tx, calendar_id, sequenceId) : null;
    const days = daysOf(time_range, await today(tx, time_zone, now), first);
    const answered = await answer({ tx, calendar_id, days });
    return { time_range, ...days, time_zone, as_of: now, rows_available_from: null, ...answered };
  });
}
