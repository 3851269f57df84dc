import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { Goal } from './goals.ts';

const COLUMNS = sql.raw('id, sequence_id, event_name, filters, created_at, updated_at');

/** The goals of a sequence, oldest first; empty where it has none. */
export async function selectGoals(db: Db, sequenceId: string): Promise<Goal[]> {
  const { rows } = await sql<Goal>`
    SELECT ${COLUMNS} FROM sequitur.sequence_goals
    WHERE sequence_id = ${sequenceId} ORDER BY created_at, id`.execute(db);
  return rows;
}

/** The goals of all sequences that an event of this name may be, oldest first. */
export async function selectGoalsByEvent(db: Db, eventName: string): Promise<Goal[]> {
  const { rows } = await sql<Goal>`
    SELECT ${COLUMNS} FROM sequitur.sequence_goals
    WHERE event_name = ${eventName} ORDER BY created_at, id`.execute(db);
  return rows;
}

/** Inserts a goal. */
export async function insertGoal(tx: Tx, goal: Goal): Promise<void> {
  await sql`
    INSERT INTO sequitur.sequence_goals (${COLUMNS})
    VALUES (${goal.id}, ${goal.sequence_id}, ${goal.event_name}, ${JSON.stringify(goal.filters)}::jsonb,
            ${goal.created_at}, ${goal.updated_at})`.execute(tx);
}

/** Writes what an edit may change. */
export async function updateGoal(tx: Tx, goal: Goal): Promise<void> {
  await sql`
    UPDATE sequitur.sequence_goals
    SET event_name = ${goal.event_name}, filters = ${JSON.stringify(goal.filters)}::jsonb,
        updated_at = ${goal.updated_at}
    WHERE id = ${goal.id}`.execute(tx);
}

/** Deletes a goal of a sequence and gives it as it was; undefined where there was none. */
export async function deleteGoal(tx: Tx, sequenceId: string, id: string): Promise<Goal | undefined> {
  const { rows } = await sql<Goal>`
    DELETE FROM sequitur.sequence_goals
    WHERE id = ${id} AND sequence_id = ${sequenceId} RETURNING ${COLUMNS}`.execute(tx);
  return rows[0];
}
