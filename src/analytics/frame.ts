import { isDeepStrictEqual } from 'node:util';
import { LRUCache } from 'lru-cache';
import type { Db, Tx } from '../db/database.ts';
import { inSnapshot } from '../db/transaction.sql.ts';
import { type Edges, type ResolvedRange, resolveRange } from './frame.sql.ts';
import type { Days, RangeAsked, TimeRange } from './range.ts';

/** What every answer states of itself. `rows_available_from` is null while no row was ever purged. */
export type Frame = Days & {
  time_range: TimeRange | 'custom';
  time_zone: string;
  as_of: Date;
  rows_available_from: string | null;
};

/**
 * What a question is asked in: one snapshot, one calendar, one range of days. Nothing was counted before `firstDay`
 * of what the question is about; null where it does not matter when that was.
 */
export type Question = { tx: Tx; calendar_id: number; days: Days; firstDay: string | null };

/** The same with the reporting day of the moment, and the instants of the range. */
export type DatedQuestion = Question & { today: string; edges: Edges };

/** A range as it is asked for at `now`. `sequenceId` (null: all sequences) decides where 'all' begins. */
export type Asked = { range: RangeAsked; sequenceId: string | null; now: Date };

/**
 * Answers a question about a range in one snapshot, and adds the frame to what `answer` gives. What the range was
 * when it was last asked for is taken for true at first, so that everything goes to the database at once; where it
 * was something else by now, `answer` is asked again.
 */
export function ask<T extends object>(
  db: Db,
  asked: Asked,
  answer: (question: DatedQuestion) => Promise<T>,
): Promise<Frame & T> {
  const { range, sequenceId, now } = asked;
  const time_range = 'time_range' in range ? range.time_range : 'custom';
  const key = JSON.stringify([range, time_range === 'all' ? sequenceId : null]);
  return inSnapshot(db, async (tx) => {
    const supposed = lastResolved.get(key);
    const [resolved, early] = await Promise.all([
      resolveRange(tx, asked),
      supposed && answer(questionOf(tx, supposed)),
    ]);
    lastResolved.set(key, resolved);
    const isRight = isDeepStrictEqual(resolved, supposed);
    const answered = early && isRight ? early : await answer(questionOf(tx, resolved));
    const { from, to, time_zone } = resolved;
    return { time_range, from, to, time_zone, as_of: now, rows_available_from: null, ...answered };
  });
}

const lastResolved = new LRUCache<string, ResolvedRange>({ max: 1_000 });

function questionOf(tx: Tx, resolved: ResolvedRange): DatedQuestion {
  const { calendar_id, from, to, firstDay, today, edges } = resolved;
  return { tx, calendar_id, days: { from, to }, firstDay, today, edges };
}
