import { sql } from 'kysely';
import type { Db, Tx } from '../../db/database.ts';

/** Somebody who filled in a form and is asked whether it was them. What was typed is there until they say so. */
export type Confirmation = {
  id: string;
  promo_page_id: string;
  email_key: Buffer;
  /** Given where the contact was known when the form came. */
  contact_id: string | null;
  email: string | null;
  name: string | null;
  asked_at: Date;
  confirmed_at: Date | null;
};

/** The confirmation of this id; undefined where there is none (any more). */
export async function readConfirmation(db: Db, lane: number, id: string): Promise<Confirmation | undefined> {
  const { rows } = await sql<Confirmation>`
    SELECT id, promo_page_id, email_key, contact_id, email, name, asked_at, confirmed_at
    FROM sequitur.confirmations WHERE lane = ${lane} AND id = ${id}`.execute(db);
  return rows[0];
}

export type Asked = Pick<Confirmation, 'promo_page_id' | 'asked_at' | 'confirmed_at'>;

/** What an address was asked since `since`, and what it has ever confirmed. In no order. */
export async function readAsked(tx: Tx, lane: number, emailKey: Buffer, since: Date): Promise<Asked[]> {
  const { rows } = await sql<Asked>`
    SELECT promo_page_id, asked_at, confirmed_at FROM sequitur.confirmations
    WHERE lane = ${lane} AND email_key = ${emailKey} AND (asked_at > ${since} OR confirmed_at IS NOT NULL)`.execute(
    tx,
  );
  return rows;
}

/** Keeps a confirmation; its mail is due at once. */
export async function insertConfirmation(tx: Tx, lane: number, asked: Confirmation): Promise<void> {
  await sql`
    INSERT INTO sequitur.confirmations
      (lane, id, promo_page_id, email_key, contact_id, email, name, asked_at, due_at)
    VALUES (${lane}, ${asked.id}, ${asked.promo_page_id}, ${asked.email_key}, ${asked.contact_id},
            ${asked.email}, ${asked.name}, ${asked.asked_at}, ${asked.asked_at})`.execute(tx);
}

/** Notes that an address is confirmed for a page: every link that it was sent for it is done with, and no mail is due. */
export async function markConfirmed(
  tx: Tx,
  lane: number,
  { promo_page_id, email_key }: Confirmation,
  { contact_id, at }: { contact_id: string; at: Date },
): Promise<void> {
  await sql`
    UPDATE sequitur.confirmations
    SET confirmed_at = ${at}, contact_id = ${contact_id}, email = NULL, name = NULL, last_error = NULL,
        due_at = NULL, claimed_until = NULL, claimed_epoch = NULL
    WHERE lane = ${lane} AND email_key = ${email_key} AND promo_page_id = ${promo_page_id}
      AND confirmed_at IS NULL`.execute(tx);
}

/** Drops what was asked before `before` and never confirmed, in one lane. */
export async function dropUnconfirmed(db: Db, lane: number, before: Date): Promise<void> {
  await sql`
    DELETE FROM sequitur.confirmations
    WHERE lane = ${lane} AND asked_at < ${before} AND confirmed_at IS NULL`.execute(db);
}
