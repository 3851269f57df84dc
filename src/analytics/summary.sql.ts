import { sql } from 'kysely';
import { prepared } from '../db/connections.sql.ts';
import type { Tx } from '../db/database.ts';
import { WEEKDAYS } from '../ledger/counters.ts';
import type { SequenceStatus } from '../sequences/plan.ts';
import { type Days, lengthOf } from './range.ts';

export type Lifetime = {
  sequence_id: string;
  sequence_key: string;
  sequence_name: string;
  description: string;
  status: SequenceStatus;
  execution_count: number;
  trigger_count: number;
  suppressed_count: number;
  unique_recipients: number;
  last_executed_at: Date | null;
};

/** Lifetime counts of every sequence (or of those named), by name. */
export async function readLifetimes(tx: Tx, ids: string[] | null): Promise<Lifetime[]> {
  const { rows } = await sql<Lifetime>`${prepared}
    SELECT s.id AS sequence_id, s.key AS sequence_key, s.name AS sequence_name, s.description, s.status,
           coalesce(t.executions, 0) AS execution_count, coalesce(t.triggers, 0) AS trigger_count,
           coalesce(t.suppressed, 0) AS suppressed_count, coalesce(t.recipients, 0) AS unique_recipients,
           t.last_executed_at
    FROM sequitur.sequences s
    LEFT JOIN (
      SELECT sequence_id, sum(executions)::int8 AS executions, sum(triggers)::int8 AS triggers,
             sum(suppressed)::int8 AS suppressed, sum(recipients)::int8 AS recipients,
             max(last_executed_at) AS last_executed_at
      FROM sequitur.sequence_totals
      ${ids ? sql`WHERE sequence_id = ANY(${ids}::uuid[])` : sql``}
      GROUP BY sequence_id
    ) t ON t.sequence_id = s.id
    ${ids ? sql`WHERE s.id = ANY(${ids}::uuid[])` : sql``}
    ORDER BY s.name, s.id`.execute(tx);
  return rows;
}

/**
 * Executions of each sequence on each of `days`, in their order; a sequence without any is missing. As one text a
 * sequence: row by row it took three times as long.
 */
export async function dailyExecutions(
  tx: Tx,
  asked: { calendar_id: number; days: Days; sequenceIds: string[] | null },
): Promise<Map<string, number[]>> {
  const { calendar_id, days, sequenceIds: ids } = asked;
  const weekdays = sql.join(WEEKDAYS.map((weekday) => sql.ref(weekday)));
  const { rows } = await sql<{ sequence_id: string; weeks: string }>`${prepared}
    SELECT sequence_id, string_agg(ROW(day - ${days.from}::date, ${weekdays})::text, ',') AS weeks
    FROM sequitur.weekly_counts
    WHERE calendar_id = ${calendar_id} AND day BETWEEN ${days.from}::date - 6 AND ${days.to}::date
      ${ids ? sql`AND sequence_id = ANY(${ids}::uuid[])` : sql``}
    GROUP BY sequence_id`.execute(tx);
  const length = lengthOf(days);
  return new Map(rows.map(({ sequence_id, weeks }) => [sequence_id, byPlace(length, weeks)]));
}

// Weeks as '(place of the Monday, which may lie before the days, and seven counts),…'. A week may come several times:
// once for each lane.
function byPlace(length: number, weeks: string): number[] {
  const byDay = new Array<number>(length).fill(0);
  const numbers: number[] = JSON.parse(`[${weeks.replaceAll(/[()]/g, '')}]`);
  // By index: with iterators it took four times as long, which was a tenth of an answer.
  for (let at = 0; at < numbers.length; at += 1 + WEEKDAYS.length) {
    const monday = numbers[at] ?? 0;
    for (let i = Math.max(0, -monday); i < WEEKDAYS.length && monday + i < length; i += 1)
      byDay[monday + i] = (byDay[monday + i] ?? 0) + (numbers[at + 1 + i] ?? 0);
  }
  return byDay;
}

export type WorkspaceTotals = {
  execution_count: number;
  trigger_count: number;
  suppressed_count: number;
  people: number;
};

/** Lifetime counts over all sequences; each person once. */
export async function readWorkspaceTotals(tx: Tx): Promise<WorkspaceTotals> {
  const { rows } = await sql<WorkspaceTotals>`${prepared}
    SELECT coalesce(sum(executions), 0)::int8 AS execution_count, coalesce(sum(triggers), 0)::int8 AS trigger_count,
           coalesce(sum(suppressed), 0)::int8 AS suppressed_count, coalesce(sum(people), 0)::int8 AS people
    FROM sequitur.workspace_totals`.execute(tx);
  return rows[0] ?? { execution_count: 0, trigger_count: 0, suppressed_count: 0, people: 0 };
}
