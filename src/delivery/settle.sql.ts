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

/** Stops all mail to these contacts; one that is stopped already keeps its reason. */
export async function suppressContacts(
  tx: Tx,
  lane: number,
  contacts: { contact_id: string; at: Date }[],
  reason: 'bounced' | 'complained',
): Promise<void> {
  if (contacts.length === 0) return;
  await sql`
    UPDATE sequitur.contacts c SET suppressed_at = new.at, suppressed_reason = ${reason}, updated_at = new.at
    FROM (
      SELECT DISTINCT ON (id) id, at
      FROM unnest(${contacts.map((c) => c.contact_id)}::uuid[], ${contacts.map((c) => c.at)}::timestamptz[]) AS n (id, at)
      ORDER BY id, at
    ) new
    WHERE c.lane = ${lane} AND c.id = new.id AND c.suppressed_at IS NULL`.execute(tx);
}
