import { sql } from 'kysely';
import type { Question } from './frame.ts';

export type ExecutionRow = {
  id: string;
  sequence_id: string;
  recipient_email: string;
  recipient_user_id: string | null;
  context: Record<string, unknown>;
  executed_at: Date;
  source: string;
  step: string | null;
  revision: number | null;
  via: 'smtp' | 'captured' | 'reported';
};

/** Where a page of executions ends: its last row. */
export type ExecutionPlace = { executed_at: string; id: string };

/**
 * Executions of a sequence within the days asked for, the newest first, after `after`: rows of `limit` at most,
 * hot and archived as one. By instant and id, so a page stays what it was while new rows arrive.
 */
export async function listExecutions(
  { tx, calendar_id, days }: Question,
  { sequenceId, limit, after }: { sequenceId: string; limit: number; after: ExecutionPlace | null },
): Promise<ExecutionRow[]> {
  const { rows } = await sql<ExecutionRow>`
    SELECT id, sequence_id, recipient_email, recipient_user_id, context, executed_at, source, step_id AS step,
           revision, via
    FROM sequitur.all_executions
    WHERE sequence_id = ${sequenceId}
      AND executed_at >= (SELECT ${days.from}::date::timestamp AT TIME ZONE time_zone
                          FROM sequitur.calendars WHERE id = ${calendar_id})
      AND executed_at < (SELECT (${days.to}::date + 1)::timestamp AT TIME ZONE time_zone
                         FROM sequitur.calendars WHERE id = ${calendar_id})
      ${
        after
          ? sql`AND executed_at <= ${after.executed_at}::timestamptz
                AND (executed_at, id) < (${after.executed_at}::timestamptz, ${after.id}::uuid)`
          : sql``
      }
    ORDER BY executed_at DESC, id DESC
    LIMIT ${limit}`.execute(tx);
  return rows;
}
