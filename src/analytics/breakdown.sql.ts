import { type RawBuilder, sql } from 'kysely';
import { prepared } from '../db/connections.sql.ts';
import { coverBuckets } from './cover.ts';
import type { Question } from './frame.ts';
import type { Interval } from './range.ts';
import { bucketOf } from './series.sql.ts';
import { spanRows } from './span_rows.sql.ts';

/** A number by the bucket's first day and a source or reason. */
export type SourceBucket = { bucket: string; name: string; n: number };

/** Executions by bucket and source. In no order; empty where nothing was sent. */
export function executionsBySource(question: Question, sequenceId: string, interval: Interval) {
  const pieces = coverBuckets(question.days, interval);
  const rows = spanRows(question, { table: 'source_reach_spans', sequenceId, pieces });
  return sums(question, interval, { rows, name: sql`source` });
}

/** Accepted triggers by bucket and source. In no order; empty where there were none. */
export function triggersBySourceOverTime(question: Question, sequenceId: string, interval: Interval) {
  const rows = triggersOf(question, sequenceId, 'accepted');
  return sums(question, interval, { rows, name: sql`source` });
}

/** Suppressed triggers by bucket and reason. In no order; empty where there were none. */
export function suppressedByReasonOverTime(question: Question, sequenceId: string, interval: Interval) {
  const rows = triggersOf(question, sequenceId, 'suppressed');
  return sums(question, interval, { rows, name: sql`reason` });
}

function triggersOf(
  { calendar_id, days }: Question,
  sequenceId: string,
  outcome: 'accepted' | 'suppressed',
): RawBuilder<unknown> {
  return sql`(
    SELECT * FROM sequitur.trigger_counts
    WHERE calendar_id = ${calendar_id} AND sequence_id = ${sequenceId}
      AND day BETWEEN ${days.from}::date AND ${days.to}::date AND outcome = ${outcome}
  )`;
}

async function sums(
  question: Question,
  interval: Interval,
  of: { rows: RawBuilder<unknown>; name: RawBuilder<unknown> },
): Promise<SourceBucket[]> {
  const { rows } = await sql<SourceBucket>`${prepared}
    SELECT ${bucketOf(question, interval)} AS bucket, ${of.name} AS name, sum(n)::int8 AS n
    FROM ${of.rows} r
    GROUP BY 1, 2
    HAVING sum(n) <> 0`.execute(question.tx);
  return rows;
}
