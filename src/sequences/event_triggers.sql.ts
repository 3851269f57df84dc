import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { EventTrigger, EventTriggerQuery } from './event_triggers.ts';

const COLUMNS = sql.raw('id, event_name, sequence_id, filters, enabled, created_at, updated_at');

/** The event trigger of this id; undefined where there is none. */
export async function readEventTrigger(db: Db, id: string): Promise<EventTrigger | undefined> {
  const { rows } = await sql<EventTrigger>`
    SELECT ${COLUMNS} FROM sequitur.event_triggers WHERE id = ${id}`.execute(db);
  return rows[0];
}

/** The event trigger of this id, locked until the transaction ends; undefined where there is none. */
export async function lockEventTrigger(tx: Tx, id: string): Promise<EventTrigger | undefined> {
  const { rows } = await sql<EventTrigger>`
    SELECT ${COLUMNS} FROM sequitur.event_triggers WHERE id = ${id} FOR UPDATE`.execute(tx);
  return rows[0];
}

/** Newest first, after `query.after` where that is given; empty at the end of the list. */
export async function selectEventTriggers(db: Db, query: EventTriggerQuery): Promise<EventTrigger[]> {
  const { sequence_id, event_name, after, limit } = query;
  const { rows } = await sql<EventTrigger>`
    SELECT ${COLUMNS} FROM sequitur.event_triggers
    WHERE (${sequence_id ?? null}::uuid IS NULL OR sequence_id = ${sequence_id ?? null}::uuid)
      AND (${event_name ?? null}::text IS NULL OR event_name = ${event_name ?? null})
      AND (${after?.id ?? null}::uuid IS NULL
           OR (created_at, id) < (${after?.created_at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    ORDER BY created_at DESC, id DESC
    LIMIT ${limit}`.execute(db);
  return rows;
}

/** The enabled triggers of an event, oldest first; empty where nothing listens for it. */
export async function selectEnabled(db: Db, eventName: string): Promise<EventTrigger[]> {
  const { rows } = await sql<EventTrigger>`
    SELECT ${COLUMNS} FROM sequitur.event_triggers
    WHERE event_name = ${eventName} AND enabled
    ORDER BY created_at, id`.execute(db);
  return rows;
}

/** Inserts an event trigger. */
export async function insertEventTrigger(tx: Tx, trigger: EventTrigger): Promise<void> {
  await sql`
    INSERT INTO sequitur.event_triggers (${COLUMNS})
    VALUES (${trigger.id}, ${trigger.event_name}, ${trigger.sequence_id},
            ${JSON.stringify(trigger.filters)}::jsonb, ${trigger.enabled}, ${trigger.created_at},
            ${trigger.updated_at})`.execute(tx);
}

/** Writes what an edit may change. */
export async function updateEventTrigger(tx: Tx, trigger: EventTrigger): Promise<void> {
  await sql`
    UPDATE sequitur.event_triggers
    SET event_name = ${trigger.event_name}, filters = ${JSON.stringify(trigger.filters)}::jsonb,
        enabled = ${trigger.enabled}, updated_at = ${trigger.updated_at}
    WHERE id = ${trigger.id}`.execute(tx);
}

/** Deletes an event trigger and gives it as it was; undefined where there was none. */
export async function deleteEventTrigger(tx: Tx, id: string): Promise<EventTrigger | undefined> {
  const { rows } = await sql<EventTrigger>`
    DELETE FROM sequitur.event_triggers WHERE id = ${id} RETURNING ${COLUMNS}`.execute(tx);
  return rows[0];
}
