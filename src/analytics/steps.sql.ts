import { sql } from 'kysely';
import { EVERYTHING, type Filter } from './filter.ts';
import type { Question } from './frame.ts';
import { matching } from './totals.sql.ts';

/** Emails of one revision of a step. `position` is null where the step was removed, `subject` where it is not ours. */
export type StepTotals = {
  step_id: string;
  revision: number;
  subject: string | null;
  position: number | null;
  executions: number;
};

/** Emails by step and revision, in the order of the steps, removed ones last; empty where nothing was sent. */
export async function totalsByStep(
  { tx, calendar_id, days }: Question,
  sequenceId: string,
  filter: Filter = EVERYTHING,
): Promise<StepTotals[]> {
  const { rows } = await sql<StepTotals>`
    SELECT c.step_id, c.revision, r.subject, CASE WHEN t.removed_at IS NULL THEN t.position END AS position,
           c.executions
    FROM (
      SELECT step_id, revision, sum(n)::int8 AS executions
      FROM sequitur.step_counts
      WHERE calendar_id = ${calendar_id} AND sequence_id = ${sequenceId}
        AND day BETWEEN ${days.from}::date AND ${days.to}::date ${matching(filter)}
      GROUP BY step_id, revision
      HAVING sum(n) <> 0
    ) c
    LEFT JOIN sequitur.sequence_steps t ON t.id = c.step_id
    LEFT JOIN sequitur.step_revisions r ON r.step_id = c.step_id AND r.revision = c.revision
    ORDER BY 4 NULLS LAST, c.step_id, c.revision`.execute(tx);
  return rows;
}
