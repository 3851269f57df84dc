import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import type { Trigger } from '../ledger/facts.ts';
import type { PlannedStep } from '../sequences/plan.ts';
import type { TriggerAnswer } from './accept.ts';
import type { Guard } from './rules.ts';

type Pair = { contact_id: string; sequence_id: string };

/** Guard rows by `<contact> <sequence>`; a pair that never entered is missing. */
export async function readGuards(tx: Tx, lane: number, pairs: Pair[]): Promise<Map<string, Guard>> {
  const { rows } = await sql<Pair & Guard>`
    SELECT contact_id, sequence_id, active_enrollments, last_entered_at, entries, unsubscribed_at
    FROM sequitur.sequence_entries
    WHERE lane = ${lane} AND contact_id = ANY(${pairs.map((p) => p.contact_id)}::uuid[])
      AND sequence_id = ANY(${[...new Set(pairs.map((p) => p.sequence_id))]}::uuid[])`.execute(tx);
  return new Map(
    rows.map(({ contact_id, sequence_id, ...guard }) => [`${contact_id} ${sequence_id}`, guard]),
  );
}

/** Writes guard rows as given. */
export async function writeGuards(tx: Tx, lane: number, rows: (Pair & { guard: Guard })[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    INSERT INTO sequitur.sequence_entries
      (lane, contact_id, sequence_id, active_enrollments, last_entered_at, entries)
    SELECT ${lane}::smallint, new.*
    FROM unnest(${rows.map((r) => r.contact_id)}::uuid[], ${rows.map((r) => r.sequence_id)}::uuid[],
                ${rows.map((r) => r.guard.active_enrollments)}::int[],
                ${rows.map((r) => r.guard.last_entered_at)}::timestamptz[],
                ${rows.map((r) => r.guard.entries)}::int[]) AS new
    ON CONFLICT (lane, contact_id, sequence_id) DO UPDATE SET
      active_enrollments = excluded.active_enrollments,
      last_entered_at = excluded.last_entered_at,
      entries = excluded.entries`.execute(tx);
}

/** `first` is the step that the enrollment waits for; null where the sequence has none, and it is over at once. */
export type NewEnrollment = {
  id: string;
  sequence_id: string;
  contact_id: string;
  source: string;
  context: Record<string, unknown>;
  first: PlannedStep | null;
  due_at: Date | null;
  now: Date;
};

/** Inserts enrollments, each of which waits for its first step. */
export async function insertEnrollments(tx: Tx, lane: number, enrollments: NewEnrollment[]): Promise<void> {
  if (enrollments.length === 0) return;
  await sql`
    INSERT INTO sequitur.enrollments
      (lane, id, sequence_id, contact_id, source, context, next_step_id, next_revision, status,
       enrolled_at, next_entered_at, due_at, finished_at)
    SELECT ${lane}::smallint, id, sequence_id, contact_id, source, context, step_id, revision,
           CASE WHEN step_id IS NULL THEN 'finished' ELSE 'active' END, at,
           CASE WHEN step_id IS NOT NULL THEN at END,
           due_at,
           CASE WHEN step_id IS NULL THEN at END
    FROM unnest(${enrollments.map((e) => e.id)}::uuid[], ${enrollments.map((e) => e.sequence_id)}::uuid[],
                ${enrollments.map((e) => e.contact_id)}::uuid[], ${enrollments.map((e) => e.source)}::text[],
                ${enrollments.map((e) => JSON.stringify(e.context))}::jsonb[],
                ${enrollments.map((e) => e.first?.id ?? null)}::uuid[],
                ${enrollments.map((e) => e.first?.revision ?? null)}::int[],
                ${enrollments.map((e) => e.due_at)}::timestamptz[],
                ${enrollments.map((e) => e.now)}::timestamptz[])
      AS new (id, sequence_id, contact_id, source, context, step_id, revision, due_at, at)`.execute(tx);
}

export type KeptAnswer = Pick<TriggerAnswer, 'outcome' | 'reason' | 'trigger_id' | 'enrollment_id'>;

/** Earlier answers by `<contact> <sequence> <request key>`; what was not asked before is missing. */
export async function readTriggerKeys(
  tx: Tx,
  lane: number,
  requests: (Pair & { request_key: string | null })[],
): Promise<Map<string, KeptAnswer>> {
  const keyed = requests.filter((request) => request.request_key !== null);
  if (keyed.length === 0) return new Map();
  const { rows } = await sql<Pair & { request_key: string } & KeptAnswer>`
    SELECT contact_id, sequence_id, request_key, outcome, reason, trigger_id, enrollment_id
    FROM sequitur.trigger_keys
    WHERE lane = ${lane} AND contact_id = ANY(${keyed.map((r) => r.contact_id)}::uuid[])
      AND request_key = ANY(${[...new Set(keyed.map((r) => r.request_key))]}::text[])`.execute(tx);
  return new Map(
    rows.map(({ contact_id, sequence_id, request_key, ...answer }) => [
      `${contact_id} ${sequence_id} ${request_key}`,
      answer,
    ]),
  );
}

/** Keeps the answers of triggers that bear a request key. */
export async function insertTriggerKeys(tx: Tx, lane: number, triggers: Trigger[]): Promise<void> {
  const keyed = triggers.filter((trigger) => trigger.request_key !== null);
  if (keyed.length === 0) return;
  await sql`
    INSERT INTO sequitur.trigger_keys
      (lane, contact_id, sequence_id, request_key, trigger_id, outcome, reason, enrollment_id, created_at)
    SELECT ${lane}::smallint, new.*
    FROM unnest(${keyed.map((t) => t.contact_id)}::uuid[], ${keyed.map((t) => t.sequence_id)}::uuid[],
                ${keyed.map((t) => t.request_key)}::text[], ${keyed.map((t) => t.id)}::uuid[],
                ${keyed.map((t) => t.outcome)}::text[], ${keyed.map((t) => t.reason)}::text[],
                ${keyed.map((t) => t.enrollment_id)}::uuid[],
                ${keyed.map((t) => t.occurred_at)}::timestamptz[]) AS new`.execute(tx);
}
