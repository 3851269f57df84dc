import { isDeepStrictEqual } from 'node:util';
import type { Db, Tx } from '../db/database.ts';
import { newId } from '../lib/uuid.ts';
import type { Filter } from './filters.ts';
import { deleteGoal, insertGoal, selectGoals, selectGoalsByEvent, updateGoal } from './goals.sql.ts';
import { forgetExample, lockSequence } from './sequences.sql.ts';
import type { Change } from './sequences.ts';

/** What a sequence is there for: an event of this name that meets all filters ends the run of its person. */
export type Goal = {
  id: string;
  sequence_id: string;
  event_name: string;
  filters: Filter[];
  created_at: Date;
  updated_at: Date;
};

/** The most goals of one sequence. */
export const MAX_GOALS = 20;

/** The goals of a sequence, oldest first; empty where it has none. */
export function listGoals(db: Db, sequenceId: string): Promise<Goal[]> {
  return selectGoals(db, sequenceId);
}

/** The goals of all sequences that an event of this name may be, oldest first. */
export function goalsFor(db: Db, eventName: string): Promise<Goal[]> {
  return selectGoalsByEvent(db, eventName);
}

type NoSuchSequence = { outcome: 'no_such_sequence' };

export type AddedGoal =
  | { outcome: 'added'; goal: Goal }
  | NoSuchSequence
  | { outcome: 'too_many_goals'; most: number };

export async function addGoal(
  tx: Tx,
  sequenceId: string,
  wanted: { event_name: string; filters: Filter[] },
  change: Change,
): Promise<AddedGoal> {
  if (!(await lockSequence(tx, sequenceId))) return { outcome: 'no_such_sequence' };
  const goals = await selectGoals(tx, sequenceId);
  if (goals.length >= MAX_GOALS) return { outcome: 'too_many_goals', most: MAX_GOALS };
  const times = { created_at: change.now, updated_at: change.now };
  const goal: Goal = { id: newId(), sequence_id: sequenceId, ...wanted, ...times };
  await insertGoal(tx, goal);
  await noteEdit(tx, goal, change);
  return { outcome: 'added', goal };
}

/** What is left out stays; `filters` replaces all of them. */
export type GoalPatch = { event_name?: string | undefined; filters?: Filter[] | undefined };

export type EditedGoal =
  | { outcome: 'edited'; goal: Goal; fields: (keyof GoalPatch)[] }
  | { outcome: 'unchanged'; goal: Goal }
  | NoSuchSequence
  | { outcome: 'no_such_goal' };

export async function editGoal(
  tx: Tx,
  sequenceId: string,
  goalId: string,
  patch: GoalPatch,
  change: Change,
): Promise<EditedGoal> {
  if (!(await lockSequence(tx, sequenceId))) return { outcome: 'no_such_sequence' };
  const before = (await selectGoals(tx, sequenceId)).find(({ id }) => id === goalId);
  if (!before) return { outcome: 'no_such_goal' };
  const { event_name = before.event_name, filters = before.filters } = patch;
  const goal = { ...before, event_name, filters, updated_at: change.now };
  const fields = FIELDS.filter((field) => !isDeepStrictEqual(goal[field], before[field]));
  if (fields.length === 0) return { outcome: 'unchanged', goal: before };
  await updateGoal(tx, goal);
  await noteEdit(tx, goal, change);
  return { outcome: 'edited', goal, fields };
}

/** Removes a goal and gives it as it was; undefined where there was none. */
export async function removeGoal(
  tx: Tx,
  sequenceId: string,
  goalId: string,
  change: Change,
): Promise<Goal | undefined> {
  const goal = await deleteGoal(tx, sequenceId, goalId);
  if (goal) await noteEdit(tx, goal, change);
  return goal;
}

const FIELDS = ['event_name', 'filters'] as const satisfies (keyof GoalPatch)[];

async function noteEdit(tx: Tx, { sequence_id }: Goal, { by }: Change): Promise<void> {
  if (by !== null) await forgetExample(tx, [sequence_id]);
}
