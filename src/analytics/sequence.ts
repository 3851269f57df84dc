import type { Db } from '../db/database.ts';
import { getOrMake } from '../lib/get_or_make.ts';
import { type ExecutionRow, listExecutions } from './executions.sql.ts';
import { type Filter, type NoPeople, whyNoPeople } from './filter.ts';
import { type Asked, ask, type Frame, type Question } from './frame.ts';
import { type Comparison, comparisonOf, type Days } from './range.ts';
import { type StepTotals, totalsByStep } from './steps.sql.ts';
import { type SourceTotals, type Totals, totals, totalsBySource } from './totals.sql.ts';
import { type TriggerCount, triggerCounts } from './triggers.sql.ts';

export type ReasonCount = { reason: string; count: number };

/** Beside a step's emails, people and triggers are null. */
export type SourceBreakdown = {
  source: string;
  executions: number;
  unique_recipients: number | null;
  triggers: number | null;
  suppressed: number | null;
};

/** The four numbers of a range. Triggers are null beside a step's emails: no step is part of a trigger. */
export type Headline = Totals & { triggers: number | null; suppressed: number | null };

export type SequenceAnswer = Headline & {
  /** Why `unique_recipients` is null; null where it is not. */
  people_left_out: NoPeople | null;
  suppressed_by_reason: ReasonCount[];
  /** Every source that sent or triggered, the one with most executions first. */
  by_source: SourceBreakdown[];
  /** Emails by step and revision, in the order of the steps; last those of no step. */
  by_step: StepTotals[];
  /** The newest first, at most `limit`. */
  executions: ExecutionRow[];
  /** Null unless asked for, or where the range is today alone. */
  comparison: Compared | null;
};

export type Compared = {
  leaves_out_today: boolean;
  current: Days & Headline;
  previous: Days & Headline;
};

type SequenceAsked = Asked & {
  sequenceId: string;
  filter: Filter;
  /** Whether to compare with the period before. */
  compare: boolean;
  limit: number;
};

/** Everything that the page of one sequence shows about a range: one snapshot, so its parts agree. */
export function sequenceAnalytics(db: Db, asked: SequenceAsked): Promise<Frame & SequenceAnswer> {
  const { sequenceId, filter, limit } = asked;
  return ask(db, asked, async (question) => {
    const compared = asked.compare ? comparisonOf(question.days, question.today) : null;
    const { tx, edges } = question;
    const [sent, triggered, sentBySource, by_step, executions, comparison] = await Promise.all([
      totals(question, sequenceId, filter),
      triggerCounts(question, sequenceId, filter.sources),
      totalsBySource(question, sequenceId, filter),
      totalsByStep(question, sequenceId, filter),
      listExecutions(tx, edges, { sequenceId, filter, limit, after: null }),
      compared && compare(question, sequenceId, filter, compared),
    ]);
    return {
      ...headlineOf(sent, triggered, filter),
      people_left_out: whyNoPeople(filter),
      suppressed_by_reason: filter.step === null ? byReason(triggered) : [],
      by_source: filter.step === null ? bySource(sentBySource, triggered) : sentBySource.map(ofStep),
      by_step: filter.step === null ? withStepless(by_step, sent) : by_step,
      executions,
      comparison,
    };
  });
}

function headlineOf(sent: Totals, triggered: TriggerCount[], { step }: Filter): Headline {
  if (step !== null) return { ...sent, triggers: null, suppressed: null };
  return { ...sent, triggers: sumOf(triggered, 'accepted'), suppressed: sumOf(triggered, 'suppressed') };
}

function sumOf(triggered: TriggerCount[], outcome: TriggerCount['outcome']): number {
  return triggered.reduce((sum, row) => sum + (row.outcome === outcome ? row.n : 0), 0);
}

async function compare(
  question: Question,
  sequenceId: string,
  filter: Filter,
  { current, previous, leaves_out_today }: Comparison,
): Promise<Compared> {
  const of = async (days: Days) => {
    const [sent, triggered] = await Promise.all([
      totals({ ...question, days }, sequenceId, filter),
      triggerCounts({ ...question, days }, sequenceId, filter.sources),
    ]);
    return headlineOf(sent, triggered, filter);
  };
  const [now, before] = await Promise.all([of(current), of(previous)]);
  return { leaves_out_today, current: { ...current, ...now }, previous: { ...previous, ...before } };
}

/** Why triggers were suppressed, the most frequent reason first. */
function byReason(triggered: TriggerCount[]): ReasonCount[] {
  const counts = new Map<string, number>();
  for (const { outcome, reason, n } of triggered) {
    if (outcome === 'suppressed') counts.set(reason, (counts.get(reason) ?? 0) + n);
  }
  const reasons = [...counts].map(([reason, count]) => ({ reason, count }));
  return reasons.sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}

function bySource(sent: SourceTotals[], triggered: TriggerCount[]): SourceBreakdown[] {
  const rows = new Map<string, SourceBreakdown & { triggers: number; suppressed: number }>();
  const rowOf = (source: string) => {
    const nothing = { source, executions: 0, unique_recipients: 0, triggers: 0, suppressed: 0 };
    return getOrMake(rows, source, () => nothing);
  };
  for (const { source, total_executions: executions, unique_recipients } of sent) {
    Object.assign(rowOf(source), { executions, unique_recipients });
  }
  for (const { source, outcome, n } of triggered) {
    rowOf(source)[outcome === 'accepted' ? 'triggers' : 'suppressed'] += n;
  }
  return [...rows.values()].sort(
    (a, b) => b.executions - a.executions || b.triggers - a.triggers || (a.source < b.source ? -1 : 1),
  );
}

function ofStep({ source, total_executions: executions }: SourceTotals): SourceBreakdown {
  return { source, executions, unique_recipients: null, triggers: null, suppressed: null };
}

/** The steps' emails, and what is left of all of them: a reporter need not name a step. */
function withStepless(steps: StepTotals[], { total_executions }: Totals): StepTotals[] {
  const executions = total_executions - steps.reduce((sum, step) => sum + step.executions, 0);
  const stepless = { step_id: null, revision: null, subject: null, name: null, position: null, executions };
  return executions === 0 ? steps : [...steps, stepless];
}
