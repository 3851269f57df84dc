import type { Funnel } from './queries.ts';

type Step = Pick<Funnel['steps'][number], 'waiting' | 'failed' | 'reasons'>;

/** What was not sent, all steps together; the reasons of failures by number, the most frequent first. */
export function unsent(steps: readonly Step[]) {
  const reasons = new Map<string, number>();
  for (const { outcome, reason, count } of steps.flatMap((step) => step.reasons))
    if (outcome === 'failed') reasons.set(reason, (reasons.get(reason) ?? 0) + count);
  return {
    waiting: steps.reduce((sum, step) => sum + step.waiting, 0),
    failed: steps.reduce((sum, step) => sum + step.failed, 0),
    reasons: [...reasons].map(([reason, count]) => ({ reason, count })).toSorted((a, b) => b.count - a.count),
  };
}
