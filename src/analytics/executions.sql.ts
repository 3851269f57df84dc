import { type RawBuilder, sql } from 'kysely';
import type { Filter } from './filter.ts';
import type { Question } from './frame.ts';

export type ExecutionRow = {
  id: string;
  sequence_id: string;
  contact_id: string;
  recipient_email: string;
  recipient_user_id: string | null;
  context: Record<string, unknown>;
  executed_at: Date;
  source: string;
  step: string | null;
  revision: number | null;
  via: 'smtp' | 'captured' | 'reported';
  message_id: string | null;
};

/** Where a page of executions ends: its last row. */
export type ExecutionPlace = { executed_at: string; id: string };

/**
 * Executions of a sequence within the days asked for, the newest first, after `after`: at most `limit` rows, hot
 * and archived as one. By instant and id, so a page stays what it was while new rows arrive.
 */
export async function listExecutions(
  question: Question,
  asked: { sequenceId: string; filter: Filter; limit: number; after: ExecutionPlace | null },
): Promise<ExecutionRow[]> {
  const { sequenceId, filter, limit, after } = asked;
  const { sources, step, revision } = filter;
  const { from, before } = zoneEdges(question);
  const { rows } = await sql<ExecutionRow>`
    SELECT id, sequence_id, contact_id, recipient_email, recipient_user_id, context, executed_at, source,
           step_id AS step, revision, via, message_id
    FROM sequitur.all_executions
    WHERE sequence_id = ${sequenceId} AND executed_at >= ${from} AND executed_at < ${before}
      ${sources.length > 0 ? sql`AND source = ANY(${sources}::text[])` : sql``}
      ${step === null ? sql`` : sql`AND step_id = ${step}`}
      ${step === null || revision === null ? sql`` : sql`AND coalesce(revision, 0) = ${revision}`}
      ${
        after
          ? sql`AND executed_at <= ${after.executed_at}::timestamptz
                AND (executed_at, id) < (${after.executed_at}::timestamptz, ${after.id}::uuid)`
          : sql``
      }
    ORDER BY executed_at DESC, id DESC
    LIMIT ${limit}`.execute(question.tx);
  return rows;
}

/** The instants at which the days asked for begin and are over, in the question's calendar. */
export function zoneEdges({ calendar_id, days }: Question): Record<'from' | 'before', RawBuilder<Date>> {
  const edge = (day: RawBuilder<unknown>) => sql<Date>`(
    SELECT (${day})::timestamp AT TIME ZONE time_zone FROM sequitur.calendars WHERE id = ${calendar_id})`;
  return { from: edge(sql`${days.from}::date`), before: edge(sql`${days.to}::date + 1`) };
}
