import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import type { Edges } from './frame.sql.ts';

/** A distinct person with at least one execution in the range. Instants and `executions` speak of the range. */
export type RecipientRow = {
  contact_id: string;
  recipient_email: string;
  recipient_user_id: string | null;
  executions: number;
  first_executed_at: Date;
  last_executed_at: Date;
  sources: string[];
  /** The place in the list: the person's newest execution in the range. */
  id: string;
};

/** Where a page ends, and the instant after which nothing is looked at: that of the first row of the first page. */
export type RecipientPlace = { last_executed_at: string; id: string; until: string };

/**
 * Distinct recipients of a sequence between two instants, from these sources or (none named) from all: whoever
 * was written to last comes first. `after.until` pins further pages to what the first one began with, so that they do
 * not shift while people are written to again. (The moment of the first page would leave out an execution that was
 * reported with a time a little ahead of it, which is counted all the same.) Walks executions newest first and keeps
 * each person's newest.
 */
export async function listRecipients(
  tx: Tx,
  { from, before }: Edges,
  asked: { sequenceId: string; sources: string[]; limit: number; after: RecipientPlace | null },
): Promise<RecipientRow[]> {
  const { sequenceId, sources, limit, after } = asked;
  const isPinned = (alias: string) =>
    after ? sql`AND ${sql.ref(`${alias}.executed_at`)} <= ${after.until}::timestamptz` : sql``;
  const ofSources = (alias: string) =>
    sources.length > 0 ? sql`AND ${sql.ref(`${alias}.source`)} = ANY(${sources}::text[])` : sql``;
  const { rows } = await sql<RecipientRow>`
    SELECT e.contact_id, e.recipient_email, e.recipient_user_id, t.executions, t.first_executed_at,
           e.executed_at AS last_executed_at, t.sources, e.id
    FROM sequitur.all_executions e
    CROSS JOIN LATERAL (
      SELECT count(*) AS executions, min(o.executed_at) AS first_executed_at,
             array_agg(DISTINCT o.source ORDER BY o.source) AS sources
      FROM sequitur.all_executions o
      WHERE o.lane = e.lane AND o.contact_id = e.contact_id AND o.sequence_id = e.sequence_id
        AND o.executed_at >= ${from} AND o.executed_at <= e.executed_at ${ofSources('o')}
    ) t
    WHERE e.sequence_id = ${sequenceId}
      AND e.executed_at >= ${from} AND e.executed_at < ${before} ${isPinned('e')}
      ${ofSources('e')}
      ${
        after
          ? sql`AND e.executed_at <= ${after.last_executed_at}::timestamptz
                AND (e.executed_at, e.id) < (${after.last_executed_at}::timestamptz, ${after.id}::uuid)`
          : sql``
      }
      AND NOT EXISTS (
        SELECT FROM sequitur.all_executions n
        WHERE n.lane = e.lane AND n.contact_id = e.contact_id AND n.sequence_id = e.sequence_id
          AND n.executed_at >= e.executed_at AND n.executed_at < ${before} ${isPinned('n')}
          AND (n.executed_at, n.id) > (e.executed_at, e.id) ${ofSources('n')}
      )
    ORDER BY e.executed_at DESC, e.id DESC
    LIMIT ${limit}`.execute(tx);
  return rows;
}
