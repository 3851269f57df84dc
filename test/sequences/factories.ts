import type { Db } from '../../src/db/database.ts';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import {
  type Change,
  createSequence,
  type NewSequence,
  type Sequence,
  setStatus,
} from '../../src/sequences/sequences.ts';
import { addStep, type Step, type StepContent } from '../../src/sequences/steps.ts';

/** A change by Ada at a fixed moment, and one by Bob a day later. */
export const change: Change = { by: 'Ada Admin', now: new Date('2026-03-02T09:00:00.000Z') };
export const later: Change = { by: 'Bob Boss', now: new Date('2026-03-03T10:00:00.000Z') };

/** What makes things in `db` and fails the test where they are refused. */
export function factoriesFor(db: Db) {
  async function sequenceWith(wanted: NewSequence, by: Change = change): Promise<Sequence> {
    const result = await inTransaction(db, (tx) => createSequence(tx, wanted, by));
    if (result.outcome !== 'created') throw new Error(result.outcome);
    return result.sequence;
  }

  async function stepIn(
    sequenceId: string,
    some: Partial<StepContent> = {},
    position?: number,
  ): Promise<Step> {
    const result = await inTransaction(db, (tx) => addStep(tx, sequenceId, content(some), position, change));
    if (result.outcome !== 'added') throw new Error(result.outcome);
    return result.step;
  }

  function statusOf(id: string, status: Sequence['status']) {
    return inTransaction(db, (tx) => setStatus(tx, id, status, later));
  }

  /** An active sequence with one step. */
  async function activeSequence(name: string): Promise<Sequence> {
    const sequence = await sequenceWith({ name });
    await stepIn(sequence.id);
    await statusOf(sequence.id, 'active');
    return sequence;
  }

  return { sequenceWith, stepIn, statusOf, activeSequence };
}

/** A step's content that is accepted, but for `some`. */
export function content(some: Partial<StepContent> = {}): Required<StepContent> {
  const timing = { delay_seconds: 0, send_at: null, skip_if: [] };
  return { ...timing, subject: 'Hello', html: '<p>Hello {{ contact.name }}</p>', text: null, ...some };
}
