import { sql } from 'kysely';
import type { Question } from './frame.ts';

export type Totals = { total_executions: number; unique_recipients: number };
export type SourceTotals = Totals & { source: string };

/**
 * Executions and distinct recipients of a sequence over the days asked for, of one source or of all. Exact:
 * whoever has several executions in the range is counted at the first, the only one with none before it there.
 */
export async function totals(
  { tx, calendar_id, days }: Question,
  sequenceId: string,
  source: string | null = null,
): Promise<Totals> {
  const before = source === null ? sql`prev_day` : sql`prev_same_source_day`;
  const { rows } = await sql<Totals>`
    SELECT coalesce(sum(n), 0)::int8 AS total_executions,
           coalesce(sum(n) FILTER (WHERE ${before} < ${days.from}::date), 0)::int8 AS unique_recipients
    FROM sequitur.reach_counts
    WHERE calendar_id = ${calendar_id} AND sequence_id = ${sequenceId}
      AND day BETWEEN ${days.from}::date AND ${days.to}::date
      ${source === null ? sql`` : sql`AND source = ${source}`}`.execute(tx);
  return rows[0] ?? { total_executions: 0, unique_recipients: 0 };
}

/** The same for each source, the one with most executions first; empty where nothing was sent. */
export async function totalsBySource(
  { tx, calendar_id, days }: Question,
  sequenceId: string,
): Promise<SourceTotals[]> {
  const { rows } = await sql<SourceTotals>`
    SELECT source, sum(n)::int8 AS total_executions,
           coalesce(sum(n) FILTER (WHERE prev_same_source_day < ${days.from}::date), 0)::int8 AS unique_recipients
    FROM sequitur.reach_counts
    WHERE calendar_id = ${calendar_id} AND sequence_id = ${sequenceId}
      AND day BETWEEN ${days.from}::date AND ${days.to}::date
    GROUP BY source
    HAVING sum(n) <> 0
    ORDER BY total_executions DESC, source`.execute(tx);
  return rows;
}

/** Executions and distinct people over all sequences. */
export async function totalsOfWorkspace({ tx, calendar_id, days }: Question): Promise<Totals> {
  const { rows } = await sql<Totals>`
    SELECT coalesce(sum(n), 0)::int8 AS total_executions,
           coalesce(sum(n) FILTER (WHERE prev_day < ${days.from}::date), 0)::int8 AS unique_recipients
    FROM sequitur.people_counts
    WHERE calendar_id = ${calendar_id} AND day BETWEEN ${days.from}::date AND ${days.to}::date`.execute(tx);
  return rows[0] ?? { total_executions: 0, unique_recipients: 0 };
}
