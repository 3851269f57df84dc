import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { problem } from '../http/errors.ts';
import { creation, pageQuery, readPage } from '../http/pages.ts';
import type { App } from '../http/server.ts';
import {
  createEventTrigger,
  EVENT_TRIGGER_LIMITS,
  type EventTrigger,
  findEventTrigger,
  listEventTriggers,
  patchEventTrigger,
  removeEventTrigger,
} from './event_triggers.ts';
import {
  changing,
  type Entry,
  sequenceField,
  sequenceIdOf,
  unknownSequence,
  wordsField,
} from './fields.routes.ts';
import { filterSchema, filtersField } from './filters.routes.ts';
import type { SequencesDeps } from './routes.ts';

/** What connects the application's events with sequences. */
export function registerEventTriggers(app: App, deps: SequencesDeps): void {
  const { db, cursors } = deps;
  app.get('/api/event-triggers', { schema: listSchema }, async (request) => {
    const { limit, cursor, sequence_id: named, event_name } = request.query;
    const sequence_id = named === undefined ? undefined : await sequenceIdOf(db, named);
    const filters = { sequence_id, event_name };
    const list = { list: `event triggers ${JSON.stringify(filters)}`, position: creation };
    const { rows, next_cursor } = await readPage(cursors, list, { limit, cursor }, (after, most) =>
      listEventTriggers(db, { ...filters, after, limit: most }),
    );
    return { event_triggers: rows, next_cursor };
  });
  app.post('/api/event-triggers', { schema: createSchema }, async (request, reply) =>
    reply.code(201).send(await create(deps, request, request.body)),
  );
  app.get('/api/event-triggers/:id', { schema: readSchema }, async ({ params }) => {
    const trigger = await findEventTrigger(db, params.id);
    if (!trigger) throw problem.notFound('event trigger', params.id);
    return trigger;
  });
  app.patch('/api/event-triggers/:id', { schema: patchSchema }, (request) =>
    patch(deps, request, request.params.id, request.body),
  );
  app.delete('/api/event-triggers/:id', { schema: removeSchema }, async (request, reply) => {
    await remove(deps, request, request.params.id);
    return reply.code(204).send(null);
  });
}

async function create(deps: SequencesDeps, request: FastifyRequest, body: z.output<typeof createBody>) {
  const created = await changing(
    deps,
    request,
    async (tx, by) =>
      createEventTrigger(tx, { ...body, sequence_id: await sequenceIdOf(tx, body.sequence_id) }, by),
    (result) => (result.outcome === 'created' ? entryOf('event_trigger.created', result.trigger) : null),
  );
  if (created.outcome === 'no_such_sequence') throw unknownSequence();
  return created.trigger;
}

async function patch(
  deps: SequencesDeps,
  request: FastifyRequest,
  id: string,
  body: z.output<typeof patchBody>,
) {
  const object = { type: 'event_trigger', id };
  const patched = await changing(
    deps,
    request,
    (tx, by) => patchEventTrigger(tx, id, body, by),
    (result) =>
      result.outcome === 'updated'
        ? { action: 'event_trigger.updated', object, detail: { fields: result.fields } }
        : null,
  );
  if (patched.outcome === 'no_such_trigger') throw problem.notFound('event trigger', id);
  return patched.trigger;
}

async function remove(deps: SequencesDeps, request: FastifyRequest, id: string): Promise<void> {
  const removed = await changing(
    deps,
    request,
    (tx, by) => removeEventTrigger(tx, id, by),
    (trigger) => (trigger ? entryOf('event_trigger.removed', trigger) : null),
  );
  if (!removed) throw problem.notFound('event trigger', id);
}

function entryOf(action: string, { id, event_name, sequence_id }: EventTrigger): Entry {
  return { action, object: { type: 'event_trigger', id }, detail: { event_name, sequence_id } };
}

const filters = filtersField().meta({ description: 'All of them must hold.' });

const triggerSchema = z
  .object({
    id: z.uuid(),
    event_name: z.string().meta({ example: 'order_paid' }),
    sequence_id: z.uuid().meta({ description: 'The sequence that the event starts.' }),
    filters: z.array(filterSchema),
    enabled: z.boolean(),
    created_at: z.date(),
    updated_at: z.date(),
  })
  .meta({ id: 'EventTrigger' });

const named = z.object({ id: z.uuid() });
const eventNameField = wordsField(EVENT_TRIGGER_LIMITS.event_name);
const tags = ['Event triggers'];

const listSchema = {
  tags,
  summary: 'All event triggers, newest first',
  description: 'Of one sequence or one event, where those are given.',
  querystring: pageQuery.extend({
    sequence_id: sequenceField.optional(),
    event_name: z.string().max(128).optional(),
  }),
  response: { 200: z.object({ event_triggers: z.array(triggerSchema), next_cursor: z.string().nullable() }) },
};

const createBody = z
  .strictObject({
    event_name: eventNameField,
    sequence_id: sequenceField,
    filters: filters.default([]),
    enabled: z.boolean().default(true),
  })
  .meta({
    example: {
      event_name: 'order_paid',
      sequence_id: 'order-thanks',
      filters: [{ property: 'order.total', operator: 'greater_than', value: 50 }],
    },
  });

const createSchema = {
  tags,
  summary: 'Let an event start a sequence',
  description:
    'From now on `POST /api/events` with this name starts the sequence, where the properties of the event meet all filters.',
  body: createBody,
  response: { 201: triggerSchema },
};

const readSchema = {
  tags,
  summary: 'An event trigger',
  description: 'Which event starts which sequence, and under which filters.',
  params: named,
  response: { 200: triggerSchema },
};

const patchBody = z
  .strictObject({
    event_name: eventNameField.optional(),
    filters: filters.optional(),
    enabled: z.boolean().optional(),
  })
  .meta({ example: { enabled: false } });

const patchSchema = {
  tags,
  summary: 'Change an event trigger',
  description: 'What is left out stays as it is; `filters` replaces all of them.',
  params: named,
  body: patchBody,
  response: { 200: triggerSchema },
};

const removeSchema = {
  tags,
  summary: 'Remove an event trigger',
  description: 'What it has started goes on.',
  params: named,
  response: { 204: z.null() },
};
