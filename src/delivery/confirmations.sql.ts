import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';

/** The intent to send the mail of a confirmation, committed before it is sent. `attempt` counts from 1. */
export type ConfirmationClaim = {
  lane: number;
  id: string;
  attempt: number;
  contact_id: string | null;
  email: string;
  promo_page_id: string;
  /** Whether the contact may get no mail any more, whatever they wish: it bounced, complained or was erased since they asked. */
  is_suppressed: boolean;
  /** Null where it was removed meanwhile: its link would lead nowhere. */
  page: {
    sequence_id: string;
    title: string;
    confirmation_subject: string | null;
    confirmation_text: string | null;
  } | null;
};

/**
 * Claims up to `limit` confirmations of the lane whose mail is due, or whose claim has run out; none where the lane has
 * passed to another worker, whose `epoch` is then later. In no order. The caller holds the lane's lock.
 */
export async function claimConfirmations(
  tx: Tx,
  lane: number,
  { epoch, limit, leaseMs, now }: { epoch: number; limit: number; leaseMs: number; now: Date },
): Promise<ConfirmationClaim[]> {
  const { rows } = await sql<ConfirmationClaim>`
    WITH due AS (
      SELECT c.id, CASE WHEN p.id IS NOT NULL THEN jsonb_build_object(
               'sequence_id', p.sequence_id, 'title', p.title,
               'confirmation_subject', p.confirmation_subject, 'confirmation_text', p.confirmation_text) END AS page,
             k.suppressed_at IS NOT NULL OR k.erased_at IS NOT NULL AS is_suppressed
      FROM sequitur.confirmations c
      LEFT JOIN sequitur.contacts k ON k.lane = c.lane AND k.id = c.contact_id
      LEFT JOIN sequitur.promo_pages p ON p.id = c.promo_page_id
      WHERE c.lane = ${lane} AND c.due_at IS NOT NULL
        AND greatest(c.due_at, c.claimed_until) <= greatest(${now}::timestamptz, now())
        AND c.due_at <= ${now} AND (c.claimed_until IS NULL OR c.claimed_until <= now())
        AND EXISTS (SELECT FROM sequitur.lane_leases l WHERE l.lane = ${lane} AND l.epoch = ${epoch})
      ORDER BY greatest(c.due_at, c.claimed_until)
      LIMIT ${limit}
    )
    UPDATE sequitur.confirmations c
    SET claimed_until = now() + ${leaseMs} * interval '1 millisecond', claimed_epoch = ${epoch},
        attempts = c.attempts + 1
    FROM due
    WHERE c.lane = ${lane} AND c.id = due.id
    RETURNING c.lane, c.id, c.attempts AS attempt, c.contact_id, c.email, c.promo_page_id, due.is_suppressed, due.page`.execute(
    tx,
  );
  return rows;
}

/** Those of these lanes in which the mail of a confirmation is due. In ascending order. */
export async function lanesToConfirm(db: Db, lanes: number[], now: Date): Promise<number[]> {
  const { rows } = await sql<{ lane: number }>`
    SELECT l.lane FROM unnest(${lanes}::smallint[]) AS l (lane)
    WHERE EXISTS (
      SELECT FROM sequitur.confirmations c
      WHERE c.lane = l.lane AND c.due_at IS NOT NULL
        AND greatest(c.due_at, c.claimed_until) <= greatest(${now}::timestamptz, now())
        AND c.due_at <= ${now} AND (c.claimed_until IS NULL OR c.claimed_until <= now())
    )
    ORDER BY l.lane`.execute(db);
  return rows.map((row) => row.lane);
}

type Sent = { sent_at: Date | null; last_error: string | null };

/**
 * No mail is due any more: it was sent, or will not be, which only its newest try can tell. False where none was due, or
 * that is known already.
 */
export async function closeMail(
  tx: Tx,
  { lane, id, attempt }: ConfirmationClaim,
  { sent_at, last_error }: Sent,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE sequitur.confirmations
    SET due_at = NULL, claimed_until = NULL, claimed_epoch = NULL, sent_at = ${sent_at}, last_error = ${last_error}
    WHERE lane = ${lane} AND id = ${id} AND due_at IS NOT NULL
      ${sent_at ? sql`` : sql`AND attempts = ${attempt}`}`.execute(tx);
  return numAffectedRows === 1n;
}

/** Gives a claim back, to be tried again at `dueAt`; unless it is another's by now. */
export async function postponeMail(
  tx: Tx,
  { lane, id, attempt }: ConfirmationClaim,
  { dueAt, error }: { dueAt: Date; error: string },
): Promise<void> {
  await sql`
    UPDATE sequitur.confirmations
    SET due_at = ${dueAt}, claimed_until = NULL, claimed_epoch = NULL, last_error = ${error}
    WHERE lane = ${lane} AND id = ${id} AND attempts = ${attempt} AND due_at IS NOT NULL`.execute(tx);
}

/** Gives a claim back that was not used: it does not count as a try. */
export async function giveMailBack(tx: Tx, { lane, id, attempt }: ConfirmationClaim): Promise<void> {
  await sql`
    UPDATE sequitur.confirmations
    SET claimed_until = NULL, claimed_epoch = NULL, attempts = attempts - 1
    WHERE lane = ${lane} AND id = ${id} AND attempts = ${attempt} AND due_at IS NOT NULL`.execute(tx);
}
