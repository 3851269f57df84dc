import { z } from 'zod';
import type { Db } from '../db/database.ts';
import type { App } from '../http/server.ts';
import { type AnswerDeps, sendAnswer } from './answer.routes.ts';
import { count, frame, intervalField, peopleLeftOut, rangedQuery, rangeOf } from './fields.routes.ts';
import { TIME_RANGES } from './range.ts';
import { pointSchema } from './sequence.routes.ts';
import { workspaceSeries } from './series.ts';
import { summary } from './summary.ts';
import { workspaceAnalytics } from './workspace.ts';

/** All sequences at a glance. */
export function registerSummary(app: App, deps: AnswerDeps & { db: Db; now: () => Date }): void {
  const { db, now } = deps;

  app.get('/api/sequences/analytics/summary', { schema: summaryRoute }, async (request, reply) =>
    sendAnswer(deps, { request, reply }, null, () => summary(db, now())),
  );

  app.get('/api/analytics', { schema: workspaceRoute }, async (request, reply) => {
    const range = rangeOf(request.query);
    return sendAnswer(deps, { request, reply }, null, () => workspaceAnalytics(db, { range, now: now() }));
  });

  app.get('/api/analytics/series', { schema: workspaceSeriesRoute }, async (request, reply) => {
    const { interval } = request.query;
    const asked = { range: rangeOf(request.query), interval };
    return sendAnswer(deps, { request, reply }, null, () => workspaceSeries(db, { ...asked, now: now() }));
  });
}

const totals = {
  execution_count: count.meta({ description: 'Emails sent.' }),
  trigger_count: count.meta({ description: 'Accepted triggers.' }),
  suppressed_count: count.meta({ description: 'Triggers that started nothing, whatever the reason.' }),
};

const sequenceSummary = z
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

const workspaceTotals = z
  .object({ ...totals, people: count.meta({ description: 'Distinct people over all sequences.' }) })
  .meta({ id: 'WorkspaceTotals' });

const summarySchema = z
  .object({
    sequences: z.array(sequenceSummary),
    totals: workspaceTotals,
    time_zone: z.string(),
    as_of: z.date(),
  })
  .meta({ id: 'Summary' });

/** The event by which open pages hear of changed counts. */
export const countsEvent = {
  description: 'counts have changed: the summary, with those sequences alone that changed.',
  data: summarySchema,
};

const summaryRoute = {
  tags: ['Analytics'],
  summary: 'Lifetime counts of every sequence',
  description:
    'Read from counters, so it takes as long after years as on the first day. `/api/stream` brings the changes.',
  response: { 200: summarySchema },
};

const rangeFields = {
  time_range: z.enum(TIME_RANGES).optional(),
  from: frame.from.optional(),
  to: frame.to.optional(),
};

const workspaceRoute = {
  tags: ['Analytics'],
  summary: 'All sequences together over a range of days',
  description: '`unique_recipients` counts somebody whom several sequences have reached once.',
  querystring: rangedQuery(rangeFields),
  response: {
    200: z.object({
      ...frame,
      total_executions: count,
      unique_recipients: count.meta({ description: 'Distinct people, whatever sequence reached them.' }),
      triggers: count,
      suppressed: count,
    }),
  },
};

const workspaceSeriesRoute = {
  tags: ['Analytics'],
  summary: 'All sequences together, day by day, week by week or month by month',
  description:
    'Every bucket of the range has its point. The people of the buckets do not add up: somebody may be in several.',
  querystring: rangedQuery({ ...rangeFields, interval: intervalField }),
  response: {
    200: z.object({
      ...frame,
      interval: z.enum(['day', 'week', 'month']),
      people_left_out: peopleLeftOut,
      points: z.array(pointSchema),
    }),
  },
};
