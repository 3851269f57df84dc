import type { Db } from '../db/database.ts';
import { derivedId } from '../lib/uuid.ts';
import { isId } from '../sequences/slug.ts';
import { insertReportedSteps, type ReportedStep, readSteps } from './reporting.sql.ts';

/** A step as a report names it. */
export type NamedStep = { sequence_id: string; step: string };

/** The ids of steps as reports name them: answers a function that gives each one's id. */
export type StepIds = (steps: NamedStep[]) => Promise<(step: NamedStep) => string>;

/** So many names are taken for known without a look; past that, all are forgotten. */
const MOST_KNOWN = 10_000;

/**
 * Finds out which steps reports speak of. The id of one of the sequence's own steps is that step; everything else is
 * a name, and its id is derived from sequence and name, so that all processes find the same without asking each
 * other. A name is kept before anything is recorded under its id, in a transaction of its own: a lane's transaction
 * that wrote it would make all other lanes wait for its end, and a name without executions harms nobody.
 */
export function createStepIds(db: Db): StepIds {
  let known = new Set<string>();

  async function keep(steps: ReportedStep[]): Promise<void> {
    const fresh = new Map(steps.filter(({ id }) => !known.has(id)).map((step) => [step.id, step]));
    if (fresh.size === 0) return;
    await insertReportedSteps(db, [...fresh.values()]);
    if (known.size > MOST_KNOWN) known = new Set();
    for (const id of fresh.keys()) known.add(id);
  }

  return async (steps) => {
    const own = await ownSteps(db, steps);
    const named = steps.filter((step) => !own.has(placeOf(step)));
    await keep(
      named.map(({ sequence_id, step: name }) => ({ id: derivedId(sequence_id, name), sequence_id, name })),
    );
    return (step) =>
      own.has(placeOf(step)) ? step.step.toLowerCase() : derivedId(step.sequence_id, step.step);
  };
}

async function ownSteps(db: Db, steps: NamedStep[]): Promise<Set<string>> {
  const ids = new Set(steps.map(({ step }) => step).filter(isId));
  if (ids.size === 0) return new Set();
  const found = await readSteps(db, [...ids]);
  return new Set(found.map(({ sequence_id, id }) => placeOf({ sequence_id, step: id })));
}

function placeOf({ sequence_id, step }: NamedStep): string {
  return `${sequence_id} ${step.toLowerCase()}`;
}
