import { sql } from 'kysely';
import type { Db } from '../../src/db/database.ts';

/** Makes counters wrong in every way: sums too great and too small, rows gone, rows of nothing, a date too late. */
export async function spoilCounters(db: Db): Promise<void> {
  const statements = [
    sql`UPDATE sequitur.workspace_totals SET executions = executions + 7
        WHERE lane = (SELECT min(lane) FROM sequitur.workspace_totals)`,
    sql`DELETE FROM sequitur.reach_deltas WHERE id = (SELECT min(id::text)::uuid FROM sequitur.reach_deltas)`,
    sql`UPDATE sequitur.source_reach_spans SET n = n + 3 WHERE span = 'week'`,
    sql`UPDATE sequitur.people_deltas SET n = array_append(n[2:], n[1] - 1)`,
    sql`UPDATE sequitur.step_spans SET n = 0 WHERE span = 'month'`,
    sql`UPDATE sequitur.funnel_spans SET n = n * 2`,
    sql`INSERT INTO sequitur.weekly_counts (calendar_id, sequence_id, day, lane, friday)
        SELECT calendar_id, sequence_id, '1999-12-27', lane, 5 FROM sequitur.weekly_counts LIMIT 1
        ON CONFLICT ON CONSTRAINT weekly_counts_pkey DO UPDATE SET friday = 5`,
    sql`UPDATE sequitur.sequence_totals SET recipients = 0, last_executed_at = '2030-01-01'`,
    sql`UPDATE sequitur.recipients SET n = n + 1, first_at = '2000-01-01'`,
  ];
  for (const statement of statements) await statement.execute(db);
}

/** Makes the claim of a night's recount so much older. */
export async function ageClaim(db: Db, { minutes }: { minutes: number }): Promise<void> {
  await sql`
    UPDATE sequitur.settings
    SET value = value || jsonb_build_object(
      'claimed_at', (value->>'claimed_at')::timestamptz - make_interval(mins => ${minutes}))
    WHERE key = 'recount.night'`.execute(db);
}
