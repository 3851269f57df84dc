import { type RawBuilder, sql } from 'kysely';
import type { Question } from './frame.ts';
import type { Interval } from './range.ts';
import { bucketOf } from './series.sql.ts';

/** A number by the bucket's first day and a source or reason. */
export type SourceBucket = { bucket: string; name: string; n: number };

/** Executions by bucket and source. In no order; empty where nothing was sent. */
export function executionsBySource(question: Question, sequenceId: string, interval: Interval) {
  return sums(question, sequenceId, interval, {
    table: sql`sequitur.reach_counts`,
    name: sql`source`,
    where: sql``,
  });
}

/** Accepted triggers by bucket and source. In no order; empty where there were none. */
export function triggersBySourceOverTime(question: Question, sequenceId: string, interval: Interval) {
  const where = sql`AND outcome = 'accepted'`;
  return sums(question, sequenceId, interval, {
    table: sql`sequitur.trigger_counts`,
    name: sql`source`,
    where,
  });
}

/** Suppressed triggers by bucket and reason. In no order; empty where there were none. */
export function suppressedByReasonOverTime(question: Question, sequenceId: string, interval: Interval) {
  const where = sql`AND outcome = 'suppressed'`;
  return sums(question, sequenceId, interval, {
    table: sql`sequitur.trigger_counts`,
    name: sql`reason`,
    where,
  });
}

async function sums(
  question: Question,
  sequenceId: string,
  interval: Interval,
  of: { table: RawBuilder<unknown>; name: RawBuilder<unknown>; where: RawBuilder<unknown> },
): Promise<SourceBucket[]> {
  const { tx, calendar_id, days } = question;
  const { rows } = await sql<SourceBucket>`
    SELECT ${bucketOf(question, interval)} AS bucket, ${of.name} AS name, sum(n)::int8 AS n
    FROM ${of.table}
    WHERE calendar_id = ${calendar_id} AND sequence_id = ${sequenceId}
      AND day BETWEEN ${days.from}::date AND ${days.to}::date ${of.where}
    GROUP BY 1, 2
    HAVING sum(n) <> 0`.execute(tx);
  return rows;
}
