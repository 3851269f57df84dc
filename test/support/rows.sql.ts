import { sql } from 'kysely';
import { addressKey } from '../../src/contacts/address.ts';
import type { Db, Tx } from '../../src/db/database.ts';
import type { Enrollment } from '../../src/enrollment/enrollment.ts';
import type { Feedback } from '../../src/feedback/feedback.ts';
import type { Execution, StepLeft, Trigger } from '../../src/ledger/facts.ts';

/** How many rows every table of the schema has, partitions counted once. */
export async function countRows(db: Db): Promise<Record<string, number>> {
  const { rows: tables } = await sql<{ name: string }>`
    SELECT c.relname AS name FROM pg_class c
    WHERE c.relnamespace = 'sequitur'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    ORDER BY 1`.execute(db);
  const counts = tables.map(async ({ name }) => {
    const { rows } = await sql<{ n: number }>`
      SELECT count(*)::int AS n FROM ${sql.table(`sequitur.${name}`)}`.execute(db);
    return [name, rows[0]?.n ?? 0] as const;
  });
  return Object.fromEntries(await Promise.all(counts));
}

/** Executions of a sequence, the oldest first. */
export async function executionsOf(db: Db, sequenceId: string): Promise<Execution[]> {
  const { rows } = await sql<Execution>`
    SELECT * FROM sequitur.all_executions WHERE sequence_id = ${sequenceId}
    ORDER BY executed_at, id`.execute(db);
  return rows;
}

/** Triggers of a sequence, the oldest first. */
export async function triggersOf(db: Db, sequenceId: string): Promise<Trigger[]> {
  const { rows } = await sql<Trigger>`
    SELECT * FROM sequitur.all_triggers WHERE sequence_id = ${sequenceId} ORDER BY occurred_at, id`.execute(
    db,
  );
  return rows;
}

/** Enrollments of a sequence, the oldest first. */
export async function enrollmentsOf(db: Db, sequenceId: string): Promise<(Enrollment & { lane: number })[]> {
  const { rows } = await sql<Enrollment & { lane: number }>`
    SELECT * FROM sequitur.enrollments WHERE sequence_id = ${sequenceId} ORDER BY enrolled_at, id`.execute(
    db,
  );
  return rows;
}

/** How the steps of a sequence's enrollments were left, in the order in which they were. */
export async function stepsLeftOf(db: Db, sequenceId: string): Promise<StepLeft[]> {
  const { rows } = await sql<StepLeft>`
    SELECT * FROM sequitur.all_enrollment_steps WHERE sequence_id = ${sequenceId} ORDER BY at, entered_at`.execute(
    db,
  );
  return rows;
}

export type Guarded = { active_enrollments: number; entries: number };

/** The guard rows of a sequence. */
export async function guardsOf(db: Db, sequenceId: string): Promise<Guarded[]> {
  const { rows } = await sql<Guarded>`
    SELECT active_enrollments, entries FROM sequitur.sequence_entries
    WHERE sequence_id = ${sequenceId}`.execute(db);
  return rows;
}

export type Captured = {
  kind: 'step' | 'test' | 'confirmation';
  recipient: string;
  subject: string;
  text: string;
  message_id: string;
  headers: Record<string, string>;
};

/** What became of the mails that asked for confirmations by way of a promo page, the first asked first. */
export type ConfirmationRow = {
  id: string;
  lane: number;
  contact_id: string | null;
  email: string | null;
  name: string | null;
  confirmed_at: Date | null;
  due_at: Date | null;
  claimed_until: Date | null;
  attempts: number;
  sent_at: Date | null;
  last_error: string | null;
};

export async function confirmationsOf(db: Db, promoPageId: string): Promise<ConfirmationRow[]> {
  const { rows } = await sql<ConfirmationRow>`
    SELECT id, lane, contact_id, email, name, confirmed_at, due_at, claimed_until, attempts, sent_at, last_error
    FROM sequitur.confirmations WHERE promo_page_id = ${promoPageId} ORDER BY asked_at, id`.execute(db);
  return rows;
}

/** Captured mails of a sequence, the oldest first. */
export async function capturedOf(db: Db, sequenceId: string): Promise<Captured[]> {
  const { rows } = await sql<Captured>`
    SELECT kind, recipient, subject, text, message_id, headers FROM sequitur.captured_mails
    WHERE sequence_id = ${sequenceId} ORDER BY captured_at, id`.execute(db);
  return rows;
}

export type Lifetime = { executions: number; recipients: number; triggers: number; suppressed: number };

/** A sequence's lifetime counters, added up over lanes. */
export async function lifetimeOf(db: Db, sequenceId: string): Promise<Lifetime> {
  const { rows } = await sql<Lifetime>`
    SELECT coalesce(sum(executions), 0)::int8 AS executions, coalesce(sum(recipients), 0)::int8 AS recipients,
           coalesce(sum(triggers), 0)::int8 AS triggers, coalesce(sum(suppressed), 0)::int8 AS suppressed
    FROM sequitur.sequence_totals WHERE sequence_id = ${sequenceId}`.execute(db);
  return rows[0] ?? { executions: 0, recipients: 0, triggers: 0, suppressed: 0 };
}

/** A sequence's funnel: how many stand where, by `<outcome>` or `<outcome> <reason>`; zeros left out. */
export async function funnelOf(db: Db, sequenceId: string): Promise<Record<string, number>> {
  const { rows } = await sql<{ name: string; n: number }>`
    SELECT trim(outcome || ' ' || reason) AS name, sum(n)::int8 AS n
    FROM (
      SELECT sequence_id, outcome, reason, n FROM sequitur.funnel_counts
      UNION ALL
      SELECT sequence_id, outcome, reason, n FROM sequitur.funnel_spans WHERE span = 'day'
    ) f
    WHERE sequence_id = ${sequenceId}
    GROUP BY 1 HAVING sum(n) <> 0`.execute(db);
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
}

