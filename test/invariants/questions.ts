import fc from 'fast-check';
import { expect } from 'vitest';
import { BREAKDOWNS, breakdown } from '../../src/analytics/breakdown.ts';
import { EVERYTHING, type Filter } from '../../src/analytics/filter.ts';
import { ask } from '../../src/analytics/frame.ts';
import { funnel } from '../../src/analytics/funnel.ts';
import { INTERVALS, type RangeAsked, TIME_RANGES } from '../../src/analytics/range.ts';
import { listRecipients } from '../../src/analytics/recipients.sql.ts';
import { sequenceAnalytics } from '../../src/analytics/sequence.ts';
import { series, workspaceSeries } from '../../src/analytics/series.ts';
import { summary } from '../../src/analytics/summary.ts';
import { workspaceAnalytics } from '../../src/analytics/workspace.ts';
import type { Db } from '../../src/db/database.ts';
import { idOf } from '../support/history.ts';
import {
  type ByHand,
  buckets,
  dayIn,
  daysAfter,
  isAccepted,
  type Range,
  sequenceId,
  tally,
} from './counted_by_hand.ts';
import { DAYS, FIRST_DAY, SEQUENCES, SOURCES } from './histories.ts';

const KINDS = [
  'sequence',
  'series',
  'breakdown',
  'funnel',
  'recipients',
  'workspace',
  'workspace_series',
  'summary',
] as const;

const sources = fc.oneof(
  { weight: 3, arbitrary: fc.constant<string[]>([]) },
  { weight: 2, arbitrary: fc.constantFrom(...SOURCES).map((source) => [source]) },
  { weight: 1, arbitrary: fc.uniqueArray(fc.constantFrom(...SOURCES), { minLength: 2, maxLength: 3 }) },
);

const range = fc.oneof(
  fc.record({ from: fc.integer({ min: -20, max: DAYS }), length: fc.integer({ min: 1, max: DAYS + 50 }) }),
  fc.constantFrom(...TIME_RANGES),
);

/** Anything that may be asked of a ledger. */
export const questions = fc.record({
  kind: fc.constantFrom(...KINDS),
  sequence: fc.constantFrom(...SEQUENCES),
  range,
  // On a day of the history, or after it.
  today: fc.integer({ min: 10, max: DAYS + 40 }),
  sources,
  step: fc.option(fc.integer({ min: 1, max: 2 }), { freq: 3 }),
  revision: fc.option(fc.integer({ min: 0, max: 3 })),
  interval: fc.constantFrom(...INTERVALS),
  of: fc.constantFrom(...BREAKDOWNS),
  byRevision: fc.boolean(),
});

type Question = typeof questions extends fc.Arbitrary<infer Asked> ? Asked : never;

/** What a question comes to, once days and ids are known. */
type Terms = {
  sequenceId: string;
  asked: RangeAsked;
  days: Range;
  today: string;
  now: Date;
  filter: Filter;
  question: Question;
};

/** Asks, and fails unless the answer is what `rows` give, counted by hand in `zone`. */
export async function compare(db: Db, rows: ByHand, zone: string, question: Question): Promise<void> {
  await COMPARED[question.kind](db, rows, termsOf(rows, zone, question));
}

function termsOf(rows: ByHand, zone: string, question: Question): Terms {
  const { range, sequence, sources, step, revision } = question;
  const now = new Date(`${daysAfter(FIRST_DAY, question.today)}T22:45:00Z`);
  const today = dayIn(zone)(now);
  const id = sequenceId(sequence);
  const filter = { sources, step: step === null ? null : idOf(`step ${sequence} ${step}`), revision };
  const terms = { sequenceId: id, today, now, filter, question };
  if (typeof range === 'object') {
    const from = daysAfter(FIRST_DAY, range.from);
    const days = { from, to: daysAfter(from, range.length - 1) };
    return { ...terms, days, asked: days };
  }
  const about = question.kind.startsWith('workspace') ? null : id;
  const from =
    range === 'all' ? rows.firstDay(about, today) : daysAfter(today, 1 - Number.parseInt(range, 10));
  return { ...terms, days: { from, to: today }, asked: { time_range: range } };
}

