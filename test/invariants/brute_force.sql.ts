import { sql } from 'kysely';
import type { Db } from '../../src/db/database.ts';

export type Counted = { total_executions: number; unique_recipients: number };

/** What counting the rows by hand gives for a range of reporting days; null sequence or source: any. */
export async function countRows(
  db: Db,
  asked: { timeZone: string; from: string; to: string; sequenceId: string | null; source: string | null },
): Promise<Counted> {
  const { rows } = await sql<Counted>`
    SELECT count(*) AS total_executions, count(DISTINCT contact_id) AS unique_recipients
    FROM sequitur.all_executions
    WHERE (executed_at AT TIME ZONE ${asked.timeZone})::date BETWEEN ${asked.from}::date AND ${asked.to}::date
      ${asked.sequenceId ? sql`AND sequence_id = ${asked.sequenceId}` : sql``}
      ${asked.source ? sql`AND source = ${asked.source}` : sql``}`.execute(db);
  return rows[0] ?? { total_executions: 0, unique_recipients: 0 };
}
