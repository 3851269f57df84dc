import { type Db, inSnapshot, type Tx } from '../db/database.ts';
import { activeCalendar } from '../ledger/calendars.ts';
import { firstDay, today } from './frame.sql.ts';
import { type Days, daysOf, type RangeAsked, type TimeRange } from './range.ts';

/** What every answer states of itself. `rows_available_from` is null while no row was ever purged. */
export type Frame = Days & {
  time_range: TimeRange | 'custom';
  time_zone: string;
  as_of: Date;
  rows_available_from: string | null;
};

/** What a question is asked in: one snapshot, one calendar, one range of days. */
export type Question = { tx: Tx; calendar_id: number; days: Days };

/** A range as it is asked for at `now`. `sequenceId` (null: all sequences) decides where 'all' begins. */
export type Asked = { range: RangeAsked; sequenceId: string | null; now: Date };

/** Answers a question about a range in one snapshot, and adds the frame to what `answer` gives. */
export function ask<T extends object>(
  db: Db,
  { range, sequenceId, now }: Asked,
  answer: (question: Question & { today: string }) => Promise<T>,
): Promise<Frame & T> {
  return inSnapshot(db, async (tx) => {
    const { id: calendar_id, time_zone } = await activeCalendar(tx);
    const time_range = 'time_range' in range ? range.time_range : 'custom';
    const first = time_range === 'all' ? await firstDay(tx, calendar_id, sequenceId) : null;
    const day = await today(tx, time_zone, now);
    const days = daysOf(range, day, first);
    const answered = await answer({ tx, calendar_id, days, today: day });
    return { time_range, ...days, time_zone, as_of: now, rows_available_from: null, ...answered };
  });
}
