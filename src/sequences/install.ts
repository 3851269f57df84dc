import type { Db, Tx } from '../db/database.ts';
import { inTransaction } from '../db/transaction.sql.ts';
import { createEventTrigger } from './event_triggers.ts';
import type { ExampleSequence } from './examples.ts';
import type { SequenceStatus } from './plan.ts';
import { createPromoPage } from './promo_pages.ts';
import { lockFirstSequences } from './sequences.sql.ts';
import { type Change, createSequence, setStatus } from './sequences.ts';
import { addStep } from './steps.ts';

/**
 * Makes `examples`, with their promo pages and event triggers, in a workspace that has no sequences, and
 * answers their ids in the order of `examples`; in any other workspace it changes nothing and answers none.
 * Of any number of processes that do it at once, one makes them. Throws where an example breaks a rule.
 */
export async function installExamples(
  db: Db,
  examples: readonly ExampleSequence[],
  now: Date,
): Promise<string[]> {
  return inTransaction(db, async (tx) => {
    if (!(await lockFirstSequences(tx))) return [];
    const ids: string[] = [];
    // Lists are newest first, so the last is made first.
    for (const example of examples.toReversed())
      ids.unshift(await installExample(tx, example, { by: null, now }));
    return ids;
  });
}

async function installExample(tx: Tx, example: ExampleSequence, change: Change): Promise<string> {
  const { key, name, description, reentry, reentry_days, steps, promo_page, event_trigger } = example;
  const wanted = { key, name, description, reentry, reentry_days, example: key };
  const created = await createSequence(tx, wanted, change);
  if (created.outcome !== 'created')
    throw new Error(`The example ${key} cannot be made: ${created.outcome}.`);
  const { id: sequence_id } = created.sequence;
  for (const step of steps) {
    const { outcome } = await addStep(tx, sequence_id, step, undefined, change);
    if (outcome !== 'added') throw new Error(`A step of the example ${key} cannot be added: ${outcome}.`);
  }
  for (const status of WAY_TO[example.status]) {
    const { outcome } = await setStatus(tx, sequence_id, status, change);
    if (outcome !== 'changed') throw new Error(`The example ${key} cannot become ${status}: ${outcome}.`);
  }
  if (promo_page) {
    const { outcome } = await createPromoPage(tx, { ...promo_page, sequence_id }, change);
    if (outcome !== 'created') throw new Error(`The page of the example ${key} cannot be made: ${outcome}.`);
  }
  if (event_trigger) await createEventTrigger(tx, { ...event_trigger, sequence_id }, change);
  return sequence_id;
}

/** The statuses that a new draft goes through. */
const WAY_TO: Record<SequenceStatus, readonly SequenceStatus[]> = {
  draft: [],
  active: ['active'],
  paused: ['active', 'paused'],
  archived: ['active', 'archived'],
};
