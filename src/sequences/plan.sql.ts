import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { Plan } from './plan.ts';

/** Sequences with their present steps in order. In no order themselves; unknown ids are missing. */
export async function readPlans(db: Db, ids: string[]): Promise<Plan[]> {
  const { rows } = await sql<Plan>`
    SELECT s.id, s.key, s.name, s.status, s.reentry, s.reentry_days, s.send_window, s.activated_at, s.paused_at,
           coalesce((SELECT c.time_zone FROM sequitur.calendars c WHERE c.status = 'active'), 'UTC') AS time_zone,
           coalesce(steps.list, '[]') AS steps
    FROM sequitur.sequences s
    LEFT JOIN LATERAL (
      SELECT jsonb_agg(jsonb_build_object('id', t.id, 'revision', t.revision, 'delay_seconds', r.delay_seconds,
                                          'send_at', r.send_at, 'skip_if', r.skip_if)
                       ORDER BY t.position) AS list
      FROM sequitur.sequence_steps t
      JOIN sequitur.step_revisions r ON r.step_id = t.id AND r.revision = t.revision
      WHERE t.sequence_id = s.id AND t.removed_at IS NULL
    ) steps ON true
    WHERE s.id = ANY(${ids}::uuid[])`.execute(db);
  return rows;
}
