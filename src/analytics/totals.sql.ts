import { type RawBuilder, sql } from 'kysely';
import { EVERYTHING, type Filter, whyNoPeople } from './filter.ts';
import type { Question } from './frame.ts';

/** `unique_recipients` is null where the filter allows no exact number of people. */
export type Totals = { total_executions: number; unique_recipients: number | null };
export type SourceTotals = { source: string; total_executions: number; unique_recipients: number };

/**
 * Executions and distinct recipients of a sequence over the days asked for. Exact: whoever has several
 * executions in the range is counted at the first, the only one with none before it there.
 */
export async function totals(
  { tx, calendar_id, days }: Question,
  sequenceId: string,
  filter: Filter = EVERYTHING,
): Promise<Totals> {
  const people = peopleSince(filter, sql`${days.from}::date`);
  const { rows } = await sql<Totals>`
    SELECT coalesce(sum(n), 0)::int8 AS total_executions, ${people} AS unique_recipients
    FROM ${countsFor(filter)}
    WHERE calendar_id = ${calendar_id} AND sequence_id = ${sequenceId}
      AND day BETWEEN ${days.from}::date AND ${days.to}::date ${matching(filter)}`.execute(tx);
  return rows[0] ?? { total_executions: 0, unique_recipients: 0 };
}

/** The same for each source, the one with most executions first; empty where nothing was sent. */
export async function totalsBySource(
  { tx, calendar_id, days }: Question,
  sequenceId: string,
  filter: Filter = EVERYTHING,
): Promise<SourceTotals[]> {
  const { rows } = await sql<SourceTotals>`
    SELECT source, sum(n)::int8 AS total_executions,
           coalesce(sum(n) FILTER (WHERE prev_same_source_day < ${days.from}::date), 0)::int8 AS unique_recipients
    FROM sequitur.reach_counts
    WHERE calendar_id = ${calendar_id} AND sequence_id = ${sequenceId}
      AND day BETWEEN ${days.from}::date AND ${days.to}::date ${matching({ ...filter, step: null })}
    GROUP BY source
    HAVING sum(n) <> 0
    ORDER BY total_executions DESC, source`.execute(tx);
  return rows;
}

/** Executions and distinct people over all sequences. */
export async function totalsOfWorkspace({ tx, calendar_id, days }: Question): Promise<{
  total_executions: number;
  unique_recipients: number;
}> {
  const { rows } = await sql<{ total_executions: number; unique_recipients: number }>`
    SELECT coalesce(sum(n), 0)::int8 AS total_executions,
           coalesce(sum(n) FILTER (WHERE prev_day < ${days.from}::date), 0)::int8 AS unique_recipients
    FROM sequitur.people_counts
    WHERE calendar_id = ${calendar_id} AND day BETWEEN ${days.from}::date AND ${days.to}::date`.execute(tx);
  return rows[0] ?? { total_executions: 0, unique_recipients: 0 };
}

/** The counter that knows what the filter asks for: steps have one of their own. */
export function countsFor({ step }: Filter): RawBuilder<unknown> {
  return step === null ? sql`sequitur.reach_counts` : sql`sequitur.step_counts`;
}

/** The filter as conditions on that counter. */
export function matching({ sources, step, revision }: Filter): RawBuilder<unknown> {
  return sql`
    ${sources.length > 0 ? sql`AND source = ANY(${sources}::text[])` : sql``}
    ${step !== null ? sql`AND step_id = ${step}` : sql``}
    ${step !== null && revision !== null ? sql`AND revision = ${revision}` : sql``}`;
}

/** The number of distinct people whose first execution since `start` is among the rows; null where none is exact. */
export function peopleSince(filter: Filter, start: RawBuilder<unknown>): RawBuilder<unknown> {
  if (whyNoPeople(filter)) return sql`NULL::int8`;
  const before = filter.sources.length === 1 ? sql`prev_same_source_day` : sql`prev_day`;
  return sql`coalesce(sum(n) FILTER (WHERE ${before} < ${start}), 0)::int8`;
}
