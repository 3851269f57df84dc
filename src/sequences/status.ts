import type { SequenceStatus } from './plan.ts';
import type { Step } from './steps.ts';
import { type StepProblem, validateStep } from './template.ts';

/**
 * Which status may follow which; docs/states.md draws it. Nothing leads back to `draft`: it says "never ran".
 * What is archived comes back paused, so that taking it out of the archive mails nobody by itself.
 */
export const NEXT_STATUSES: Readonly<Record<SequenceStatus, readonly SequenceStatus[]>> = {
  draft: ['active', 'archived'],
  active: ['paused', 'archived'],
  paused: ['active', 'archived'],
  archived: ['paused'],
};

/** Why a sequence cannot take a status. `steps` counts from 1, as people do. */
export type StatusRefusal =
  | { reason: 'no_such_change'; from: SequenceStatus; to: SequenceStatus; allowed: readonly SequenceStatus[] }
  | { reason: 'no_steps' }
  | { reason: 'invalid_templates'; steps: { number: number; problems: StepProblem[] }[] };

/**
 * Whether a sequence in `from` with these present steps, in order, may become `to`: null if so. A sequence is
 * published only with something to send, all of which can be rendered: templates were checked when they were
 * saved, but perhaps by an earlier release that allowed more.
 */
export function refusalOf(
  from: SequenceStatus,
  to: SequenceStatus,
  steps: readonly Step[],
): StatusRefusal | null {
  const allowed = NEXT_STATUSES[from];
  if (!allowed.includes(to)) return { reason: 'no_such_change', from, to, allowed };
  if (to !== 'active') return null;
  if (steps.length === 0) return { reason: 'no_steps' };
  const invalid = steps
    .map((step, i) => ({ number: i + 1, problems: validateStep(step) }))
    .filter(({ problems }) => problems.length > 0);
  return invalid.length > 0 ? { reason: 'invalid_templates', steps: invalid } : null;
}
