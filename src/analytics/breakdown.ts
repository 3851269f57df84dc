import type { Db } from '../db/database.ts';
import {
  executionsBySource,
  type SourceBucket,
  suppressedByReasonOverTime,
  triggersBySourceOverTime,
} from './breakdown.sql.ts';
import { type Asked, ask, type Frame } from './frame.ts';
import { bucketsOf, type Interval } from './range.ts';

/** One bucket of a chart with a line for each of `names`: `counts` has a number for each, in the same order. */
export type BreakdownPoint = { date: string; counts: number[] };

/** Counts over time, divided by source or reason; the name with most comes first. */
export type Breakdown = Frame & { interval: Interval; names: string[]; points: BreakdownPoint[] };

/** What is divided, and by what. */
export type BreakdownOf = 'executions_by_source' | 'triggers_by_source' | 'suppressed_by_reason';

export const BREAKDOWNS: readonly BreakdownOf[] = [
  'executions_by_source',
  'triggers_by_source',
  'suppressed_by_reason',
];

/** A sequence's counts over time, divided: every bucket of the range has its point. */
export function breakdown(
  db: Db,
  asked: Asked & { sequenceId: string; interval: Interval; of: BreakdownOf },
): Promise<Breakdown> {
  const { interval, sequenceId, of } = asked;
  return ask(db, asked, async (question) => {
    const rows = await READ[of](question, sequenceId, interval);
    const names = namesOf(rows);
    const byBucket = Map.groupBy(rows, ({ bucket }) => bucket);
    const points = bucketsOf(question.days, interval).map((date) => {
      const here = new Map(byBucket.get(date)?.map((row) => [row.name, row.n]));
      return { date, counts: names.map((name) => here.get(name) ?? 0) };
    });
    return { interval, names, points };
  });
}

const READ = {
  executions_by_source: executionsBySource,
  triggers_by_source: triggersBySourceOverTime,
  suppressed_by_reason: suppressedByReasonOverTime,
} as const;

function namesOf(rows: SourceBucket[]): string[] {
  const totals = new Map<string, number>();
  for (const { name, n } of rows) totals.set(name, (totals.get(name) ?? 0) + n);
  return [...totals].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([name]) => name);
}
