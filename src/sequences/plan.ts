import type { Db } from '../db/database.ts';
import { readPlans } from './plan.sql.ts';

export type SequenceStatus = 'draft' | 'active' | 'paused' | 'archived';
export type Reentry = 'once' | 'once_at_a_time' | 'after_days' | 'every_time';

/** A step as delivery sees it: where it stands and how long after the one before it is due. */
export type PlannedStep = { id: string; revision: number; delay_seconds: number };

/** What triggers and delivery need to know of a sequence. `steps` are the present ones, in their order. */
export type Plan = {
  id: string;
  key: string;
  name: string;
  status: SequenceStatus;
  reentry: Reentry;
  reentry_days: number | null;
  steps: PlannedStep[];
};

/** The plans of these sequences by id, as they stand now; those that do not exist are missing. */
export async function plansOf(db: Db, sequenceIds: string[]): Promise<Map<string, Plan>> {
  const plans = await readPlans(db, [...new Set(sequenceIds)]);
  return new Map(plans.map((plan) => [plan.id, plan]));
}
