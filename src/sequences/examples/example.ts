import type { Filter } from '../filters.ts';
import type { Reentry, SequenceStatus } from '../plan.ts';
import type { PromoPageTexts } from '../promo_pages.ts';
import type { StepContent } from '../steps.ts';

/** A sequence as content: what a workspace is given to begin with, or to show. `key` is also its address for callers. */
export type ExampleSequence = {
  key: string;
  name: string;
  description: string;
  reentry: Reentry;
  reentry_days: number | null;
  status: SequenceStatus;
  steps: StepContent[];
  promo_page: (PromoPageTexts & { slug: string }) | null;
  event_trigger?: { event_name: string; filters: Filter[] };
  /** Where its triggers typically come from, in shares that add up to 1. */
  sources: Record<string, number>;
};

/** Seconds. */
export const HOUR = 3_600;
export const DAY = 24 * HOUR;
