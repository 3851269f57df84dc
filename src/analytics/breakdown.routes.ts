import { z } from 'zod';
import type { App } from '../http/server.ts';
import { sendAnswer } from './answer.routes.ts';
import { BREAKDOWNS, breakdown } from './breakdown.ts';
import {
  count,
  day,
  filterFields,
  frame,
  intervalField,
  rangedQuery,
  rangeOf,
  sequenceParams,
  sourcesOf,
  stepName,
} from './fields.routes.ts';
import { funnel } from './funnel.ts';
import type { SequenceDeps } from './routes.ts';

/** One sequence divided: by source or reason over time, and step by step. */
export function registerBreakdowns(app: App, deps: SequenceDeps): void {
  const { db, now, sequenceOf } = deps;

  app.get('/api/sequences/:id/analytics/breakdown', { schema: breakdownRoute }, async (request, reply) => {
    const { params, query } = request;
    const { id: sequenceId } = await sequenceOf(params.id);
    const { interval, of } = query;
    const asked = { sequenceId, range: rangeOf(query), interval, of };
    return sendAnswer(deps, { request, reply }, sequenceId, async () => {
      const answer = await breakdown(db, { ...asked, now: now() });
      return { sequence_id: sequenceId, of, ...answer };
    });
  });

  app.get('/api/sequences/:id/analytics/funnel', { schema: funnelRoute }, async (request, reply) => {
    const { params, query } = request;
    const { id: sequenceId } = await sequenceOf(params.id);
    const byRevision = query.by === 'revision';
    const asked = { sequenceId, range: rangeOf(query), sources: sourcesOf(query), byRevision };
    return sendAnswer(deps, { request, reply }, sequenceId, async () => {
      const answer = await funnel(db, { ...asked, now: now() });
      return { sequence_id: sequenceId, ...answer };
    });
  });
}

const { step: _step, revision: _revision, ...rangeAndSource } = filterFields;
const { source: _source, ...rangeOnly } = rangeAndSource;

const breakdownRoute = {
  tags: ['Analytics'],
  summary: 'Emails or triggers over time by source, or suppressed triggers by reason',
  description: 'One row of counts for each bucket of the range, one column for each source or reason.',
  params: sequenceParams,
  querystring: rangedQuery({
    ...rangeOnly,
    of: z.enum(BREAKDOWNS).default('executions_by_source'),
    interval: intervalField,
  }),
  response: {
    200: z.object({
      sequence_id: z.uuid(),
      ...frame,
      of: z.enum(BREAKDOWNS),
      interval: z.enum(['day', 'week', 'month']),
      names: z.array(z.string()).meta({ description: 'Sources or reasons, the one with most first.' }),
      points: z.array(
        z.object({
          date: day,
          counts: z.array(count).meta({ description: 'One for each of `names`, in their order.' }),
        }),
      ),
    }),
  },
};

const funnelRoute = {
  tags: ['Analytics'],
  summary: 'One sequence step by step',
  description:
    'People by the day on which they entered a step: of those, how many were sent it by now, wait for it, or ' +
    'left without it and why. `entered` is always the sum of the five.',
  params: sequenceParams,
  querystring: rangedQuery({ ...rangeAndSource, by: z.enum(['step', 'revision']).default('step') }),
  response: {
    200: z.object({
      sequence_id: z.uuid(),
      ...frame,
      cohort: z.enum(['day_of_entry']),
      steps: z.array(
        z.object({
          step_id: z.uuid(),
          revision: z.int().nullable(),
          position: z.int().nullable(),
          subject: z.string().nullable(),
          name: stepName,
          entered: count,
          sent: count,
          waiting: count,
          skipped: count,
          failed: count,
          exited: count,
          reasons: z.array(z.object({ outcome: z.string(), reason: z.string(), count })),
        }),
      ),
    }),
  },
};
