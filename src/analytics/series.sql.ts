import { type RawBuilder, sql } from 'kysely';
import { prepared } from '../db/connections.sql.ts';
import { coverBuckets } from './cover.ts';
import type { Filter } from './filter.ts';
import type { Question } from './frame.ts';
import type { Interval } from './range.ts';
import { spanRows } from './span_rows.sql.ts';
import { countedRows, peopleSince } from './totals.sql.ts';

export type Sent = { executions: number; unique_recipients: number | null };
export type Triggered = { triggers: number; suppressed: number };

/** Executions and each bucket's distinct people, by the bucket's first day; a bucket without any is missing. */
export async function executionsByBucket(
  question: Question,
  sequenceId: string,
  { interval, filter }: { interval: Interval; filter: Filter },
): Promise<Map<string, Sent>> {
  const bucket = bucketOf(question, interval);
  const pieces = coverBuckets(question.days, interval);
  const { rows } = await sql<Sent & { bucket: string }>`${prepared}
    SELECT ${bucket} AS bucket, sum(n)::int8 AS executions, ${peopleSince(filter, bucket)} AS unique_recipients
    FROM ${countedRows(question, { sequenceId, filter, pieces })} r
    GROUP BY 1`.execute(question.tx);
  return new Map(rows.map(({ bucket: date, ...sent }) => [date, sent]));
}

/** The same over all sequences. */
export async function peopleByBucket(question: Question, interval: Interval): Promise<Map<string, Sent>> {
  const bucket = bucketOf(question, interval);
  const pieces = coverBuckets(question.days, interval);
  const { rows } = await sql<Sent & { bucket: string }>`${prepared}
    SELECT ${bucket} AS bucket, sum(n)::int8 AS executions,
           coalesce(sum(n) FILTER (WHERE prev_day < ${bucket}), 0)::int8 AS unique_recipients
    FROM ${spanRows(question, { table: 'people_spans', sequenceId: null, pieces })} r
    GROUP BY 1`.execute(question.tx);
  return new Map(rows.map(({ bucket: date, ...sent }) => [date, sent]));
}

/**
 * Accepted and suppressed triggers of a sequence (null: of all) by the bucket's first day, from these sources or
 * (none named) from all; a bucket without any is missing.
 */
export async function triggersByBucket(
  question: Question,
  sequenceId: string | null,
  { interval, sources }: { interval: Interval; sources: string[] },
): Promise<Map<string, Triggered>> {
  const { tx, calendar_id, days } = question;
  const { rows } = await sql<Triggered & { bucket: string }>`${prepared}
    SELECT ${bucketOf(question, interval)} AS bucket,
           coalesce(sum(n) FILTER (WHERE outcome = 'accepted'), 0)::int8 AS triggers,
           coalesce(sum(n) FILTER (WHERE outcome = 'suppressed'), 0)::int8 AS suppressed
    FROM sequitur.trigger_counts
    WHERE calendar_id = ${calendar_id} AND day BETWEEN ${days.from}::date AND ${days.to}::date
      ${sequenceId ? sql`AND sequence_id = ${sequenceId}` : sql``}
      ${sources.length > 0 ? sql`AND source = ANY(${sources}::text[])` : sql``}
    GROUP BY 1`.execute(tx);
  return new Map(rows.map(({ bucket: date, ...triggered }) => [date, triggered]));
}

/** The first day of the bucket that `day` falls in; date_trunc has weeks begin on Monday. */
export function bucketOf({ days }: Question, interval: Interval): RawBuilder<string> {
  if (interval === 'day') return sql`day`;
  return sql`greatest(date_trunc(${interval}, day::timestamp)::date, ${days.from}::date)`;
}
