import { sql } from 'kysely';
import { prepared } from '../db/connections.sql.ts';
import type { Question } from './frame.ts';

/** Triggers of one source, outcome and reason ('' for accepted ones). */
export type TriggerCount = { source: string; outcome: 'accepted' | 'suppressed'; reason: string; n: number };

/** Triggers by source (of those named, if any), outcome and reason. In no order; empty where there were none. */
export async function triggerCounts(
  { tx, calendar_id, days }: Question,
  sequenceId: string,
  sources: string[] = [],
): Promise<TriggerCount[]> {
  const { rows } = await sql<TriggerCount>`${prepared}
    SELECT source, outcome, reason, sum(n)::int8 AS n
    FROM sequitur.trigger_counts
    WHERE calendar_id = ${calendar_id} AND sequence_id = ${sequenceId}
      AND day BETWEEN ${days.from}::date AND ${days.to}::date
      ${sources.length > 0 ? sql`AND source = ANY(${sources}::text[])` : sql``}
    GROUP BY source, outcome, reason
    HAVING sum(n) <> 0`.execute(tx);
  return rows;
}
