import { sql } from 'kysely';
import { arrayOf, type ElementType } from '../db/arrays.sql.ts';
import type { Db, Tx } from '../db/database.ts';
import type { Feedback } from './feedback.ts';

const COLUMNS: [keyof Feedback, ElementType][] = [
  ['contact_id', 'uuid'],
  ['id', 'uuid'],
  ['type', 'text'],
  ['kind', 'text'],
  ['via', 'text'],
  ['sequence_id', 'uuid'],
  ['enrollment_id', 'uuid'],
  ['step_id', 'uuid'],
  ['revision', 'integer'],
  ['execution_id', 'uuid'],
  ['reason', 'text'],
  ['reply', 'text'],
  ['occurred_at', 'timestamptz'],
  ['recorded_at', 'timestamptz'],
];

/** Keeps feedback of contacts of this lane; of what is kept already, nothing changes. Answers the ids of what is new. */
export async function insertFeedback(tx: Tx, lane: number, feedback: Feedback[]): Promise<Set<string>> {
  if (feedback.length === 0) return new Set();
  const names = sql.raw(COLUMNS.map(([name]) => name).join(', '));
  const arrays = COLUMNS.map(([name, type]) =>
    arrayOf(
      feedback.map((each) => each[name]),
      type,
    ),
  );
  const { rows } = await sql<{ id: string }>`
    INSERT INTO sequitur.feedback (lane, ${names})
    SELECT ${lane}::smallint, ${names} FROM unnest(${sql.join(arrays)}) AS new (${names})
    ON CONFLICT DO NOTHING
    RETURNING id`.execute(tx);
  return new Set(rows.map(({ id }) => id));
}

/** A step of an enrollment whose mail went out, or was about to. */
export type MailedStep = {
  lane: number;
  contact_id: string;
  sequence_id: string;
  enrollment_id: string;
  step_id: string;
  revision: number;
  /** Or it is with the server at this moment. False where there is no execution: the mail was refused, or put off. */
  is_sent: boolean;
};

/**
 * The steps of these enrollments that were left, hot or archived, or are being tried, whatever their lanes. In no order;
 * enrollments that do not exist are missing. The lanes are named, since the keys begin with the lane.
 */
export async function readMailedSteps(db: Db, enrollmentIds: string[]): Promise<MailedStep[]> {
  if (enrollmentIds.length === 0) return [];
  const ids = arrayOf(enrollmentIds, 'uuid');
  const lanes = sql`ANY(ARRAY(SELECT lane FROM sequitur.lanes))`;
  const { rows } = await sql<MailedStep>`
    SELECT lane, contact_id, sequence_id, enrollment_id, step_id, revision, outcome = 'sent' AS is_sent
    FROM sequitur.all_enrollment_steps WHERE lane = ${lanes} AND enrollment_id = ANY(${ids})
    UNION ALL
    SELECT lane, contact_id, sequence_id, id, next_step_id, coalesce(claimed_revision, next_revision),
           claimed_step_id IS NOT NULL
    FROM sequitur.enrollments
    WHERE lane = ${lanes} AND id = ANY(${ids}) AND next_step_id IS NOT NULL AND attempts > 0`.execute(db);
  return rows;
}
