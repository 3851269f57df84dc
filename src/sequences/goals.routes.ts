import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { problem } from '../http/errors.ts';
import type { App } from '../http/server.ts';
import { EVENT_TRIGGER_LIMITS } from './event_triggers.ts';
import { changing, type Entry, nameParam, sequenceNamed, wordsField } from './fields.routes.ts';
import { filterSchema, filtersField } from './filters.routes.ts';
import { addGoal, editGoal, type Goal, listGoals, MAX_GOALS, removeGoal } from './goals.ts';
import type { SequencesDeps } from './routes.ts';

/** The events that end a run of a sequence. */
export function registerGoals(app: App, deps: SequencesDeps): void {
  app.get('/api/sequences/:id/goals', { schema: listSchema }, async ({ params }) => {
    const { id } = await sequenceNamed(deps.db, params.id);
    return { goals: await listGoals(deps.db, id) };
  });
  app.post('/api/sequences/:id/goals', { schema: addSchema }, async (request, reply) =>
    reply.code(201).send(await add(deps, request, request.params, request.body)),
  );
  app.patch('/api/sequences/:id/goals/:goal_id', { schema: editSchema }, (request) =>
    edit(deps, request, request.params, request.body),
  );
  app.delete('/api/sequences/:id/goals/:goal_id', { schema: removeSchema }, async (request, reply) => {
    await remove(deps, request, request.params);
    return reply.code(204).send(null);
  });
}

type Named = z.output<typeof ofSequence>;
type NamedGoal = z.output<typeof ofGoal>;

async function add(
  deps: SequencesDeps,
  request: FastifyRequest,
  named: Named,
  body: z.output<typeof addBody>,
) {
  const { id } = await sequenceNamed(deps.db, named.id);
  const added = await changing(
    deps,
    request,
    (tx, by) => addGoal(tx, id, body, by),
    (result) => (result.outcome === 'added' ? entryOf('goal.added', result.goal) : null),
  );
  if (added.outcome === 'no_such_sequence') throw problem.notFound('sequence', named.id);
  if (added.outcome === 'too_many_goals') throw tooManyGoals(added.most);
  return added.goal;
}

async function edit(
  deps: SequencesDeps,
  request: FastifyRequest,
  named: NamedGoal,
  body: z.output<typeof editBody>,
) {
  const { id } = await sequenceNamed(deps.db, named.id);
  const edited = await changing(
    deps,
    request,
    (tx, by) => editGoal(tx, id, named.goal_id, body, by),
    (result) =>
      result.outcome === 'edited' ? entryOf('goal.edited', result.goal, { fields: result.fields }) : null,
  );
  if (edited.outcome === 'no_such_sequence') throw problem.notFound('sequence', named.id);
  if (edited.outcome === 'no_such_goal') throw problem.notFound('goal', named.goal_id);
  return edited.goal;
}

async function remove(deps: SequencesDeps, request: FastifyRequest, named: NamedGoal): Promise<void> {
  const { id } = await sequenceNamed(deps.db, named.id);
  const removed = await changing(
    deps,
    request,
    (tx, by) => removeGoal(tx, id, named.goal_id, by),
    (goal) => (goal ? entryOf('goal.removed', goal) : null),
  );
  if (!removed) throw problem.notFound('goal', named.goal_id);
}

function entryOf(action: string, { id, event_name, sequence_id }: Goal, detail = {}): Entry {
  return { action, object: { type: 'goal', id }, detail: { event_name, sequence_id, ...detail } };
}

function tooManyGoals(most: number) {
  return problem.conflict(`A sequence has at most ${most} goals. Remove one first.`, 'too_many_goals');
}

const goalSchema = z
  .object({
    id: z.uuid(),
    sequence_id: z.uuid().meta({ description: 'The sequence whose runs the event ends.' }),
    event_name: z.string().meta({ example: 'order_paid' }),
    filters: z.array(filterSchema),
    created_at: z.date(),
    updated_at: z.date(),
  })
  .meta({ id: 'Goal' });

const ofSequence = z.object({ id: nameParam });
const ofGoal = ofSequence.extend({ goal_id: z.uuid() });
const eventNameField = wordsField(EVENT_TRIGGER_LIMITS.event_name);
const filters = filtersField().meta({ description: 'All of them must hold.' });
const tags = ['Goals'];

const listSchema = {
  tags,
  summary: 'The goals of a sequence, oldest first',
  description: 'What a sequence is there for: whoever does it gets no more of the sequence’s emails.',
  params: ofSequence,
  response: { 200: z.object({ goals: z.array(goalSchema) }) },
};

const addBody = z.strictObject({ event_name: eventNameField, filters: filters.default([]) }).meta({
  example: {
    event_name: 'order_paid',
    filters: [{ property: 'order.total', operator: 'greater_than', value: 50 }],
  },
});

const addSchema = {
  tags,
  summary: 'Name a goal',
  description:
    'From now on `POST /api/events` with this name ends the run of its person, with reason `goal`, where the ' +
    `properties of the event meet all filters. At most ${MAX_GOALS} a sequence.`,
  params: ofSequence,
  body: addBody,
  response: { 201: goalSchema },
};

const editBody = z
  .strictObject({ event_name: eventNameField.optional(), filters: filters.optional() })
  .meta({ example: { filters: [] } });

const editSchema = {
  tags,
  summary: 'Change a goal',
  description: 'What is left out stays as it is; `filters` replaces all of them.',
  params: ofGoal,
  body: editBody,
  response: { 200: goalSchema },
};

const removeSchema = {
  tags,
  summary: 'Remove a goal',
  description: 'The runs that it has ended stay ended.',
  params: ofGoal,
  response: { 204: z.null() },
};
