import type { Tx } from '../db/database.ts';
import { addDeltas } from './counters.sql.ts';
import { countExecutions, countLifetime, countSteps, countTriggers } from './counting.ts';
import { keptCalendars } from './days.sql.ts';
import { withDays } from './days.ts';
import { Deltas } from './deltas.ts';
import type { Facts } from './facts.ts';
import { recordLate } from './late.ts';
import { type Link, linkToPrevious } from './previous.ts';
import {
  insertExecutions,
  insertStepsLeft,
  insertTriggers,
  overruleStep,
  raiseRecipients,
} from './record.sql.ts';
import { hotWeeks } from './weeks.ts';

/**
 * Writes facts and every counter that they move, inside the caller's transaction: the only way into the
 * ledger. `tx` must hold the lane's lock (`inLane`), every contact named must be of that lane, and the weeks
 * that the facts fall in must exist (`ensureWeeks`, `ensureExecutionWeeks`). The facts are taken as new: whoever may
 * hand in the same one twice tells them apart first (`recordReported`, or the enrollment's own position).
 */
export async function record(tx: Tx, lane: number, facts: Facts): Promise<void> {
  const { executions = [], triggers = [], entered = [], withdrawn = [], left = [], overruled = [] } = facts;
  const [{ live, late }, kept, isHot] = await Promise.all([
    linkToPrevious(tx, lane, executions),
    keptCalendars(tx, lane),
    hotWeeks(
      tx,
      executions.map((execution) => execution.executed_at),
    ),
  ]);
  const deltas = new Deltas();
  const steps = { entered, withdrawn, left, overruled };
  const instants = [
    ...live.flatMap(instantsOf),
    ...triggers.map((trigger) => trigger.occurred_at),
    ...[...entered, ...withdrawn, ...left, ...overruled.map(({ after }) => after)].map(
      (step) => step.entered_at,
    ),
  ];
  for (const calendar of await withDays(tx, kept, instants)) {
    countExecutions(deltas, calendar, live);
    countTriggers(deltas, calendar, triggers);
    countSteps(deltas, calendar, steps);
  }
  countLifetime(deltas, live, triggers);
  const inTime = live.map((link) => link.execution);
  await Promise.all([
    insertExecutions(tx, lane, inTime, isHot),
    raiseRecipients(tx, lane, inTime),
    insertTriggers(tx, lane, triggers),
    insertStepsLeft(tx, lane, left),
    ...overruled.map(({ after }) => overruleStep(tx, lane, after)),
    ...addDeltas(tx, lane, deltas),
  ]);
  await recordLate(tx, lane, late, isHot);
}

function instantsOf({ execution, before, beforeOfSource, beforeOfAny }: Link): Date[] {
  return [execution.executed_at, before, beforeOfSource, beforeOfAny].filter((at) => at !== null);
}
