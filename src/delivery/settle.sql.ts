import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';
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
