import { sql } from 'kysely';
import { EVERYTHING, type Filter } from './filter.ts';
import type { Question } from './frame.ts';
import { matching } from './totals.sql.ts';

/**
 * Emails of one revision of a step, 0 where a reporter named none: it has the subject of today's. `position` is null
 * where the step was removed or is not ours, `subject` where it is not ours, and `name`, which is what an outside
 * sender calls it, where it is.
 */
export type StepTotals = {
  step_id: string;
  revision: number;
  subject: string | null;
  name: string | null;
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
    SELECT c.step_id, c.revision, r.subject, o.name,
           CASE WHEN t.removed_at IS NULL THEN t.position END AS position, c.executions
    FROM (
      SELECT step_id, revision, sum(n)::int8 AS executions
      FROM sequitur.step_counts
      WHERE calendar_id = ${calendar_id} AND sequence_id = ${sequenceId}
        AND day BETWEEN ${days.from}::date AND ${days.to}::date ${matching(filter)}
      GROUP BY step_id, revision
      HAVING sum(n) <> 0
    ) c
    LEFT JOIN sequitur.sequence_steps t ON t.id = c.step_id
    LEFT JOIN sequitur.step_revisions r
      ON r.step_id = c.step_id AND r.revision = coalesce(nullif(c.revision, 0), t.revision)
    LEFT JOIN sequitur.reported_steps o ON o.id = c.step_id
    ORDER BY 5 NULLS LAST, o.name, c.step_id, c.revision`.execute(tx);
  return rows;
}
