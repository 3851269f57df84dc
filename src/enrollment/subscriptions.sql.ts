import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { ContactsSequence } from './subscriptions.ts';

type Pair = { lane: number; contact_id: string; sequence_id: string };

/** Since when a contact wants no mail of one sequence; null where they do. */
export async function readUnsubscribed(
  db: Db,
  { lane, contact_id, sequence_id }: Pair,
): Promise<Date | null> {
  const { rows } = await sql<{ unsubscribed_at: Date | null }>`
    SELECT unsubscribed_at FROM sequitur.sequence_entries
    WHERE lane = ${lane} AND contact_id = ${contact_id} AND sequence_id = ${sequence_id}`.execute(db);
  return rows[0]?.unsubscribed_at ?? null;
}

/** Notes it on the guard row, or on a new one of somebody who never entered. False where it stood there already. */
export async function markUnsubscribed(
  tx: Tx,
  { lane, contact_id, sequence_id }: Pair,
  at: Date,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    INSERT INTO sequitur.sequence_entries AS e (lane, contact_id, sequence_id, unsubscribed_at)
    VALUES (${lane}, ${contact_id}, ${sequence_id}, ${at})
    ON CONFLICT (lane, contact_id, sequence_id) DO UPDATE SET unsubscribed_at = excluded.unsubscribed_at
    WHERE e.unsubscribed_at IS NULL`.execute(tx);
  return numAffectedRows === 1n;
}

/** Takes it back. False where there was nothing to take back. */
export async function unmarkUnsubscribed(tx: Tx, { lane, contact_id, sequence_id }: Pair): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE sequitur.sequence_entries SET unsubscribed_at = NULL
    WHERE lane = ${lane} AND contact_id = ${contact_id} AND sequence_id = ${sequence_id}
      AND unsubscribed_at IS NOT NULL`.execute(tx);
  return numAffectedRows === 1n;
}

/** The sequences that a contact has to do with, by id from just after `after`; empty at the end of the list. */
export async function selectSequencesOf(
  db: Db,
  { lane, id }: { lane: number; id: string },
  after: string | undefined,
  limit: number,
): Promise<ContactsSequence[]> {
  const { rows } = await sql<ContactsSequence>`
    SELECT e.sequence_id, s.name AS sequence_name, e.active_enrollments, e.entries, e.last_entered_at,
           e.unsubscribed_at
    FROM sequitur.sequence_entries e
    JOIN sequitur.sequences s ON s.id = e.sequence_id
    WHERE e.lane = ${lane} AND e.contact_id = ${id}
      AND (${after ?? null}::uuid IS NULL OR e.sequence_id > ${after ?? null}::uuid)
    ORDER BY e.sequence_id
    LIMIT ${limit}`.execute(db);
  return rows;
}
