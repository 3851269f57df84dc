import { sql } from 'kysely';
import type { Contact } from '../contacts/directory.ts';
import type { Db, Tx } from '../db/database.ts';
import type { Enrollment } from '../enrollment/enrollment.ts';

/** What a workspace holds that somebody put there, as words: "sequences", "contacts", …; empty in a new one. */
export async function whatIsThere(db: Db): Promise<string[]> {
  const { rows } = await sql<{ what: string }>`
    SELECT what FROM (
      SELECT 1 AS place, 'sequences' AS what WHERE EXISTS (SELECT FROM sequitur.sequences)
      UNION ALL SELECT 2, 'contacts' WHERE EXISTS (SELECT FROM sequitur.contacts)
      UNION ALL SELECT 3, 'executions' WHERE EXISTS (SELECT FROM sequitur.all_executions)
      UNION ALL SELECT 4, 'administrators' WHERE EXISTS (SELECT FROM sequitur.users)
      UNION ALL SELECT 5, 'API keys' WHERE EXISTS (SELECT FROM sequitur.api_keys)
    ) held ORDER BY place`.execute(db);
  return rows.map(({ what }) => what);
}

/** Whether the lane has any contact. */
export async function hasContacts(tx: Tx, lane: number): Promise<boolean> {
  const { rows } = await sql`SELECT FROM sequitur.contacts WHERE lane = ${lane} LIMIT 1`.execute(tx);
  return rows.length > 0;
}

/** A contact whose row is to say since when they are known. */
export type Known = Contact & { known_since: Date };

/** Writes what these contacts' history has made of them: since when they are known, zone, and marks. */
export async function writeStanding(tx: Tx, lane: number, contacts: Known[]): Promise<void> {
  const list = (column: keyof Known) => sql`${contacts.map((contact) => contact[column])}`;
  await sql`
    UPDATE sequitur.contacts c
    SET created_at = new.known_since, time_zone = new.time_zone, unsubscribed_at = new.unsubscribed_at,
        suppressed_at = new.suppressed_at, suppressed_reason = new.suppressed_reason,
        updated_at = greatest(new.known_since, new.unsubscribed_at, new.suppressed_at)
    FROM unnest(${list('id')}::uuid[], ${list('known_since')}::timestamptz[], ${list('time_zone')}::text[],
                ${list('unsubscribed_at')}::timestamptz[], ${list('suppressed_at')}::timestamptz[],
                ${list('suppressed_reason')}::text[])
      AS new (id, known_since, time_zone, unsubscribed_at, suppressed_at, suppressed_reason)
    WHERE c.lane = ${lane} AND c.id = new.id`.execute(tx);
}

const ENROLLMENT = [
  ['id', 'uuid'],
  ['sequence_id', 'uuid'],
  ['contact_id', 'uuid'],
  ['source', 'text'],
  ['context', 'jsonb'],
  ['status', 'text'],
  ['exit_reason', 'text'],
  ['last_step_id', 'uuid'],
  ['next_step_id', 'uuid'],
  ['next_revision', 'integer'],
  ['next_entered_at', 'timestamptz'],
  ['due_at', 'timestamptz'],
  ['held_at', 'timestamptz'],
  ['enrolled_at', 'timestamptz'],
  ['finished_at', 'timestamptz'],
] as const satisfies [keyof Enrollment, string][];

/** Inserts enrollments as they stand after their history; none is claimed or was tried in vain. */
export async function insertEnrollmentsAsTheyStand(
  tx: Tx,
  lane: number,
  enrollments: Enrollment[],
): Promise<void> {
  if (enrollments.length === 0) return;
  const names = sql.join(ENROLLMENT.map(([column]) => sql.ref(column)));
  const arrays = ENROLLMENT.map(([column, type]) => {
    const values = enrollments.map((e) => (column === 'context' ? JSON.stringify(e.context) : e[column]));
    return sql`${values}::${sql.raw(type)}[]`;
  });
  await sql`
    INSERT INTO sequitur.enrollments (lane, ${names})
    SELECT ${lane}::smallint, ${names} FROM unnest(${sql.join(arrays)}) AS new (${names})`.execute(tx);
}

/** Tells the planner how much there is now: until autovacuum comes round, it takes full tables for empty ones. */
export async function analyze(db: Db): Promise<void> {
  await sql`
    ANALYZE sequitur.contacts, sequitur.contact_emails, sequitur.enrollments, sequitur.sequence_entries,
            sequitur.triggers, sequitur.enrollment_steps, sequitur.sequence_executions, sequitur.recipients,
            sequitur.reach_deltas, sequitur.people_deltas, sequitur.step_deltas, sequitur.funnel_deltas,
            sequitur.reach_spans, sequitur.source_reach_spans, sequitur.people_spans, sequitur.step_spans,
            sequitur.funnel_spans, sequitur.trigger_counts, sequitur.weekly_counts, sequitur.sequence_totals,
            sequitur.workspace_totals`.execute(db);
}
