import { isDeepStrictEqual } from 'node:util';
import type { Db, Tx } from '../db/database.ts';
import { newId } from '../lib/uuid.ts';
import {
  deleteEventTrigger,
  insertEventTrigger,
  lockEventTrigger,
  readEventTrigger,
  selectEnabled,
  selectEventTriggers,
  updateEventTrigger,
} from './event_triggers.sql.ts';
import type { Filter } from './filters.ts';
import { forgetExample, readSequence } from './sequences.sql.ts';
import type { Change } from './sequences.ts';

/** Starts a sequence whenever an event of this name meets all filters. */
export type EventTrigger = {
  id: string;
  event_name: string;
  sequence_id: string;
  filters: Filter[];
  enabled: boolean;
  created_at: Date;
  updated_at: Date;
};

/** The longest event name, in characters. */
export const EVENT_TRIGGER_LIMITS = { event_name: 128 };

/** One page of event triggers; of one sequence or event, where that is given. */
export type EventTriggerQuery = {
  sequence_id?: string | undefined;
  event_name?: string | undefined;
  after?: { created_at: Date; id: string } | undefined;
  limit: number;
};

/** Newest first; empty at the end of the list. */
export function listEventTriggers(db: Db, query: EventTriggerQuery): Promise<EventTrigger[]> {
  return selectEventTriggers(db, query);
}

/** The event trigger of this id; undefined where there is none. */
export function findEventTrigger(db: Db, id: string): Promise<EventTrigger | undefined> {
  return readEventTrigger(db, id);
}

/**
 * The enabled triggers of an event, oldest first; empty where nothing listens for it. Several may start the
 * same sequence: whichever of them matches, the event starts it once.
 */
export function eventTriggersFor(db: Db, eventName: string): Promise<EventTrigger[]> {
  return selectEnabled(db, eventName);
}

export type NewEventTrigger = {
  event_name: string;
  sequence_id: string;
  filters?: Filter[] | undefined;
  enabled?: boolean | undefined;
};

export type CreatedEventTrigger =
  | { outcome: 'created'; trigger: EventTrigger }
  | { outcome: 'no_such_sequence' };

export async function createEventTrigger(
  tx: Tx,
  wanted: NewEventTrigger,
  change: Change,
): Promise<CreatedEventTrigger> {
  if (!(await readSequence(tx, wanted.sequence_id))) return { outcome: 'no_such_sequence' };
  const trigger: EventTrigger = {
    id: newId(),
    event_name: wanted.event_name,
    sequence_id: wanted.sequence_id,
    filters: wanted.filters ?? [],
    enabled: wanted.enabled ?? true,
    created_at: change.now,
    updated_at: change.now,
  };
  await insertEventTrigger(tx, trigger);
  await noteEdit(tx, trigger, change);
  return { outcome: 'created', trigger };
}

/** What is left out stays; `filters` replaces all of them. It keeps its sequence: make another for another. */
export type EventTriggerPatch = {
  event_name?: string | undefined;
  filters?: Filter[] | undefined;
  enabled?: boolean | undefined;
};

export type UpdatedEventTrigger =
  | { outcome: 'updated'; trigger: EventTrigger; fields: (keyof EventTriggerPatch)[] }
  | { outcome: 'unchanged'; trigger: EventTrigger }
  | { outcome: 'no_such_trigger' };

export async function patchEventTrigger(
  tx: Tx,
  id: string,
  patch: EventTriggerPatch,
  change: Change,
): Promise<UpdatedEventTrigger> {
  const before = await lockEventTrigger(tx, id);
  if (!before) return { outcome: 'no_such_trigger' };
  const { event_name = before.event_name, filters = before.filters, enabled = before.enabled } = patch;
  const trigger = { ...before, event_name, filters, enabled, updated_at: change.now };
  const fields = FIELDS.filter((field) => !isDeepStrictEqual(trigger[field], before[field]));
  if (fields.length === 0) return { outcome: 'unchanged', trigger: before };
  await updateEventTrigger(tx, trigger);
  await noteEdit(tx, trigger, change);
  return { outcome: 'updated', trigger, fields };
}

/** Removes an event trigger and gives it as it was; undefined where there was none. */
export async function removeEventTrigger(
  tx: Tx,
  id: string,
  change: Change,
): Promise<EventTrigger | undefined> {
  const trigger = await deleteEventTrigger(tx, id);
  if (trigger) await noteEdit(tx, trigger, change);
  return trigger;
}

const FIELDS = ['event_name', 'filters', 'enabled'] as const satisfies (keyof EventTriggerPatch)[];

async function noteEdit(tx: Tx, { sequence_id }: EventTrigger, { by }: Change): Promise<void> {
  if (by !== null) await forgetExample(tx, [sequence_id]);
}
