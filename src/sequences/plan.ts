import type { Db } from '../db/database.ts';
import type { Filter } from './filters.ts';
import { readPlans } from './plan.sql.ts';
import type { SendWindow } from './timing.ts';

export type SequenceStatus = 'draft' | 'active' | 'paused' | 'archived';
export type Reentry = 'once' | 'once_at_a_time' | 'after_days' | 'every_time';

/** A step as delivery sees it: when it goes out after the one before it, and whom it passes over. */
export type PlannedStep = {
  id: string;
  revision: number;
  delay_seconds: number;
  /** 'HH:MM' on the contact's clock; null: as soon as the delay is over. */
  send_at: string | null;
  skip_if: Filter[];
};

/**
 * What triggers and delivery need to know of a sequence. `steps` are the present ones, in their order; `time_zone` is
 * the workspace's, by which those go whose own is not known.
 */
export type Plan = {
  id: string;
  key: string;
  name: string;
  status: SequenceStatus;
  reentry: Reentry;
  reentry_days: number | null;
  send_window: SendWindow | null;
  time_zone: string;
  activated_at: Date | null;
  paused_at: Date | null;
  steps: PlannedStep[];
};

/** The plans of these sequences by id, as they stand now; those that do not exist are missing. */
export async function plansOf(db: Db, sequenceIds: string[]): Promise<Map<string, Plan>> {
  const plans = await readPlans(db, [...new Set(sequenceIds)]);
  return new Map(plans.map((plan) => [plan.id, plan]));
}
