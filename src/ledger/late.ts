import type { Tx } from '../db/database.ts';
import { countByDay, dayOrNever } from './counting.ts';
import { keptCalendars } from './days.sql.ts';
import { type Calendar, withDays } from './days.ts';
import { Deltas } from './deltas.ts';
import type { Execution } from './facts.ts';
import { findNeighbours, type Neighbours } from './late.sql.ts';
import { insertExecutions, raiseRecipients } from './record.sql.ts';
import { addDeltas } from './record.ts';

/**
 * Records one execution that is not later than all of its contact's: it takes its place between its
 * neighbours, and the one after it in each chain gets a new one before. As exact as the live path, and slower:
 * it searches the contact's rows, within the bounds that `recipients` gives.
 */
export async function recordLate(tx: Tx, lane: number, execution: Execution): Promise<void> {
  const [found, kept] = await Promise.all([findNeighbours(tx, lane, execution), keptCalendars(tx, lane)]);
  const deltas = new Deltas();
  for (const calendar of await withDays(tx, kept, instantsOf(execution, found))) {
    moveReach(deltas, calendar, execution, found);
    movePeople(deltas, calendar, execution, found);
    countByDay(deltas, calendar.id, calendar.day(execution.executed_at), execution);
  }
  moveLifetime(deltas, execution, found);
  await Promise.all([
    insertExecutions(tx, lane, [execution]),
    raiseRecipients(tx, lane, [execution]),
    ...addDeltas(tx, lane, deltas),
  ]);
}

function moveReach(deltas: Deltas, calendar: Calendar, e: Execution, found: Neighbours): void {
  const { before, beforeOfSource, after, afterOfSource } = found;
  const add = (source: string, at: Date, prev: Date | null, prevOfSource: Date | null, n: number) => {
    const key = { calendar_id: calendar.id, sequence_id: e.sequence_id, day: calendar.day(at), source };
    const days = {
      prev_day: dayOrNever(calendar, prev),
      prev_same_source_day: dayOrNever(calendar, prevOfSource),
    };
    deltas.add('reach_counts', { ...key, ...days }, { n });
  };
  add(e.source, e.executed_at, before, beforeOfSource, 1);
  if (after) {
    const sameSource = after.source === e.source;
    add(after.source, after.at, before, after.beforeOfSource, -1);
    add(after.source, after.at, e.executed_at, sameSource ? e.executed_at : after.beforeOfSource, 1);
  }
  if (afterOfSource && afterOfSource.id !== after?.id) {
    add(e.source, afterOfSource.at, afterOfSource.before, beforeOfSource, -1);
    add(e.source, afterOfSource.at, afterOfSource.before, e.executed_at, 1);
  }
}

function movePeople(deltas: Deltas, calendar: Calendar, e: Execution, found: Neighbours): void {
  const add = (at: Date, prev: Date | null, n: number) => {
    const key = { calendar_id: calendar.id, day: calendar.day(at), prev_day: dayOrNever(calendar, prev) };
    deltas.add('people_counts', key, { n });
  };
  add(e.executed_at, found.beforeOfAny, 1);
  if (!found.afterOfAny) return;
  add(found.afterOfAny, found.beforeOfAny, -1);
  add(found.afterOfAny, e.executed_at, 1);
}

// Somebody becomes a recipient when the first of their executions arrives, not when an earlier one follows.
function moveLifetime(
  deltas: Deltas,
  e: Execution,
  { before, after, beforeOfAny, afterOfAny }: Neighbours,
): void {
  const recipients = before || after ? 0 : 1;
  const people = beforeOfAny || afterOfAny ? 0 : 1;
  deltas.add('sequence_totals', { sequence_id: e.sequence_id }, { executions: 1, recipients }, e.executed_at);
  deltas.add('workspace_totals', {}, { executions: 1, people });
}

function instantsOf(e: Execution, found: Neighbours): Date[] {
  const { before, beforeOfSource, beforeOfAny, after, afterOfSource, afterOfAny } = found;
  const around = [before, beforeOfSource, beforeOfAny, afterOfAny, after?.at, after?.beforeOfSource];
  return [e.executed_at, ...around, afterOfSource?.at, afterOfSource?.before].filter((at) => at != null);
}
