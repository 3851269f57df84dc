import type { Tx } from '../db/database.ts';
import { addDeltas } from './counters.sql.ts';
import { countExecutions, dayOrNever } from './counting.ts';
import { keptCalendars } from './days.sql.ts';
import { type Calendar, withDays } from './days.ts';
import { Deltas } from './deltas.ts';
import type { Execution } from './facts.ts';
import { findPlaces, type Places } from './late_places.ts';
import { insertExecutions, raiseRecipients } from './record.sql.ts';

/**
 * Records executions that are not later than all of their contact's: each takes its place between its neighbours,
 * and the one behind it in each chain gets a new one before. As exact as the live path, and slower: it searches the
 * contacts' rows, hot and archived, within the bounds that `recipients` gives. `isHot` says which table each goes into.
 */
export async function recordLate(
  tx: Tx,
  lane: number,
  late: Execution[],
  isHot: (at: Date) => boolean,
): Promise<void> {
  if (late.length === 0) return;
  const [places, kept] = await Promise.all([findPlaces(tx, lane, late), keptCalendars(tx, lane)]);
  const deltas = new Deltas();
  for (const calendar of await withDays(tx, kept, instantsOf(places))) {
    countExecutions(deltas, calendar, places.links);
    moveReach(deltas, calendar, places);
    movePeople(deltas, calendar, places);
  }
  countLateLifetime(deltas, places);
  await Promise.all([
    insertExecutions(tx, lane, late, isHot),
    raiseRecipients(tx, lane, late),
    ...addDeltas(tx, lane, deltas),
  ]);
}

function moveReach(deltas: Deltas, calendar: Calendar, { moved }: Places): void {
  for (const { spot, was, is } of moved) {
    const { sequence_id, source } = spot;
    const key = { calendar_id: calendar.id, sequence_id, day: calendar.day(spot.executed_at), source };
    for (const [{ before, beforeOfSource }, n] of [[was, -1] as const, [is, 1] as const]) {
      const prev_day = dayOrNever(calendar, before);
      const prev_same_source_day = dayOrNever(calendar, beforeOfSource);
      deltas.add('reach_counts', { ...key, prev_day, prev_same_source_day }, { n });
    }
  }
}

function movePeople(deltas: Deltas, calendar: Calendar, { movedOfAny }: Places): void {
  for (const { at, was, is } of movedOfAny) {
    const key = { calendar_id: calendar.id, day: calendar.day(at) };
    deltas.add('people_counts', { ...key, prev_day: dayOrNever(calendar, was) }, { n: -1 });
    deltas.add('people_counts', { ...key, prev_day: dayOrNever(calendar, is) }, { n: 1 });
  }
}

// Nobody becomes one of the people here: late is what is not later than something that is known of the contact.
function countLateLifetime(deltas: Deltas, { links, reached }: Places): void {
  for (const { execution: e } of links) {
    deltas.add('sequence_totals', { sequence_id: e.sequence_id }, { executions: 1 }, e.executed_at);
  }
  for (const sequence_id of reached) deltas.add('sequence_totals', { sequence_id }, { recipients: 1 });
  deltas.add('workspace_totals', {}, { executions: links.length });
}

function instantsOf({ links, moved, movedOfAny }: Places): Date[] {
  const instants = [
    ...links.flatMap((link) => [
      link.execution.executed_at,
      link.before,
      link.beforeOfSource,
      link.beforeOfAny,
    ]),
    ...moved.flatMap(({ spot, was, is }) => [
      spot.executed_at,
      was.before,
      was.beforeOfSource,
      is.before,
      is.beforeOfSource,
    ]),
    ...movedOfAny.flatMap(({ at, was, is }) => [at, was, is]),
  ];
  return instants.filter((at) => at !== null);
}
