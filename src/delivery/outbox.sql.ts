import { sql } from 'kysely';
import { arrayOf, type ElementType } from '../db/arrays.sql.ts';
import type { Db, Tx } from '../db/database.ts';

/** A mail that was kept instead of sent. */
export type CapturedMail = {
  id: string;
  kind: 'step' | 'test' | 'confirmation';
  sequence_id: string;
  /** Null, as is the revision, of a mail that asks for a confirmation. */
  step_id: string | null;
  revision: number | null;
  contact_id: string | null;
  message_id: string;
  sender: string;
  recipient: string;
  subject: string;
  html: string;
  text: string;
  headers: Record<string, string>;
  captured_at: Date;
};

/** Keeps captured mails in a lane. */
export async function insertCaptured(tx: Tx, lane: number, mails: CapturedMail[]): Promise<void> {
  if (mails.length === 0) return;
  const list = (column: keyof CapturedMail, type: ElementType) =>
    arrayOf(
      mails.map((mail) => mail[column]),
      type,
    );
  await sql`
    INSERT INTO sequitur.captured_mails
      (lane, id, kind, sequence_id, step_id, revision, contact_id, message_id, sender, recipient, subject, html,
       text, headers, captured_at)
    SELECT ${lane}::smallint, new.*
    FROM unnest(${list('id', 'uuid')}, ${list('kind', 'text')}, ${list('sequence_id', 'uuid')},
                ${list('step_id', 'uuid')}, ${list('revision', 'integer')}, ${list('contact_id', 'uuid')},
                ${list('message_id', 'text')}, ${list('sender', 'text')}, ${list('recipient', 'text')},
                ${list('subject', 'text')}, ${list('html', 'text')}, ${list('text', 'text')},
                ${list('headers', 'jsonb')}, ${list('captured_at', 'timestamptz')}) AS new`.execute(tx);
}

export type OutboxEntry = Pick<
  CapturedMail,
  'id' | 'kind' | 'sequence_id' | 'recipient' | 'subject' | 'captured_at'
> & {
  sequence_name: string;
};

/** Where a page of the outbox ends: its last mail. */
export type OutboxPlace = { captured_at: Date; id: string };

/** Captured mails, the newest first, after `place`; empty past the last. */
export async function listCaptured(db: Db, limit: number, place: OutboxPlace | null): Promise<OutboxEntry[]> {
  const { rows } = await sql<OutboxEntry>`
    SELECT m.id, m.kind, m.sequence_id, s.name AS sequence_name, m.recipient, m.subject, m.captured_at
    FROM sequitur.captured_mails m
    JOIN sequitur.sequences s ON s.id = m.sequence_id
    ${place ? sql`WHERE (m.captured_at, m.id) < (${place.captured_at}::timestamptz, ${place.id}::uuid)` : sql``}
    ORDER BY m.captured_at DESC, m.id DESC
    LIMIT ${limit}`.execute(db);
  return rows;
}

/** One captured mail with its content; undefined where there is none of that id (any more). */
export async function readCaptured(
  db: Db,
  id: string,
): Promise<(CapturedMail & { sequence_name: string }) | undefined> {
  const { rows } = await sql<CapturedMail & { sequence_name: string }>`
    SELECT m.*, s.name AS sequence_name
    FROM sequitur.captured_mails m
    JOIN sequitur.sequences s ON s.id = m.sequence_id
    WHERE m.id = ${id}`.execute(db);
  return rows[0];
}

/** Drops the lane's captured mails from before `before`. */
export async function dropCaptured(db: Db, lane: number, before: Date): Promise<void> {
  await sql`DELETE FROM sequitur.captured_mails WHERE lane = ${lane} AND captured_at < ${before}`.execute(db);
}
