import { sql } from 'kysely';
import type { Question } from './frame.ts';

export type TriggerTotals = { source: string; triggers: number; suppressed: number };

/** Accepted and suppressed triggers by source (of those named, if any), the one with most triggers first; empty where there were none. */
export async function triggersBySource(
  { tx, calendar_id, days }: Question,
  sequenceId: string,
  sources: string[] = [],
): Promise<TriggerTotals[]> {
  const { rows } = await sql<TriggerTotals>`
    SELECT source, coalesce(sum(n) FILTER (WHERE outcome = 'accepted'), 0)::int8 AS triggers,
           coalesce(sum(n) FILTER (WHERE outcome = 'suppressed'), 0)::int8 AS suppressed
    FROM sequitur.trigger_counts
    WHERE calendar_id = ${calendar_id} AND sequence_id = ${sequenceId}
      AND day BETWEEN ${days.from}::date AND ${days.to}::date
      ${sources.length > 0 ? sql`AND source = ANY(${sources}::text[])` : sql``}
    GROUP BY source
    HAVING sum(n) <> 0
    ORDER BY triggers DESC, source`.execute(tx);
  return rows;
}

export type ReasonCount = { reason: string; count: number };

/** Why triggers (of the sources named, if any) were suppressed, the most frequent reason first; empty where none was. */
export async function suppressedByReason(
  { tx, calendar_id, days }: Question,
  sequenceId: string,
  sources: string[] = [],
): Promise<ReasonCount[]> {
  const { rows } = await sql<ReasonCount>`
    SELECT reason, sum(n)::int8 AS count
    FROM sequitur.trigger_counts
    WHERE calendar_id = ${calendar_id} AND sequence_id = ${sequenceId} AND outcome = 'suppressed'
      AND day BETWEEN ${days.from}::date AND ${days.to}::date
      ${sources.length > 0 ? sql`AND source = ANY(${sources}::text[])` : sql``}
    GROUP BY reason
    HAVING sum(n) <> 0
    ORDER BY count DESC, reason`.execute(tx);
  return rows;
}
