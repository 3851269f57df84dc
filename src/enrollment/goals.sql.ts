import { sql } from 'kysely';
import { arrayOf } from '../db/arrays.sql.ts';
import type { Tx } from '../db/database.ts';

/** What an event with an id did as a goal of a sequence: how many runs it ended. */
export type GoalKey = { email_key: Buffer; sequence_id: string; request_key: string; ended: number };

/** Of these events, those that were goals before. In no order. */
export async function readGoalKeys(
  tx: Tx,
  lane: number,
  events: { email_key: Buffer; request_key: string | null }[],
): Promise<GoalKey[]> {
  const keys = events.filter((event) => event.request_key !== null);
  if (keys.length === 0) return [];
  const { rows } = await sql<GoalKey>`
    SELECT email_key, sequence_id, request_key, ended FROM sequitur.goal_keys
    WHERE lane = ${lane}
      AND email_key = ANY(${arrayOf(
        keys.map((key) => key.email_key),
        'bytea',
      )})
      AND request_key = ANY(${keys.map((key) => key.request_key)}::text[])`.execute(tx);
  return rows;
}

/** Keeps what events with an id have done. */
export async function insertGoalKeys(tx: Tx, lane: number, keys: GoalKey[], now: Date): Promise<void> {
  if (keys.length === 0) return;
  await sql`
    INSERT INTO sequitur.goal_keys (lane, email_key, sequence_id, request_key, ended, created_at)
    SELECT ${lane}::smallint, new.*, ${now}::timestamptz
    FROM unnest(${arrayOf(
      keys.map((key) => key.email_key),
      'bytea',
    )}, ${keys.map((key) => key.sequence_id)}::uuid[],
                ${keys.map((key) => key.request_key)}::text[], ${keys.map((key) => key.ended)}::int[])
      AS new`.execute(tx);
}
