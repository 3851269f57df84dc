import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { Revision, RevisionQuery, Step } from './steps.ts';

/** The present steps of a sequence in their order, each as its newest revision has it. */
export async function selectSteps(db: Db, sequenceId: string): Promise<Step[]> {
  const { rows } = await sql<Step>`
    SELECT t.id, t.position, t.revision, r.delay_seconds, r.send_at, r.skip_if, r.subject, r.html, r.text, t.created_at,
           r.created_at AS revised_at, r.created_by AS revised_by
    FROM sequitur.sequence_steps t
    JOIN sequitur.step_revisions r ON r.step_id = t.id AND r.revision = t.revision
    WHERE t.sequence_id = ${sequenceId} AND t.removed_at IS NULL
    ORDER BY t.position`.execute(db);
  return rows;
}

/** Revisions of a step of this sequence, removed or not, newest first; empty where there is no such step. */
export async function selectRevisions(
  db: Db,
  sequenceId: string,
  stepId: string,
  { before, limit }: RevisionQuery,
): Promise<Revision[]> {
  const { rows } = await sql<Revision>`
    SELECT r.revision, r.delay_seconds, r.send_at, r.skip_if, r.subject, r.html, r.text, r.created_at, r.created_by
    FROM sequitur.sequence_steps t
    JOIN sequitur.step_revisions r ON r.step_id = t.id
    WHERE t.sequence_id = ${sequenceId} AND t.id = ${stepId}
      AND (${before ?? null}::int IS NULL OR r.revision < ${before ?? null}::int)
    ORDER BY r.revision DESC
    LIMIT ${limit}`.execute(db);
  return rows;
}

/** Inserts a step at its position, without its content. */
export async function insertStep(tx: Tx, sequenceId: string, step: Step): Promise<void> {
  await sql`
    INSERT INTO sequitur.sequence_steps (id, sequence_id, position, revision, created_at)
    VALUES (${step.id}, ${sequenceId}, ${step.position}, ${step.revision}, ${step.created_at})`.execute(tx);
}

/** Inserts the content of a step under its revision. */
export async function insertRevision(tx: Tx, step: Step): Promise<void> {
  await sql`
    INSERT INTO sequitur.step_revisions
      (step_id, revision, delay_seconds, send_at, skip_if, subject, html, text, created_at, created_by)
    VALUES (${step.id}, ${step.revision}, ${step.delay_seconds}, ${step.send_at},
            ${JSON.stringify(step.skip_if)}::jsonb, ${step.subject}, ${step.html}, ${step.text},
            ${step.revised_at}, ${step.revised_by})`.execute(tx);
}

/** Makes `step.revision` the one that is sent. */
export async function raiseRevision(tx: Tx, step: Step): Promise<void> {
  await sql`UPDATE sequitur.sequence_steps SET revision = ${step.revision} WHERE id = ${step.id}`.execute(tx);
}

/** Moves the present steps from `position` on up by one. A removed step keeps the number that it had. */
export async function openGap(tx: Tx, sequenceId: string, position: number): Promise<void> {
  await sql`
    UPDATE sequitur.sequence_steps SET position = position + 1
    WHERE sequence_id = ${sequenceId} AND removed_at IS NULL AND position >= ${position}`.execute(tx);
}

/** Moves the present steps after `position` down by one. */
export async function closeGap(tx: Tx, sequenceId: string, position: number): Promise<void> {
  await sql`
    UPDATE sequitur.sequence_steps SET position = position - 1
    WHERE sequence_id = ${sequenceId} AND removed_at IS NULL AND position > ${position}`.execute(tx);
}

/** Takes a step out, at its place. */
export async function markRemoved(tx: Tx, stepId: string, now: Date): Promise<void> {
  await sql`UPDATE sequitur.sequence_steps SET removed_at = ${now} WHERE id = ${stepId}`.execute(tx);
}

/** Numbers the present steps in the order of `stepIds`, from 0. */
export async function writeOrder(tx: Tx, sequenceId: string, stepIds: string[]): Promise<void> {
  await sql`
    UPDATE sequitur.sequence_steps t SET position = wanted.position - 1
    FROM unnest(${stepIds}::uuid[]) WITH ORDINALITY AS wanted (id, position)
    WHERE t.id = wanted.id AND t.sequence_id = ${sequenceId}`.execute(tx);
}
