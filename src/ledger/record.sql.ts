import { type RawBuilder, sql } from 'kysely';
import { arrayOf, type ElementType } from '../db/arrays.sql.ts';
import type { Tx } from '../db/database.ts';
import type { Execution, StepLeft, Trigger } from './facts.ts';

export type RecipientRow = { contact_id: string; sequence_id: string; source: string; last_at: Date };

/** The newest execution of each sequence and source of these contacts. In no order; empty for new contacts. */
export async function readRecipients(tx: Tx, lane: number, contacts: string[]): Promise<RecipientRow[]> {
  // In a subquery, or the planner would look at every contact in turn: a third of the time that this took.
  const { rows } = await sql<RecipientRow>`
    SELECT contact_id, sequence_id, source, last_at
    FROM sequitur.recipients
    WHERE lane = ${lane} AND contact_id = ANY((SELECT ${arrayOf(contacts, 'uuid')})::uuid[])`.execute(tx);
  return rows;
}

/** Takes executions up into `recipients`: first, last and number of each contact, sequence and source. */
export async function raiseRecipients(tx: Tx, lane: number, executions: Execution[]): Promise<void> {
  if (executions.length === 0) return;
  await sql`
    INSERT INTO sequitur.recipients AS had (lane, contact_id, sequence_id, source, first_at, last_at, n)
    SELECT ${lane}::smallint, contact_id, sequence_id, source, min(at), max(at), count(*)
    FROM unnest(${column(executions, 'contact_id', 'uuid')}, ${column(executions, 'sequence_id', 'uuid')},
                ${column(executions, 'source', 'text')}, ${column(executions, 'executed_at', 'timestamptz')})
      AS new (contact_id, sequence_id, source, at)
    GROUP BY contact_id, sequence_id, source
    ON CONFLICT (lane, contact_id, sequence_id, source) DO UPDATE SET
      first_at = least(had.first_at, excluded.first_at),
      last_at = greatest(had.last_at, excluded.last_at),
      n = had.n + excluded.n`.execute(tx);
}

const EXECUTION_COLUMNS: [keyof Execution, ElementType][] = [
  ['executed_at', 'timestamptz'],
  ['id', 'uuid'],
  ['sequence_id', 'uuid'],
  ['step_id', 'uuid'],
  ['revision', 'integer'],
  ['enrollment_id', 'uuid'],
  ['contact_id', 'uuid'],
  ['recipient_email', 'text'],
  ['recipient_user_id', 'text'],
  ['context', 'jsonb'],
  ['source', 'text'],
  ['via', 'text'],
  ['message_id', 'text'],
];

/**
 * Inserts executions as they are, those of weeks that are not hot (`hotWeeks`) into the archive. Fails on one whose
 * identity (contact_id, executed_at, id) is there already.
 */
export async function insertExecutions(
  tx: Tx,
  lane: number,
  executions: Execution[],
  isHot: (at: Date) => boolean,
): Promise<void> {
  const [hot, archived] = [true, false].map((is) => executions.filter((e) => isHot(e.executed_at) === is));
  await Promise.all([
    insertRows(tx, lane, 'sequence_executions', EXECUTION_COLUMNS, hot ?? []),
    insertRows(tx, lane, 'sequence_executions_archive', EXECUTION_COLUMNS, archived ?? []),
  ]);
}

const TRIGGER_COLUMNS: [keyof Trigger, ElementType][] = [
  ['occurred_at', 'timestamptz'],
  ['id', 'uuid'],
  ['sequence_id', 'uuid'],
  ['contact_id', 'uuid'],
  ['source', 'text'],
  ['outcome', 'text'],
  ['reason', 'text'],
  ['context', 'jsonb'],
  ['enrollment_id', 'uuid'],
  ['request_key', 'text'],
];

/** Inserts triggers as they are. */
export async function insertTriggers(tx: Tx, lane: number, triggers: Trigger[]): Promise<void> {
  await insertRows(tx, lane, 'triggers', TRIGGER_COLUMNS, triggers);
}

const STEP_COLUMNS: [keyof StepLeft, ElementType][] = [
  ['entered_at', 'timestamptz'],
  ['enrollment_id', 'uuid'],
  ['step_id', 'uuid'],
  ['sequence_id', 'uuid'],
  ['contact_id', 'uuid'],
  ['revision', 'integer'],
  ['source', 'text'],
  ['outcome', 'text'],
  ['reason', 'text'],
  ['reply', 'text'],
  ['at', 'timestamptz'],
];

/** Inserts the outcomes of steps as they are. */
export async function insertStepsLeft(tx: Tx, lane: number, steps: StepLeft[]): Promise<void> {
  await insertRows(tx, lane, 'enrollment_steps', STEP_COLUMNS, steps);
}

/** Replaces the outcome of a step that was left, hot or archived. Throws where it was not. */
export async function overruleStep(tx: Tx, lane: number, step: StepLeft): Promise<void> {
  for (const table of ['enrollment_steps', 'enrollment_steps_archive']) {
    const { numAffectedRows } = await sql`
      UPDATE ${sql.table(`sequitur.${table}`)}
      SET revision = ${step.revision}, outcome = ${step.outcome}, reason = ${step.reason}, reply = ${step.reply},
          at = ${step.at}
      WHERE lane = ${lane} AND entered_at = ${step.entered_at} AND enrollment_id = ${step.enrollment_id}
        AND step_id = ${step.step_id}`.execute(tx);
    if (Number(numAffectedRows) === 1) return;
  }
  throw new Error(`Enrollment ${step.enrollment_id} has no outcome for step ${step.step_id}.`);
}

async function insertRows<Row extends object>(
  tx: Tx,
  lane: number,
  table: string,
  columns: [keyof Row & string, ElementType][],
  rows: Row[],
): Promise<void> {
  if (rows.length === 0) return;
  const names = sql.raw(columns.map(([name]) => name).join(', '));
  const arrays = columns.map(([name, type]) => column(rows, name, type));
  await sql`
    INSERT INTO ${sql.table(`sequitur.${table}`)} (lane, ${names})
    SELECT ${lane}::smallint, ${names} FROM unnest(${sql.join(arrays)}) AS new (${names})`.execute(tx);
}

function column<Row>(rows: Row[], name: keyof Row, type: ElementType): RawBuilder<unknown> {
  return arrayOf(
    rows.map((row) => row[name]),
    type,
  );
}
