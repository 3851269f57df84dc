import { sql } from 'kysely';
import { prepared } from '../db/connections.sql.ts';
import { cover } from './cover.ts';
import type { Question } from './frame.ts';
import type { FunnelOutcome } from './funnel.ts';
import { spanRows } from './span_rows.sql.ts';

export type FunnelRow = {
  step_id: string;
  revision: number | null;
  position: number | null;
  subject: string | null;
  name: string | null;
  outcome: FunnelOutcome;
  reason: string;
  n: number;
};

/**
 * People by step (and revision, if asked), outcome and reason, among those who entered it in the days asked for:
 * steps in their order, removed ones last, the most frequent reason first. Empty where nobody entered any.
 */
export async function funnelRows(
  question: Question,
  sequenceId: string,
  { sources, byRevision }: { sources: string[]; byRevision: boolean },
): Promise<FunnelRow[]> {
  const asked = { table: 'funnel_spans', sequenceId, pieces: cover(question.days) } as const;
  const revision = byRevision ? sql`revision` : sql`NULL::int`;
  const { rows } = await sql<FunnelRow>`${prepared}
    SELECT f.step_id, f.revision, CASE WHEN t.removed_at IS NULL THEN t.position END AS position, r.subject,
           o.name, f.outcome, f.reason, f.n
    FROM (
      SELECT step_id, ${revision} AS revision, outcome, reason, sum(n)::int8 AS n
      FROM ${spanRows(question, asked)} counted
      ${sources.length > 0 ? sql`WHERE source = ANY(${sources}::text[])` : sql``}
      GROUP BY 1, 2, 3, 4
      HAVING sum(n) <> 0
    ) f
    LEFT JOIN sequitur.sequence_steps t ON t.id = f.step_id
    LEFT JOIN sequitur.step_revisions r
      ON r.step_id = f.step_id AND r.revision = coalesce(nullif(f.revision, 0), t.revision)
    LEFT JOIN sequitur.reported_steps o ON o.id = f.step_id
    ORDER BY 3 NULLS LAST, o.name, f.step_id, f.revision, f.n DESC, f.outcome, f.reason`.execute(question.tx);
  return rows;
}
