import { z } from 'zod';
import type { Db } from '../db/database.ts';
import { problem } from '../http/errors.ts';
import type { App } from '../http/server.ts';
import { EVERYTHING } from './filter.ts';
import { INTERVALS, TIME_RANGES } from './range.ts';
import { sequenceAnalytics } from './sequence.ts';
import { series } from './series.ts';
import { summary } from './summary.ts';

export type AnalyticsDeps = {
  db: Db;
  now: () => Date;
  /** The sequence of this id or key; undefined where there is none. */
  findSequence: (idOrKey: string) => Promise<{ id: string; name: string } | undefined>;
};

const NEWEST = 50;

/** The numbers: all sequences at a glance, one sequence over a range, and its days. */
export function registerAnalytics(app: App, { db, now, findSequence }: AnalyticsDeps): void {
  app.get('/api/sequences/analytics/summary', { schema: summaryRoute }, () => summary(db, now()));

  app.get('/api/sequences/:id/analytics', { schema: sequenceRoute }, async (request) => {
    const sequence = await existing(request.params.id);
    const { time_range } = request.query;
    const asked = { sequenceId: sequence.id, range: { time_range }, limit: NEWEST, now: now() };
    const answer = await sequenceAnalytics(db, asked);
    return { sequence_id: sequence.id, sequence_name: sequence.name, ...answer };
  });

  app.get('/api/sequences/:id/analytics/series', { schema: seriesRoute }, async (request) => {
    const sequence = await existing(request.params.id);
    const { time_range } = request.query;
    const answer = await series(db, {
      sequenceId: sequence.id,
      range: { time_range },
      now: now(),
      interval: 'day',
      filter: EVERYTHING,
    });
    return { sequence_id: sequence.id, ...answer };
  });

  async function existing(idOrKey: string) {
    const sequence = await findSequence(idOrKey);
    if (!sequence) throw problem.notFound('sequence', idOrKey);
    return sequence;
  }
}

const count = z.int();
const params = z.object({ id: z.string().max(64).meta({ description: 'Id or key of the sequence.' }) });
const day = z.string().meta({ format: 'date', example: '2026-03-01' });

const totals = {
  execution_count: count.meta({ description: 'Emails sent.' }),
  trigger_count: count.meta({ description: 'Accepted triggers.' }),
  suppressed_count: count.meta({ description: 'Triggers that started nothing, whatever the reason.' }),
};

/** One sequence's lifetime, as its card shows it. */
export const sequenceSummarySchema = z
  .object({
    sequence_id: z.uuid(),
    sequence_key: z.string(),
    sequence_name: z.string(),
    description: z.string(),
    status: z.enum(['draft', 'active', 'paused', 'archived']),
    ...totals,
    unique_recipients: count.meta({ description: 'Distinct people with at least one email.' }),
    last_executed_at: z.date().nullable(),
    sparkline: z.array(count).meta({ description: 'Emails of the last 30 reporting days, today last.' }),
  })
  .meta({ id: 'SequenceSummary' });

/** Lifetime over all sequences. */
export const workspaceTotalsSchema = z
  .object({ ...totals, people: count.meta({ description: 'Distinct people over all sequences.' }) })
  .meta({ id: 'WorkspaceTotals' });

const summaryRoute = {
  tags: ['Analytics'],
  summary: 'Lifetime counts of every sequence',
  response: {
    200: z.object({
      sequences: z.array(sequenceSummarySchema),
      totals: workspaceTotalsSchema,
      time_zone: z.string(),
      as_of: z.date(),
    }),
  },
};

const range = z.object({
  time_range: z.enum(TIME_RANGES).default('30d').meta({
    description: 'Whole reporting days: `7d` is today and the six days before.',
  }),
});

const frame = {
  time_range: z.enum([...TIME_RANGES, 'custom']),
  from: day.meta({ description: 'First reporting day, inclusive.' }),
  to: day.meta({ description: 'Last reporting day, inclusive.' }),
  time_zone: z.string().meta({ description: 'The reporting time zone.' }),
  as_of: z.date(),
  rows_available_from: day.nullable().meta({
    description: 'Rows from before this day were purged; counts are complete all the same. Null: none were.',
  }),
};

const execution = z
  .object({
    id: z.uuid(),
    sequence_id: z.uuid(),
    recipient_email: z.string(),
    recipient_user_id: z.string().nullable(),
    context: z.record(z.string(), z.unknown()),
    executed_at: z.date(),
    source: z.string(),
    step: z.uuid().nullable(),
    revision: z.int().nullable(),
    via: z.enum(['smtp', 'captured', 'reported']),
  })
  .meta({ id: 'Execution' });

const sequenceRoute = {
  tags: ['Analytics'],
  summary: 'One sequence over a range of days',
  description: 'All parts come from one moment, so they agree with each other.',
  params,
  querystring: range,
  response: {
    200: z.object({
      sequence_id: z.uuid(),
      sequence_name: z.string(),
      ...frame,
      total_executions: count,
      unique_recipients: count.nullable(),
      triggers: count.meta({ description: 'Accepted triggers.' }),
      suppressed: count,
      suppressed_by_reason: z.array(z.object({ reason: z.string(), count })),
      by_source: z.array(
        z.object({
          source: z.string(),
          executions: count,
          unique_recipients: count,
          triggers: count,
          suppressed: count,
        }),
      ),
      by_step: z.array(
        z.object({
          step_id: z.uuid(),
          revision: z.int(),
          subject: z.string().nullable(),
          position: z.int().nullable().meta({ description: 'From 0; null for a step that was removed.' }),
          executions: count,
        }),
      ),
      executions: z.array(execution).meta({ description: `The newest, at most ${NEWEST}.` }),
    }),
  },
};

const seriesRoute = {
  tags: ['Analytics'],
  summary: 'One sequence day by day',
  description: 'Every day of the range has its point, so `executions` add up to the total.',
  params,
  querystring: range.extend({ interval: z.enum(['day']).default('day') }),
  response: {
    200: z.object({
      sequence_id: z.uuid(),
      ...frame,
      interval: z.enum(INTERVALS),
      points: z.array(
        z.object({
          date: day,
          executions: count,
          unique_recipients: count.nullable().meta({ description: 'Distinct people of this day.' }),
          triggers: count.nullable(),
          suppressed: count.nullable(),
        }),
      ),
    }),
  },
};
