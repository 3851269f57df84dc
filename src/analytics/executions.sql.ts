import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import type { Filter } from './filter.ts';
import type { Edges } from './frame.sql.ts';

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

export type ExecutionsAsked = {
  sequenceId: string;
  filter: Filter;
  limit: number;
  after: ExecutionPlace | null;
};

/**
 * Executions of a sequence between two instants, the newest first, after `after`: at most `limit` rows, hot and
 * archived as one. By instant and id, so a page stays what it was while new rows arrive.
 */
export async function listExecutions(
  tx: Tx,
  { from, before }: Edges,
  asked: ExecutionsAsked,
): Promise<ExecutionRow[]> {
  const end = asked.after ? new Date(asked.after.executed_at) : before;
  // From the last days first: a query over years is planned for every week of them, whatever it finds.
  for (const days of WINDOWS) {
    const since = new Date(end.getTime() - days * DAY_MS);
    if (since <= from) break;
    const rows = await executionsBetween(tx, { from: since, before }, asked);
    if (rows.length === asked.limit) return rows;
  }
  return executionsBetween(tx, { from, before }, asked);
}

const DAY_MS = 24 * 60 * 60 * 1000;
const WINDOWS = [8, 64];

async function executionsBetween(
  tx: Tx,
  { from, before }: Edges,
  asked: ExecutionsAsked,
): Promise<ExecutionRow[]> {
  const { sequenceId, filter, limit, after } = asked;
  const { sources, step, revision } = filter;
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
    LIMIT ${limit}`.execute(tx);
  return rows;
}
