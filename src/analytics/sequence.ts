import type { Db } from '../db/database.ts';
import { type ExecutionRow, listExecutions } from './executions.sql.ts';
import { type Asked, ask, type Frame } from './frame.ts';
import { type StepTotals, totalsByStep } from './steps.sql.ts';
import { type Totals, totals, totalsBySource } from './totals.sql.ts';
import { type ReasonCount, suppressedByReason, triggersBySource } from './triggers.sql.ts';

export type SourceBreakdown = {
  source: string;
  executions: number;
  unique_recipients: number;
  triggers: number;
  suppressed: number;
};

export type SequenceAnswer = Totals & {
  triggers: number;
  suppressed: number;
  suppressed_by_reason: ReasonCount[];
  /** Every source that sent or triggered, the one with most executions first. */
  by_source: SourceBreakdown[];
  /** Emails by step and revision, in the order of the steps. */
  by_step: StepTotals[];
  /** The newest first, at most `limit`. */
  executions: ExecutionRow[];
};

/** Everything that the page of one sequence shows about a range: one snapshot, so its parts agree. */
export function sequenceAnalytics(
  db: Db,
  asked: Asked & { sequenceId: string; limit: number },
): Promise<Frame & SequenceAnswer> {
  const { sequenceId, limit } = asked;
  return ask(db, asked, async (question) => {
    const [all, sent, triggered, reasons, by_step, executions] = await Promise.all([
      totals(question, sequenceId),
      totalsBySource(question, sequenceId),
      triggersBySource(question, sequenceId),
      suppressedByReason(question, sequenceId),
      totalsByStep(question, sequenceId),
      listExecutions(question, { sequenceId, limit, after: null }),
    ]);
    return {
      ...all,
      triggers: triggered.reduce((sum, row) => sum + row.triggers, 0),
      suppressed: triggered.reduce((sum, row) => sum + row.suppressed, 0),
      suppressed_by_reason: reasons,
      by_source: bySource(sent, triggered),
      by_step,
      executions,
    };
  });
}

function bySource(
  sent: { source: string; total_executions: number; unique_recipients: number }[],
  triggered: { source: string; triggers: number; suppressed: number }[],
): SourceBreakdown[] {
  const triggers = new Map(triggered.map((row) => [row.source, row]));
  const rows = sent.map(({ source, total_executions: executions, unique_recipients }) => {
    const { triggers: n = 0, suppressed = 0 } = triggers.get(source) ?? {};
    triggers.delete(source);
    return { source, executions, unique_recipients, triggers: n, suppressed };
  });
  const unsent = [...triggers.values()].map((row) => ({ ...row, executions: 0, unique_recipients: 0 }));
  return [...rows, ...unsent];
}
