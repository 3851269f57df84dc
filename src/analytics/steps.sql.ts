import { sql } from 'kysely';
import { prepared } from '../db/connections.sql.ts';
import { cover } from './cover.ts';
import { EVERYTHING, type Filter } from './filter.ts';
import type { Question } from './frame.ts';
import { spanRows } from './span_rows.sql.ts';
import { matching } from './totals.sql.ts';

/**
 * Emails of one revision of a step, null where a reporter named none: it has the subject of today's. `position` is null
 * where the step was removed or is not ours, `subject` where it is not ours, and `name`, which is what an outside
 * sender calls it, where it is. `step_id` is null for the emails that were reported without a step.
 */
export type StepTotals = {
  step_id: string | null;
  revision: number | null;
  subject: string | null;
  name: string | null;
  position: number | null;
  executions: number;
};

/** Emails by step and revision, in the order of the steps, removed ones last; empty where nothing was sent. */
export async function totalsByStep(
  question: Question,
  sequenceId: string,
  filter: Filter = EVERYTHING,
): Promise<StepTotals[]> {
  const asked = { table: 'step_spans', sequenceId, pieces: cover(question.days) } as const;
  const { rows } = await sql<StepTotals>`${prepared}
    SELECT c.step_id, nullif(c.revision, 0) AS revision, r.subject, o.name,
           CASE WHEN t.removed_at IS NULL THEN t.position END AS position, c.executions
    FROM (
      SELECT step_id, revision, sum(n)::int8 AS executions
      FROM ${spanRows(question, asked)} counted
      WHERE ${matching(filter)}
      GROUP BY step_id, revision
      HAVING sum(n) <> 0
    ) c
    LEFT JOIN sequitur.sequence_steps t ON t.id = c.step_id
    LEFT JOIN sequitur.step_revisions r
      ON r.step_id = c.step_id AND r.revision = coalesce(nullif(c.revision, 0), t.revision)
    LEFT JOIN sequitur.reported_steps o ON o.id = c.step_id
    ORDER BY 5 NULLS LAST, o.name, c.step_id, c.revision`.execute(question.tx);
  return rows;
}