type Comparison = (db: Db, rows: ByHand, terms: Terms) => Promise<void>;

const COMPARED: Record<(typeof KINDS)[number], Comparison> = {
  sequence: compareSequence,
  series: compareSeries,
  breakdown: compareBreakdown,
  funnel: compareFunnel,
  recipients: compareRecipients,
  workspace: compareWorkspace,
  workspace_series: compareWorkspaceSeries,
  summary: compareSummary,
};

async function compareSequence(db: Db, rows: ByHand, terms: Terms): Promise<void> {
  const { sequenceId: id, days, filter, now, asked } = terms;
  const answer = await sequenceAnalytics(db, {
    range: asked,
    sequenceId: id,
    now,
    filter,
    compare: true,
    limit: 50,
  });
  expect(answer).toMatchObject({ ...days, ...rows.headline(id, days, filter) });
  const emails = rows.emails(id, days, filter);
  expect(answer.executions.map((e) => e.id)).toEqual(emails.slice(0, 50).map((e) => e.id));
  // No step is part of a trigger.
  const triggers = filter.step === null ? rows.triggersOf(id, days, filter.sources) : [];
  const suppressed = triggers.filter((t) => !isAccepted(t));
  const reasons = answer.suppressed_by_reason.map(({ reason, count }): [string, number] => [reason, count]);
  expect(reasons.sort()).toEqual(tally(suppressed.map((t) => t.reason)));
  const steps = answer.by_step.map((s): [string, number] => [`${s.step_id} ${s.revision}`, s.executions]);
  expect(steps.sort()).toEqual(tally(emails.map((e) => `${e.step_id} ${e.revision}`)));
  compareSources(rows, terms, answer.by_source);
  comparePeriods(rows, terms, answer.comparison);
}

function compareSources(
  rows: ByHand,
  { sequenceId: id, days, filter }: Terms,
  bySource: Awaited<ReturnType<typeof sequenceAnalytics>>['by_source'],
): void {
  const wanted = SOURCES.filter((source) => filter.sources.length === 0 || filter.sources.includes(source));
  const counted = wanted.flatMap((source) => {
    const { total_executions: executions, ...rest } = rows.headline(id, days, {
      ...filter,
      sources: [source],
    });
    const isThere = executions > 0 || rest.triggers || rest.suppressed;
    return isThere ? [{ source, executions, ...rest }] : [];
  });
  const byName = (a: { source: string }, b: { source: string }) => (a.source < b.source ? -1 : 1);
  expect(bySource.toSorted(byName)).toEqual(counted.sort(byName));
  const most = bySource.map(({ executions }) => executions);
  expect(most).toEqual(most.toSorted((a, b) => b - a));
}

function comparePeriods(
  rows: ByHand,
  { sequenceId: id, days, today, filter }: Terms,
  compared: Awaited<ReturnType<typeof sequenceAnalytics>>['comparison'],
): void {
  const hasToday = days.from <= today && today <= days.to;
  const current = { from: days.from, to: hasToday ? daysAfter(today, -1) : days.to };
  if (current.from > current.to) {
    expect(compared).toBeNull();
    return;
  }
  const length = (Date.parse(current.to) - Date.parse(current.from)) / 86_400_000 + 1;
  const previous = { from: daysAfter(current.from, -length), to: daysAfter(current.from, -1) };
  expect(compared).toEqual({
    leaves_out_today: hasToday,
    current: { ...current, ...rows.headline(id, current, filter) },
    previous: { ...previous, ...rows.headline(id, previous, filter) },
  });
}

async function compareSeries(db: Db, rows: ByHand, terms: Terms): Promise<void> {
  const { sequenceId: id, asked, days, now, filter, question } = terms;
  const { interval } = question;
  const { points } = await series(db, { range: asked, sequenceId: id, now, filter, interval });
  const counted = buckets(days, interval).map((bucket) => {
    const { total_executions: executions, ...rest } = rows.headline(id, bucket, filter);
    return { date: bucket.from, executions, ...rest };
  });
  expect(points).toEqual(counted);
}

