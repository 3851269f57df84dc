import type { Db } from '../db/database.ts';
import { type ExecutionRow, listExecutions } from './executions.sql.ts';
import { type Filter, type NoPeople, whyNoPeople } from './filter.ts';
import { edgesOf } from './frame.sql.ts';
import { type Asked, ask, type Frame, type Question } from './frame.ts';
import { type Comparison, comparisonOf, type Days } from './range.ts';
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

/** The four numbers of a range. Triggers are null beside a step's emails: no step is part of a trigger. */
export type Headline = Totals & { triggers: number | null; suppressed: number | null };

export type SequenceAnswer = Headline & {
  /** Why `unique_recipients` is null; null where it is not. */
  people_left_out: NoPeople | null;
  suppressed_by_reason: ReasonCount[];
  /** Every source that sent or triggered, the one with most executions first. */
  by_source: SourceBreakdown[];
  /** Emails by step and revision, in the order of the steps. */
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
    const [numbers, sent, triggered, reasons, by_step, executions, comparison] = await Promise.all([
      headline(question, sequenceId, filter),
      totalsBySource(question, sequenceId, filter),
      triggersBySource(question, sequenceId, filter.sources),
      suppressedByReason(question, sequenceId, filter.sources),
      totalsByStep(question, sequenceId, filter),
      newest(question, { sequenceId, filter, limit }),
      compared && compare(question, sequenceId, filter, compared),
    ]);
    return {
      ...numbers,
      people_left_out: whyNoPeople(filter),
      suppressed_by_reason: reasons,
      by_source: bySource(sent, triggered),
      by_step,
      executions,
      comparison,
    };
  });
}

async function newest(
  { tx, calendar_id, days }: Question,
  asked: Pick<SequenceAsked, 'sequenceId' | 'filter' | 'limit'>,
) {
  return listExecutions(tx, await edgesOf(tx, calendar_id, days), { ...asked, after: null });
}

async function headline(question: Question, sequenceId: string, filter: Filter): Promise<Headline> {
  const [sent, triggered] = await Promise.all([
    totals(question, sequenceId, filter),
    triggersBySource(question, sequenceId, filter.sources),
  ]);
  if (filter.step !== null) return { ...sent, triggers: null, suppressed: null };
  return {
    ...sent,
    triggers: triggered.reduce((sum, row) => sum + row.triggers, 0),
    suppressed: triggered.reduce((sum, row) => sum + row.suppressed, 0),
  };
}

async function compare(
  question: Question,
  sequenceId: string,
  filter: Filter,
  { current, previous, leaves_out_today }: Comparison,
): Promise<Compared> {
  const of = (days: Days) => headline({ ...question, days }, sequenceId, filter);
  const [now, before] = await Promise.all([of(current), of(previous)]);
  return { leaves_out_today, current: { ...current, ...now }, previous: { ...previous, ...before } };
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
