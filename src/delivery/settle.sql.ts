import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { StepLeft } from '../ledger/facts.ts';
import type { Claim } from './claim.ts';

/** How these claims' steps were left, hot or archived. In no order; a step not left is missing. */
export async function readStepsLeft(
  tx: Tx,
  lane: number,
  claims: Pick<Claim, 'enrollment_id' | 'step_id'>[],
): Promise<StepLeft[]> {
  if (claims.length === 0) return [];
  const { rows } = await sql<StepLeft>`
    SELECT enrollment_id, contact_id, sequence_id, step_id, revision AS waited_revision, revision, source,
           entered_at, outcome, reason, reply, at
    FROM sequitur.all_enrollment_steps
    WHERE lane = ${lane} AND enrollment_id = ANY(${claims.map((c) => c.enrollment_id)}::uuid[])
      AND step_id = ANY(${claims.map((c) => c.step_id)}::uuid[])`.execute(tx);
  return rows;
}

/**
 * Whether a claim is still to be sent: its run has not ended, and its sequence is active. Whoever has lost the lane learns
 * that elsewhere (`LanesHeld`), and one that its own process has claimed anew meanwhile is the same mail.
 */
export async function isClaimStanding(db: Db, { lane, enrollment_id, step_id }: Claim): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM sequitur.enrollments e
    JOIN sequitur.sequences s ON s.id = e.sequence_id AND s.status = 'active'
    WHERE e.lane = ${lane} AND e.id = ${enrollment_id} AND e.status = 'active'
      AND e.claimed_step_id = ${step_id}`.execute(db);
  return rows.length > 0;
}
