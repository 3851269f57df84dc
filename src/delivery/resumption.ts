import { contactsById } from '../contacts/directory.ts';
import type { Db, Tx } from '../db/database.ts';
import { writeEnrollments } from '../enrollment/enrollments.sql.ts';
import { plansOf } from '../sequences/plan.ts';
import { momentAfterPause } from './after_pause.ts';
import {
  heldToRelease,
  insertResumption,
  overdueMarks,
  readResumptions,
  sequencesToMark,
} from './resumption.sql.ts';

/** Notes of sequences that are active again what is overdue in them, where some of that is held in these lanes. */
export async function markResumptions(db: Db, lanes: number[]): Promise<void> {
  for (const { sequence_id, resumed_at } of await sequencesToMark(db, lanes)) {
    const { overdue, marks } = await overdueMarks(db, sequence_id, resumed_at);
    await insertResumption(db, { sequence_id, resumed_at, overdue, marks });
  }
}

/**
 * Lets the held enrollments of a lane go on whose sequences are active again or archived; at most `limit` a call, and
 * answers how many. In the caller's transaction, which holds the lane's lock. One that was held since its contact or
 * sequence was lost stays held until both are there.
 */
export async function releaseHeld(tx: Tx, lane: number, limit: number): Promise<number> {
  const held = await heldToRelease(tx, lane, limit);
  if (held.length === 0) return 0;
  const sequenceIds = [...new Set(held.map(({ sequence_id }) => sequence_id))];
  const contactIds = held.map(({ contact_id }) => contact_id);
  const [plans, contacts, resumptions] = await Promise.all([
    plansOf(tx, sequenceIds),
    contactsById(tx, lane, contactIds),
    readResumptions(tx, sequenceIds),
  ]);
  const released = held.map((enrollment) => {
    const { sequence_id, contact_id } = enrollment;
    const plan = plans.get(sequence_id);
    const marks = resumptions.get(sequence_id) ?? [];
    const timeZone = contacts.get(contact_id)?.time_zone ?? null;
    const due_at = plan ? momentAfterPause(plan, enrollment, marks, timeZone) : enrollment.due_at;
    return { ...enrollment, due_at, held_at: null };
  });
  await writeEnrollments(tx, lane, released);
  return released.length;
}
