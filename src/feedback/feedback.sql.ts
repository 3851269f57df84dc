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
 * enrollments that do not exist are missing. The lanes are named, since the keys begin with the lane; and steps are
 * looked for by the lane and beginning of their own enrollment, or each week would be asked for each in every lane.
 */
export async function readMailedSteps(db: Db, enrollmentIds: string[]): Promise<MailedStep[]> {
  if (enrollmentIds.length === 0) return [];
  const named = sql`
    e.lane = ANY(ARRAY(SELECT lane FROM sequitur.lanes)) AND e.id = ANY(${arrayOf(enrollmentIds, 'uuid')})`;
  const { rows } = await sql<MailedStep>`
    SELECT e.lane, e.contact_id, e.sequence_id, e.id AS enrollment_id, s.step_id, s.revision,
           s.outcome = 'sent' AS is_sent
    FROM sequitur.enrollments e
    JOIN sequitur.all_enrollment_steps s
      ON s.lane = e.lane AND s.enrollment_id = e.id AND s.entered_at >= e.enrolled_at
    WHERE ${named}
    UNION ALL
    SELECT e.lane, e.contact_id, e.sequence_id, e.id, e.next_step_id, coalesce(e.claimed_revision, e.next_revision),
           e.claimed_step_id IS NOT NULL
    FROM sequitur.enrollments e
    WHERE ${named} AND e.next_step_id IS NOT NULL AND e.attempts > 0`.execute(db);
  return rows;
}
