import { z } from 'zod';
import type { App } from '../http/server.ts';
import { sendAnswer } from './answer.routes.ts';
import {
  count,
  day,
  executionSchema,
  filterFields,
  filterOf,
  frame,
  intervalField,
  listName,
  peopleLeftOut,
  rangedQuery,
  rangeOf,
  sequenceParams,
  stepName,
} from './fields.routes.ts';
import type { NamedSequence, SequenceDeps } from './routes.ts';
import { sequenceAnalytics } from './sequence.ts';
import { series } from './series.ts';

const NEWEST = 50;

/** One sequence over a range: the numbers of its page, and the same over time. */
export function registerSequenceAnalytics(app: App, deps: SequenceDeps): void {
  const { db, cursors, now, sequenceOf } = deps;

  app.get('/api/sequences/:id/analytics', { schema: sequenceRoute }, async (request, reply) => {
    const { query } = request;
    const { sequence, sequenceId } = await lookedUp(sequenceOf, request.params.id);
    const compare = query.compare === 'previous';
    const asked = { sequenceId, range: rangeOf(query), filter: filterOf(query), compare, limit: NEWEST + 1 };
    return sendAnswer(deps, { request, reply }, sequenceId, async () => {
      const [{ name: sequence_name }, answer] = await Promise.all([
        sequence,
        sequenceAnalytics(db, { ...asked, now: now() }),
      ]);
      const executions = answer.executions.slice(0, NEWEST);
      const last = executions.at(-1);
      const more = answer.executions.length > NEWEST && last;
      const list = listName('executions', sequenceId, query);
      const next_cursor = more ? cursors.encode(list, placeOf(last)) : null;
      return { sequence_id: sequenceId, sequence_name, ...answer, executions, next_cursor };
    });
  });

  app.get('/api/sequences/:id/analytics/series', { schema: seriesRoute }, async (request, reply) => {
    const { query } = request;
    const { sequence, sequenceId } = await lookedUp(sequenceOf, request.params.id);
    const { interval } = query;
    const asked = { sequenceId, range: rangeOf(query), filter: filterOf(query), interval };
    return sendAnswer(deps, { request, reply }, sequenceId, async () => {
      const [, answer] = await Promise.all([sequence, series(db, { ...asked, now: now() })]);
      return { sequence_id: sequenceId, ...answer };
    });
  });
}

/** A sequence that is being looked up, and its id: named by that, it is looked up while its numbers are read. */
async function lookedUp(
  sequenceOf: SequenceDeps['sequenceOf'],
  idOrKey: string,
): Promise<{ sequence: Promise<NamedSequence>; sequenceId: string }> {
  const sequence = sequenceOf(idOrKey);
  sequence.catch(() => {}); // whoever reads the numbers waits for it as well
  const isId = z.uuid().safeParse(idOrKey).success;
  return { sequence, sequenceId: isId ? idOrKey.toLowerCase() : (await sequence).id };
}

/** The place of a row in the list of executions. */
function placeOf({ executed_at, id }: { executed_at: Date; id: string }) {
  return { executed_at: executed_at.toISOString(), id };
}

const headline = {
  total_executions: count.meta({ description: 'Emails sent.' }),
  unique_recipients: count
    .nullable()
    .meta({ description: 'Distinct people; null where `people_left_out` says why.' }),
  triggers: count.nullable().meta({ description: 'Accepted triggers; null beside one step’s emails.' }),
  suppressed: count.nullable(),
};

const sequenceRoute = {
  tags: ['Analytics'],
  summary: 'One sequence over a range of days',
  description: 'All parts come from one moment, so they agree with each other.',
  params: sequenceParams,
  querystring: rangedQuery({
    ...filterFields,
    compare: z.enum(['previous']).optional().meta({
      description: 'Adds the period of the same length before. Today is left out of both sides.',
    }),
  }),
  response: {
    200: z.object({
      sequence_id: z.uuid(),
      sequence_name: z.string(),
      ...frame,
      ...headline,
      people_left_out: peopleLeftOut,
      suppressed_by_reason: z.array(z.object({ reason: z.string(), count })),
      by_source: z.array(
        z.object({
          source: z.string(),
          executions: count,
          unique_recipients: count.nullable().meta({ description: 'Null beside one step’s emails.' }),
          triggers: count.nullable(),
          suppressed: count.nullable(),
        }),
      ),
      by_step: z.array(
        z.object({
          step_id: z
            .uuid()
            .nullable()
            .meta({ description: 'Null for emails that were reported without a step.' }),
          revision: z.int().nullable().meta({ description: 'Null where a reporter named none.' }),
          subject: z.string().nullable(),
          name: stepName,
          position: z
            .int()
            .nullable()
            .meta({ description: 'From 0; null for a step that was removed, or is reported.' }),
          executions: count,
        }),
      ),
      comparison: z
        .object({
          leaves_out_today: z.boolean().meta({ description: 'Today is not over, so neither side has it.' }),
          current: z.object({ from: day, to: day, ...headline }),
          previous: z.object({ from: day, to: day, ...headline }),
        })
        .nullable(),
      executions: z.array(executionSchema).meta({ description: `The newest, at most ${NEWEST}.` }),
      next_cursor: z
        .string()
        .nullable()
        .meta({ description: 'For `/executions`, which goes on from there.' }),
    }),
  },
};

/** One bucket of a chart. */
export const pointSchema = z.object({
  date: day.meta({ description: 'The first day of the bucket.' }),
  executions: count,
  unique_recipients: count.nullable().meta({ description: 'Distinct people of this bucket.' }),
  triggers: count.nullable(),
  suppressed: count.nullable(),
});

const seriesRoute = {
  tags: ['Analytics'],
  summary: 'One sequence day by day, week by week or month by month',
  description: 'Every bucket of the range has its point, so `executions` add up to the total.',
  params: sequenceParams,
  querystring: rangedQuery({ ...filterFields, interval: intervalField }),
  response: {
    200: z.object({
      sequence_id: z.uuid(),
      ...frame,
      interval: z.enum(['day', 'week', 'month']),
      people_left_out: peopleLeftOut,
      points: z.array(pointSchema),
    }),
  },
};