async function compareBreakdown(db: Db, rows: ByHand, terms: Terms): Promise<void> {
  const { sequenceId: id, asked, days, now, question } = terms;
  const { interval, of } = question;
  const { names, points } = await breakdown(db, { range: asked, sequenceId: id, now, interval, of });
  const namesIn = (bucket: Range): string[] => {
    if (of === 'executions_by_source') return rows.emails(id, bucket, EVERYTHING).map((e) => e.source);
    const triggers = rows
      .triggersOf(id, bucket)
      .filter((t) => isAccepted(t) === (of === 'triggers_by_source'));
    return triggers.map((t) => (of === 'triggers_by_source' ? t.source : t.reason));
  };
  const totals = tally(namesIn(days)).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  expect(names).toEqual(totals.map(([name]) => name));
  const counted = buckets(days, interval).map((bucket) => {
    const here = new Map(tally(namesIn(bucket)));
    return { date: bucket.from, counts: names.map((name) => here.get(name) ?? 0) };
  });
  expect(points).toEqual(counted);
}

async function compareFunnel(db: Db, rows: ByHand, terms: Terms): Promise<void> {
  const { sequenceId: id, asked, days, now, filter, question } = terms;
  const { byRevision } = question;
  const { sources } = filter;
  const { steps } = await funnel(db, { range: asked, sequenceId: id, now, sources, byRevision });
  const told = steps.map(({ position: _, subject: __, name: ___, reasons, ...step }) => ({
    ...step,
    reasons: reasons
      .map(({ outcome, reason, count }): [string, number] => [`${outcome} ${reason}`, count])
      .sort(),
  }));
  const place = (step: { step_id: string; revision: number | null }) =>
    `${step.step_id} ${step.revision ?? ''}`;
  expect(told.sort((a, b) => (place(a) < place(b) ? -1 : 1))).toEqual(
    rows.funnel(id, days, sources, byRevision),
  );
  for (const { entered, sent, waiting, skipped, failed, exited } of steps)
    expect(entered).toBe(sent + waiting + skipped + failed + exited);
}

async function compareRecipients(db: Db, rows: ByHand, terms: Terms): Promise<void> {
  const { sequenceId: id, asked, days, now, filter } = terms;
  const { sources } = filter;
  const { people } = await ask(db, { range: asked, sequenceId: id, now }, async ({ tx, edges }) => ({
    people: await listRecipients(tx, edges, { sequenceId: id, sources, limit: 1_000, after: null }),
  }));
  const told = people.map(({ recipient_email: _, recipient_user_id: __, id: ___, ...person }) => person);
  expect(told).toEqual(rows.recipients(id, days, { ...EVERYTHING, sources }));
}

async function compareWorkspace(db: Db, rows: ByHand, { asked, days, now }: Terms): Promise<void> {
  expect(await workspaceAnalytics(db, { range: asked, now })).toMatchObject({
    ...days,
    ...rows.workspace(days),
  });
}

async function compareWorkspaceSeries(db: Db, rows: ByHand, terms: Terms): Promise<void> {
  const { asked, days, now, question } = terms;
  const { interval } = question;
  const { points } = await workspaceSeries(db, { range: asked, now, interval });
  const counted = buckets(days, interval).map((bucket) => {
    const { total_executions: executions, ...rest } = rows.workspace(bucket);
    return { date: bucket.from, executions, ...rest };
  });
  expect(points).toEqual(counted);
}

async function compareSummary(db: Db, rows: ByHand, { now, today }: Terms): Promise<void> {
  const { sequences, totals } = await summary(db, now);
  const cards = SEQUENCES.map((sequence) => {
    const id = sequenceId(sequence);
    const days = buckets({ from: daysAfter(today, -29), to: today }, 'day');
    const sparkline = days.map((day) => rows.emails(id, day, EVERYTHING).length);
    return { sequence_id: id, ...rows.card(id), sparkline };
  });
  expect(sequences).toMatchObject(cards);
  const everything = rows.workspace({ from: '0000', to: '9999' });
  expect(totals).toEqual({
    execution_count: everything.total_executions,
    people: everything.unique_recipients,
    trigger_count: everything.triggers,
    suppressed_count: everything.suppressed,
  });
}
