import type { Db } from '../db/database.ts';
import { ask, type Frame } from './frame.ts';
import { eachDay, type TimeRange } from './range.ts';
import { executionsByDay, triggersByDay } from './series.sql.ts';

/** One bucket of a chart. `date` is its first day; `unique_recipients` are the people of this bucket alone. */
export type Point = {
  date: string;
  executions: number;
  unique_recipients: number;
  triggers: number;
  suppressed: number;
};

/** A sequence's days in order, every day of the range with its point: executions add up to the total. */
export function series(
  db: Db,
  asked: { sequenceId: string; time_range: TimeRange; now: Date },
): Promise<Frame & { interval: 'day'; points: Point[] }> {
  return ask(db, asked, async (question) => {
    const [sent, triggered] = await Promise.all([
      executionsByDay(question, asked.sequenceId),
      triggersByDay(question, asked.sequenceId),
    ]);
    const points = [...eachDay(question.days)].map((date) => ({
      date,
      ...(sent.get(date) ?? { executions: 0, unique_recipients: 0 }),
      ...(triggered.get(date) ?? { triggers: 0, suppressed: 0 }),
    }));
    return { interval: 'day' as const, points };
  });
}
