import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import type { Edges } from './frame.sql.ts';

/** A distinct person with at least one execution in the range. Instants and `executions` speak of the range. */
type Person = {
  contact_id: string;
  /** Where the newest execution in the range went to, and whom. */
  recipient_email: string;
  recipient_user_id: string | null;
  executions: number;
  first_executed_at: Date;
  last_executed_at: Date;
  sources: string[];
};

/** The same, and the place in the list: the person's newest execution in the range. */
export type RecipientRow = Person & { id: string };

/** Where a page ends, and the instant after which nothing is looked at: that of the first row of the first page. */
export type RecipientPlace = { last_executed_at: string; id: string; until: string };

/**
 * Distinct recipients of a sequence between two instants, from these sources or (none named) from all: whoever
 * was written to last comes first. `after.until` pins further pages to what the first one began with, so that they do
 * not shift while people are written to again. (The moment of the first page would leave out an execution that was
 * reported with a time a little ahead of it, which is counted all the same.) Walks executions newest first and keeps
 * each person's newest. What comes late, with a time before `until`, can lift a person above the page's end: nobody is
 * on two pages, but such a person is on none. `walkRecipients` leaves nobody out.
 */
export async function listRecipients(
  tx: Tx,
  { from, before }: Edges,
  asked: { sequenceId: string; sources: string[]; limit: number; after: RecipientPlace | null },
): Promise<RecipientRow[]> {
  const { sequenceId, sources, limit, after } = asked;
  const isPinned = (alias: string) =>
    after ? sql`AND ${sql.ref(`${alias}.executed_at`)} <= ${after.until}::timestamptz` : sql``;
  const { rows } = await sql<RecipientRow>`
    SELECT e.contact_id, e.recipient_email, e.recipient_user_id, t.executions, t.first_executed_at,
           e.executed_at AS last_executed_at, t.sources, e.id
    FROM sequitur.all_executions e
    CROSS JOIN LATERAL (
      SELECT count(*) AS executions, min(o.executed_at) AS first_executed_at,
             array_agg(DISTINCT o.source ORDER BY o.source) AS sources
      FROM sequitur.all_executions o
      WHERE o.lane = e.lane AND o.contact_id = e.contact_id AND o.sequence_id = e.sequence_id
        AND o.executed_at >= ${from} AND o.executed_at <= e.executed_at ${ofSources(sources, 'o')}
    ) t
    WHERE e.sequence_id = ${sequenceId}
      AND e.executed_at >= ${from} AND e.executed_at < ${before} ${isPinned('e')}
      ${ofSources(sources, 'e')}
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
          AND (n.executed_at, n.id) > (e.executed_at, e.id) ${ofSources(sources, 'n')}
      )
    ORDER BY e.executed_at DESC, e.id DESC
    LIMIT ${limit}`.execute(tx);
  return rows;
}

/** A person of a file. Lane and contact are the place: they stay what they are for life. */
export type WalkedRecipient = Person & { lane: number };

/** The person behind whom a page of a file begins. */
export type WalkPlace = Pick<WalkedRecipient, 'lane' | 'contact_id'>;

/**
 * The same people by lane and contact, at most `limit` behind `after`: whoever was in the range when the first page was
 * read is on exactly one page, whatever arrives meanwhile. The order means nothing to a reader. It is that of the
 * executions' primary key, so that a long file reads each execution of its weeks once (400,000 people of 1.2 million
 * executions in 26 weeks: 8 s, no page over 0.2 s), and PostgreSQL holds those of one person at a time. Where a
 * sequence has few, it sorts them instead. Rejected: to walk `recipients`. It has those of all sequences in one index,
 * all of which is read (18,000 pages of 8 kB at 2 million rows) for a sequence of 200 people, and each person is then
 * looked for in every week between the first and the last.
 */
export async function walkRecipients(
  tx: Tx,
  { from, before }: Edges,
  asked: { sequenceId: string; sources: string[]; limit: number; after: WalkPlace | null },
): Promise<WalkedRecipient[]> {
  const { sequenceId, sources, limit, after } = asked;
  const newest = (column: 'recipient_email' | 'recipient_user_id') =>
    sql`(array_agg(e.${sql.ref(column)} ORDER BY e.executed_at DESC, e.id DESC))[1] AS ${sql.ref(column)}`;
  const { rows } = await sql<WalkedRecipient>`
    SELECT e.lane, e.contact_id, ${newest('recipient_email')}, ${newest('recipient_user_id')},
           count(*) AS executions, min(e.executed_at) AS first_executed_at, max(e.executed_at) AS last_executed_at,
           array_agg(DISTINCT e.source ORDER BY e.source) AS sources
    FROM sequitur.all_executions e
    WHERE e.sequence_id = ${sequenceId}
      AND e.executed_at >= ${from} AND e.executed_at < ${before} ${ofSources(sources, 'e')}
      ${after ? sql`AND (e.lane, e.contact_id) > (${after.lane}::smallint, ${after.contact_id}::uuid)` : sql``}
    GROUP BY e.lane, e.contact_id
    ORDER BY e.lane, e.contact_id
    LIMIT ${limit}`.execute(tx);
  return rows;
}

function ofSources(sources: string[], alias: string): RawBuilder<unknown> {
  return sources.length > 0 ? sql`AND ${sql.ref(`${alias}.source`)} = ANY(${sources}::text[])` : sql``;
}
