import { type RawBuilder, sql } from 'kysely';
import { prepared } from '../db/connections.sql.ts';
import { cover, coverPeople, type Piece } from './cover.ts';
import { EVERYTHING, type Filter, whyNoPeople } from './filter.ts';
import type { Question } from './frame.ts';
import { spanRows } from './span_rows.sql.ts';

/** `unique_recipients` is null where the filter allows no exact number of people. */
export type Totals = { total_executions: number; unique_recipients: number | null };
export type SourceTotals = Totals & { source: string };

/**
 * Executions and distinct recipients of a sequence over the days asked for. Exact: whoever has several
 * executions in the range is counted at the first, the only one with none before it there.
 */
export async function totals(
  question: Question,
  sequenceId: string,
  filter: Filter = EVERYTHING,
): Promise<Totals> {
  const { tx, days, firstDay } = question;
  const people = peopleSince(filter, sql`${days.from}::date`);
  const pieces = filter.step === null ? coverPeople(days, firstDay) : cover(days);
  const rowsAsked = countedRows(question, { sequenceId, filter, pieces });
  const { rows } = await sql<Totals>`${prepared}
    SELECT coalesce(sum(n), 0)::int8 AS total_executions, ${people} AS unique_recipients
    FROM ${rowsAsked} r`.execute(tx);
  return rows[0] ?? { total_executions: 0, unique_recipients: 0 };
}

/** The same for each source of the filter's, the one with most executions first; empty where nothing was sent. */
export async function totalsBySource(
  question: Question,
  sequenceId: string,
  filter: Filter = EVERYTHING,
): Promise<SourceTotals[]> {
  const { tx, days, firstDay } = question;
  const asked =
    filter.step === null
      ? ({ table: 'source_reach_spans', sequenceId, pieces: coverPeople(days, firstDay) } as const)
      : ({ table: 'step_spans', sequenceId, pieces: cover(days) } as const);
  // Of one source each: several of them are no hindrance here.
  const people = peopleSince({ ...filter, sources: [] }, sql`${days.from}::date`);
  const { rows } = await sql<SourceTotals>`${prepared}
    SELECT source, sum(n)::int8 AS total_executions, ${people} AS unique_recipients
    FROM ${spanRows(question, asked)} r
    WHERE ${matching(filter)}
    GROUP BY source
    HAVING sum(n) <> 0
    ORDER BY total_executions DESC, source`.execute(tx);
  return rows;
}

/** Executions and distinct people over all sequences. */
export async function totalsOfWorkspace(question: Question): Promise<{
  total_executions: number;
  unique_recipients: number;
}> {
  const { tx, days, firstDay } = question;
  const asked = { table: 'people_spans', sequenceId: null, pieces: coverPeople(days, firstDay) } as const;
  const { rows } = await sql<{ total_executions: number; unique_recipients: number }>`${prepared}
    SELECT coalesce(sum(n), 0)::int8 AS total_executions,
           coalesce(sum(n) FILTER (WHERE prev_day < ${days.from}::date), 0)::int8 AS unique_recipients
    FROM ${spanRows(question, asked)} r`.execute(tx);
  return rows[0] ?? { total_executions: 0, unique_recipients: 0 };
}

/**
 * The rows of the counter that knows what the filter asks for, with `day`, `n` and (but for a step, which has a
 * counter of its own) `prev_day`.
 */
export function countedRows(
  question: Question,
  { sequenceId, filter, pieces }: { sequenceId: string; filter: Filter; pieces: Piece[] },
): RawBuilder<unknown> {
  if (filter.step !== null) {
    const rows = spanRows(question, { table: 'step_spans', sequenceId, pieces });
    return sql`(SELECT * FROM ${rows} r WHERE ${matching(filter)})`;
  }
  const table = filter.sources.length === 0 ? 'reach_spans' : 'source_reach_spans';
  const rows = spanRows(question, { table, sequenceId, pieces });
  return sql`(SELECT * FROM ${rows} r WHERE ${matching(filter)})`;
}

/** The filter as a condition on rows that have what it names. */
export function matching({ sources, step, revision }: Filter): RawBuilder<unknown> {
  return sql`
    true ${sources.length > 0 ? sql`AND source = ANY(${sources}::text[])` : sql``}
    ${step !== null ? sql`AND step_id = ${step}` : sql``}
    ${step !== null && revision !== null ? sql`AND revision = ${revision}` : sql``}`;
}

/** The number of distinct people whose first execution since `start` is among the rows; null where none is exact. */
export function peopleSince(filter: Filter, start: RawBuilder<unknown>): RawBuilder<unknown> {
  if (whyNoPeople(filter)) return sql`NULL::int8`;
  return sql`coalesce(sum(n) FILTER (WHERE prev_day < ${start}), 0)::int8`;
}
