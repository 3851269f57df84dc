import { sql } from 'kysely';
import type { Db } from '../src/db/database.ts';

/** Puts the first email of everybody off until it is let go. */
export async function holdBack(db: Db): Promise<void> {
  await sql`UPDATE sequitur.enrollments SET due_at = now() + interval '1 year'`.execute(db);
}

/** Has the first email of everybody due at once. */
export async function letGo(db: Db): Promise<void> {
  await sql`UPDATE sequitur.enrollments SET due_at = now()`.execute(db);
}

/** Whether an email is due, or claimed and not settled. Those that come next are days away. */
export async function isUnderWay(db: Db): Promise<boolean> {
  const { rows } = await sql<{ is: boolean }>`
    SELECT EXISTS (
      SELECT FROM sequitur.enrollments
      WHERE next_step_id IS NOT NULL AND held_at IS NULL
        AND greatest(due_at, claimed_until) < now() + interval '1 hour'
    ) AS is`.execute(db);
  return rows[0]?.is ?? false;
}

/** How many emails were sent, and when the first of them was accepted. */
export async function readSent(db: Db): Promise<{ sent: number; first: Date }> {
  const { rows } = await sql<{ sent: number; first: Date | null }>`
    SELECT count(*) AS sent, min(executed_at) AS first FROM sequitur.sequence_executions`.execute(db);
  const { sent = 0, first = null } = rows[0] ?? {};
  if (!first) throw new Error('Nothing was sent.');
  return { sent, first };
}