export type LaneRow = { lane: number; owner: string | null; epoch: number };

/** All lanes, in order. */
export async function lanesOf(db: Db): Promise<LaneRow[]> {
  const { rows } = await sql<LaneRow>`
    SELECT lane, owner, epoch FROM sequitur.lane_leases ORDER BY lane`.execute(db);
  return rows;
}

/** Lets every lease run out, as if nobody had been heard of for long enough. */
export async function lapseLeases(db: Db): Promise<void> {
  await sql`
    UPDATE sequitur.lane_leases SET lease_until = now() - interval '1 second'
    WHERE owner IS NOT NULL`.execute(db);
  await sql`DELETE FROM sequitur.workers`.execute(db);
}

/** Gives every lane back, as workers do that stop with nothing under way. */
export async function giveLanesBack(db: Db): Promise<void> {
  await sql`UPDATE sequitur.lane_leases SET owner = NULL, lease_until = NULL`.execute(db);
  await sql`DELETE FROM sequitur.workers`.execute(db);
}

/** Lets every claim run out. */
export async function lapseClaims(db: Db): Promise<void> {
  await sql`UPDATE sequitur.enrollments SET claimed_until = now() WHERE claimed_until > now()`.execute(db);
}

/** Marks a contact, as the parts that do so elsewhere would. */
export async function markContact(
  db: Db,
  email: string,
  marks: {
    suppressed_reason?: 'bounced' | 'complained' | 'manual';
    erased?: boolean;
    unsubscribed?: boolean;
  },
): Promise<void> {
  await sql`
    UPDATE sequitur.contacts
    SET suppressed_reason = ${marks.suppressed_reason ?? null},
        suppressed_at = ${marks.suppressed_reason ? new Date() : null}::timestamptz,
        erased_at = ${marks.erased ? new Date() : null}::timestamptz,
        unsubscribed_at = ${marks.unsubscribed ? new Date() : null}::timestamptz
    WHERE email = ${email}`.execute(db);
}

export type ContactMarks = {
  id: string;
  lane: number;
  name: string | null;
  external_user_id: string | null;
  suppressed_reason: string | null;
  unsubscribed_at: Date | null;
};

/** The contact of an address; undefined where there is none. */
export async function contactOf(db: Db, email: string): Promise<ContactMarks | undefined> {
  const { rows } = await sql<ContactMarks>`
    SELECT id, lane, name, external_user_id, suppressed_reason, unsubscribed_at FROM sequitur.contacts WHERE email = ${email}`.execute(
    db,
  );
  return rows[0];
}

/** Ends the sessions whose application has this name; answers how many there were. */
export async function endSessions(db: Db, applicationName: string): Promise<number> {
  const { rows } = await sql`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = ${applicationName}`.execute(
    db,
  );
  return rows.length;
}

/** Says something on Sequitur's channel that Sequitur would never say. */
export async function sayAnything(db: Db, payload: string): Promise<void> {
  await sql`SELECT pg_notify('sequitur', ${payload})`.execute(db);
}

/** Gives a contact a further address, of another lane, and makes that its address. `secret` is the directory's. */
export async function moveContact(
  tx: Tx,
  secret: Buffer,
  contact: { lane: number; contact_id: string },
  to: { lane: number; email: string },
): Promise<void> {
  await sql`
    INSERT INTO sequitur.contact_emails (lane, email_key, contact_lane, contact_id, normalisation, created_at)
    VALUES (${to.lane}, ${addressKey(secret, to.email)}, ${contact.lane}, ${contact.contact_id}, 1, now())`.execute(
    tx,
  );
  await sql`
    UPDATE sequitur.contacts SET email = ${to.email}
    WHERE lane = ${contact.lane} AND id = ${contact.contact_id}`.execute(tx);
}

/** Keeps everybody else from writing to a table until the transaction ends. */
export async function lockTable(tx: Tx, table: string): Promise<void> {
  await sql`LOCK TABLE ${sql.table(`sequitur.${table}`)} IN EXCLUSIVE MODE`.execute(tx);
}

/** Whether some session of this database waits for a lock that another one holds. */
export async function waitingForLocks(db: Db): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(db);
  return rows.length > 0;
}

/** How many sessions of this database listen for notifications. */
export async function listeners(db: Db): Promise<number> {
  const { rows } = await sql`
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`.execute(db);
  return rows.length;
}

/** The partition in which the row of this id is kept; undefined where there is no such row. */
export async function weekOf(
  db: Db,
  table: 'triggers' | 'sequence_executions',
  id: string,
): Promise<string | undefined> {
  const { rows } = await sql<{ week: string }>`
    SELECT c.relname AS week FROM ${sql.table(`sequitur.${table}`)} t
    JOIN pg_class c ON c.oid = t.tableoid WHERE t.id = ${id}`.execute(db);
  return rows[0]?.week;
}

/** The bounces and complaints of a contact, in the order in which they happened. */
export async function feedbackOf(db: Db, contactId: string): Promise<Feedback[]> {
  const { rows } = await sql<Feedback>`
    SELECT contact_id, id, type, kind, via, sequence_id, enrollment_id, step_id, revision, execution_id, reason, reply,
           occurred_at, recorded_at
    FROM sequitur.feedback WHERE contact_id = ${contactId} ORDER BY occurred_at, id`.execute(db);
  return rows;
}
