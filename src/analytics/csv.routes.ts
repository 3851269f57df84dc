import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { App } from '../http/server.ts';
import { csvHeader, csvLines } from '../lib/csv.ts';
import { executionsCsv, recipientsCsv } from './csv.ts';
import {
  filterFields,
  filterOf,
  intervalField,
  rangedQuery,
  rangeOf,
  sequenceParams,
} from './fields.routes.ts';
import { ask } from './frame.ts';
import type { Days } from './range.ts';
import type { SequenceDeps } from './routes.ts';
import { type Point, series } from './series.ts';

/** What is shown, as files for a spreadsheet. */
export function registerCsv(app: App, deps: SequenceDeps): void {
  const { db, now, sequenceOf } = deps;
  app.get(
    '/api/sequences/:id/analytics/executions.csv',
    { schema: executionsRoute },
    async ({ params, query }, reply) => {
      const { id, key } = await sequenceOf(params.id);
      const asked = await resolved(deps, id, query);
      return sendCsv(reply, fileName(key, 'executions', asked.days), executionsCsv(db, asked));
    },
  );
  app.get(
    '/api/sequences/:id/analytics/recipients.csv',
    { schema: recipientsRoute },
    async ({ params, query }, reply) => {
      const { id, key } = await sequenceOf(params.id);
      const asked = await resolved(deps, id, query);
      return sendCsv(reply, fileName(key, 'recipients', asked.days), recipientsCsv(db, asked));
    },
  );
  app.get('/api/sequences/:id/analytics/series.csv', { schema: seriesRoute }, async (request, reply) => {
    const { id: sequenceId, key } = await sequenceOf(request.params.id);
    const { query } = request;
    const asked = { sequenceId, range: rangeOf(query), filter: filterOf(query), now: now() };
    const { points, ...days } = await series(db, { ...asked, interval: query.interval });
    const lines = [csvHeader(POINT_COLUMNS), csvLines(points, POINT_COLUMNS)];
    return sendCsv(reply, fileName(key, query.interval, days), lines);
  });
}

type Query = Parameters<typeof rangeOf>[0] & Parameters<typeof filterOf>[0];

// A file is of fixed days: 'the last 30' must not shift while it is being read.
async function resolved({ db, now }: SequenceDeps, sequenceId: string, query: Query) {
  const asked = { range: rangeOf(query), sequenceId, now: now() };
  const { from, to, edges } = await ask(db, asked, async ({ edges }) => ({ edges }));
  return { sequenceId, edges, days: { from, to }, filter: filterOf(query) };
}

const POINT_COLUMNS = [
  'date',
  'executions',
  'unique_recipients',
  'triggers',
  'suppressed',
] as const satisfies (keyof Point)[];

function fileName(key: string, what: string, { from, to }: Days): string {
  return `${key}-${what}-${from}-to-${to}.csv`;
}

function sendCsv(reply: FastifyReply, name: string, lines: AsyncIterable<string> | string[]): FastifyReply {
  return reply
    .header('content-disposition', `attachment; filename="${name}"`)
    .header('cache-control', 'no-store')
    .type('text/csv; charset=utf-8; header=present')
    .send(Readable.from(lines, { objectMode: false }));
}

const { step: _step, revision: _revision, ...rangeAndSource } = filterFields;
const file = { 200: z.string().meta({ description: 'CSV (RFC 4180), UTF-8, with a header.' }) };

const executionsRoute = {
  tags: ['Analytics'],
  summary: 'The executions of a range as CSV, newest first',
  description:
    'Exactly the rows of the list with the same filters, however many. Values that a spreadsheet would run as a ' +
    'formula begin with an apostrophe.',
  params: sequenceParams,
  querystring: rangedQuery(filterFields),
  produces: ['text/csv'],
  response: file,
};

const recipientsRoute = {
  tags: ['Analytics'],
  summary: 'The distinct people of a range as CSV',
  description:
    'One row for each unique recipient of the range, in an order that stays the same however often they are written ' +
    'to (not by date: a spreadsheet sorts by `last_executed_at`). So nobody of the range is left out or twice, also ' +
    'where emails are sent or reported late while the file is read; only somebody who comes into the range meanwhile ' +
    'may not be in it yet. `sources` is a JSON array.',
  params: sequenceParams,
  querystring: rangedQuery(rangeAndSource),
  produces: ['text/csv'],
  response: file,
};

const seriesRoute = {
  tags: ['Analytics'],
  summary: 'One sequence over time as CSV',
  description: 'The points of the chart, with the same filters.',
  params: sequenceParams,
  querystring: rangedQuery({ ...filterFields, interval: intervalField }),
  produces: ['text/csv'],
  response: file,
};
