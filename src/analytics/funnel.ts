import type { Db } from '../db/database.ts';
import { type Asked, ask, type Frame } from './frame.ts';
import { type FunnelRow, funnelRows } from './funnel.sql.ts';

export type FunnelOutcome = 'sent' | 'waiting' | 'skipped' | 'failed' | 'exited';

/**
 * One step (or one revision of it): how many entered it in the range and what became of them by now. `entered`
 * is always the sum of the five. `position` is null for a step that was removed or is not ours; `name` is what an
 * outside sender calls it, null for ours.
 */
export type FunnelStep = {
  step_id: string;
  revision: number | null;
  position: number | null;
  subject: string | null;
  name: string | null;
  entered: number;
} & Record<FunnelOutcome, number> & { reasons: { outcome: FunnelOutcome; reason: string; count: number }[] };

/** The steps in their order. It is a cohort: people are told by the day on which they entered a step. */
export type Funnel = Frame & { cohort: 'day_of_entry'; steps: FunnelStep[] };

/** The funnel of a sequence, of one source or several or (none named) all, by step or by step and revision. */
export function funnel(
  db: Db,
  asked: Asked & { sequenceId: string; sources: string[]; byRevision: boolean },
): Promise<Funnel> {
  return ask(db, asked, async (question) => {
    const rows = await funnelRows(question, asked.sequenceId, asked);
    return { cohort: 'day_of_entry' as const, steps: stepsOf(rows) };
  });
}

function stepsOf(rows: FunnelRow[]): FunnelStep[] {
  const steps = Map.groupBy(rows, ({ step_id, revision }) => `${step_id} ${revision}`);
  return [...steps.values()].map((of) => {
    const count = (outcome: FunnelOutcome) =>
      of.filter((row) => row.outcome === outcome).reduce((sum, row) => sum + row.n, 0);
    const { step_id, revision, position, subject, name } = of[0] as FunnelRow;
    return {
      step_id,
      revision,
      position,
      subject,
      name,
      entered: of.reduce((sum, row) => sum + row.n, 0),
      sent: count('sent'),
      waiting: count('waiting'),
      skipped: count('skipped'),
      failed: count('failed'),
      exited: count('exited'),
      reasons: of
        .filter((row) => row.reason !== '')
        .map(({ outcome, reason, n }) => ({ outcome, reason, count: n })),
    };
  });
}
