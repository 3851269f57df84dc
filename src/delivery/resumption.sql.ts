import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { Enrollment } from '../enrollment/enrollment.ts';
import { readEnrollments } from '../enrollment/enrollments.sql.ts';
import type { Mark } from './after_pause.ts';

// So many places are kept of a pause: at most five seconds lie between two of them, and 40 kB.
const MARKS = 720;

/** Sequences that are active again, with overdue enrollments held in these lanes and no marks yet. In no order. */
export async function sequencesToMark(
  db: Db,
  lanes: number[],
): Promise<{ sequence_id: string; resumed_at: Date }[]> {
  const { rows } = await sql<{ sequence_id: string; resumed_at: Date }>`
    SELECT s.id AS sequence_id, s.activated_at AS resumed_at FROM sequitur.sequences s
    WHERE s.status = 'active' AND s.paused_at IS NOT NULL
      AND NOT EXISTS (
        SELECT FROM sequitur.resumptions r WHERE r.sequence_id = s.id AND r.resumed_at = s.activated_at)
      AND EXISTS (
        SELECT FROM sequitur.enrollments h
        WHERE h.lane = ANY(${lanes}::smallint[]) AND h.sequence_id = s.id
          AND h.held_at IS NOT NULL AND h.limited_by IS NULL AND h.due_at < s.activated_at)`.execute(db);
  return rows;
}

/**
 * How many enrollments of a sequence are overdue in all lanes at its return, and marks at even distances among them in
 * the order in which they fell due; no marks where there are none. Of those not held yet a claim may still be under way,
 * which lasts ten minutes at the longest.
 */
export async function overdueMarks(
  db: Db,
  sequenceId: string,
  resumedAt: Date,
): Promise<{ overdue: number; marks: Mark[] }> {
  const { rows } = await sql<{ due_at: Date; id: string; overdue: number }>`
    WITH overdue AS (
      SELECT due_at, id FROM sequitur.enrollments
      WHERE lane = ANY(ARRAY(SELECT lane FROM sequitur.lanes)) AND sequence_id = ${sequenceId}
        AND held_at IS NOT NULL AND limited_by IS NULL AND due_at < ${resumedAt}
      UNION ALL
      SELECT due_at, id FROM sequitur.enrollments
      WHERE lane = ANY(ARRAY(SELECT lane FROM sequitur.lanes)) AND sequence_id = ${sequenceId}
        AND limited_by IS NOT NULL AND due_at < ${resumedAt}
      UNION ALL
      SELECT due_at, id FROM sequitur.enrollments
      WHERE lane = ANY(ARRAY(SELECT lane FROM sequitur.lanes)) AND sequence_id = ${sequenceId}
        AND next_step_id IS NOT NULL AND held_at IS NULL AND due_at < ${resumedAt}
        AND greatest(due_at, claimed_until) < greatest(${resumedAt}::timestamptz, now()) + interval '10 minutes'
    ), numbered AS (
      SELECT due_at, id, row_number() OVER (ORDER BY due_at, id) - 1 AS n, count(*) OVER () AS overdue FROM overdue
    )
    SELECT due_at, id, overdue FROM numbered
    WHERE n = 0 OR overdue <= ${MARKS}::int OR n * ${MARKS}::int / overdue > (n - 1) * ${MARKS}::int / overdue
    ORDER BY n`.execute(db);
  const marks = rows.map(({ due_at, id }): Mark => [due_at.getTime(), id]);
  return { overdue: rows[0]?.overdue ?? 0, marks };
}

/** Keeps the marks of a sequence's return. Of several that read them the first is kept: the others came too late. */
export async function insertResumption(
  db: Db,
  resumption: { sequence_id: string; resumed_at: Date; overdue: number; marks: Mark[] },
): Promise<void> {
  const { sequence_id, resumed_at, overdue, marks } = resumption;
  await sql`
    INSERT INTO sequitur.resumptions AS kept (sequence_id, resumed_at, overdue, marks)
    VALUES (${sequence_id}, ${resumed_at}, ${overdue}, ${JSON.stringify(marks)}::jsonb)
    ON CONFLICT (sequence_id) DO UPDATE
    SET resumed_at = excluded.resumed_at, overdue = excluded.overdue, marks = excluded.marks
    WHERE kept.resumed_at < excluded.resumed_at`.execute(db);
}

/** The marks of these sequences' last returns, by sequence; one without any is missing. */
export async function readResumptions(tx: Tx, sequenceIds: string[]): Promise<Map<string, Mark[]>> {
  const { rows } = await sql<{ sequence_id: string; marks: Mark[] }>`
    SELECT sequence_id, marks FROM sequitur.resumptions
    WHERE sequence_id = ANY(${sequenceIds}::uuid[])`.execute(tx);
  return new Map(rows.map(({ sequence_id, marks }) => [sequence_id, marks]));
}

/**
 * Held enrollments of this lane that may go on, at most `limit`. In no order. Those that a limit of sending keeps back wait
 * for their turn there.
 */
export async function heldToRelease(tx: Tx, lane: number, limit: number): Promise<Enrollment[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT h.id FROM sequitur.enrollments h ${MAY_GO_ON}
    WHERE h.lane = ${lane} AND h.held_at IS NOT NULL AND h.limited_by IS NULL
    LIMIT ${limit}`.execute(tx);
  return readEnrollments(
    tx,
    lane,
    rows.map(({ id }) => id),
  );
}

/** The lanes, of these, that have something for `heldToRelease`. In ascending order. */
export async function lanesToRelease(db: Db, lanes: number[]): Promise<number[]> {
  const { rows } = await sql<{ lane: number }>`
    SELECT l.lane FROM unnest(${lanes}::smallint[]) AS l (lane)
    CROSS JOIN LATERAL (
      SELECT FROM sequitur.enrollments h ${MAY_GO_ON}
      WHERE h.lane = l.lane AND h.held_at IS NOT NULL AND h.limited_by IS NULL
      LIMIT 1
    ) first
    ORDER BY l.lane`.execute(db);
  return rows.map((row) => row.lane);
}

// Those of a sequence that is active again go on only when it is known where each of them stands.
const MAY_GO_ON = sql`
  JOIN sequitur.contacts c ON c.lane = h.lane AND c.id = h.contact_id
  JOIN sequitur.sequences s ON s.id = h.sequence_id AND s.status <> 'paused' AND s.status <> 'draft'
    AND (s.status <> 'active' OR s.paused_at IS NULL OR h.due_at >= s.activated_at OR EXISTS (
      SELECT FROM sequitur.resumptions r WHERE r.sequence_id = s.id AND r.resumed_at = s.activated_at))`;
