import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { problem } from '../http/errors.ts';
import { pageQuery, readPage } from '../http/pages.ts';
import type { App } from '../http/server.ts';
import { changing, type Entry, EXAMPLE_ID, nameParam, sequenceNamed, timeField } from './fields.routes.ts';
import { filterSchema, filtersField } from './filters.routes.ts';
import { FILTER_LIMITS } from './filters.ts';
import type { SequencesDeps } from './routes.ts';
import {
  type AddedStep,
  addStep,
  type EditedStep,
  editStep,
  listRevisions,
  listSteps,
  MAX_STEPS,
  type OrderedSteps,
  orderSteps,
  type RemovedStep,
  removeStep,
  STEP_LIMITS,
  type Step,
} from './steps.ts';
import { unknownVariables } from './template_warnings.ts';
import { invalidTemplates, warningsField } from './templates.routes.ts';

/** The steps of a sequence and their revisions. */
export function registerSteps(app: App, deps: SequencesDeps): void {
  app.get('/api/sequences/:id/steps', { schema: listSchema }, async ({ params }) => {
    const { id } = await sequenceNamed(deps.db, params.id);
    return { steps: await listSteps(deps.db, id) };
  });
  app.post('/api/sequences/:id/steps', { schema: addSchema, bodyLimit }, async (request, reply) =>
    reply.code(201).send(await add(deps, request, request.params, request.body)),
  );
  app.patch('/api/sequences/:id/steps/:step_id', { schema: editSchema, bodyLimit }, (request) =>
    edit(deps, request, request.params, request.body),
  );
  app.delete('/api/sequences/:id/steps/:step_id', { schema: removeSchema }, async (request, reply) => {
    await remove(deps, request, request.params);
    return reply.code(204).send(null);
  });
  app.post('/api/sequences/:id/steps/order', { schema: orderSchema }, (request) =>
    order(deps, request, request.params, request.body.step_ids),
  );
  app.get('/api/sequences/:id/steps/:step_id/revisions', { schema: revisionsSchema }, (request) =>
    revisionsOf(deps, request.params, request.query),
  );
}

type Named = z.output<typeof ofSequence>;
type NamedStep = z.output<typeof ofStep>;

async function add(
  deps: SequencesDeps,
  request: FastifyRequest,
  named: Named,
  body: z.output<typeof addBody>,
) {
  const { id } = await sequenceNamed(deps.db, named.id);
  const { position, ...content } = body;
  const added = await changing(
    deps,
    request,
    (tx, by) => addStep(tx, id, content, position, by),
    (result) => (result.outcome === 'added' ? entryOf('step.added', id, result.step) : null),
  );
  if (added.outcome !== 'added') throw refusal(added, named);
  deps.onChanged(id);
  return withWarnings(added.step);
}

async function edit(
  deps: SequencesDeps,
  request: FastifyRequest,
  named: NamedStep,
  body: z.output<typeof editBody>,
) {
  const { id } = await sequenceNamed(deps.db, named.id);
  const { revision: seen, ...patch } = body;
  const edited = await changing(
    deps,
    request,
    (tx, by) => editStep(tx, id, named.step_id, { patch, seen }, by),
    (result) => (result.outcome === 'edited' ? entryOf('step.edited', id, result.step) : null),
  );
  if (edited.outcome !== 'edited' && edited.outcome !== 'unchanged') throw refusal(edited, named);
  if (edited.outcome === 'edited') deps.onChanged(id);
  return withWarnings(edited.step);
}

async function remove(deps: SequencesDeps, request: FastifyRequest, named: NamedStep): Promise<void> {
  const { id } = await sequenceNamed(deps.db, named.id);
  const removed = await changing(
    deps,
    request,
    (tx, by) => removeStep(tx, id, named.step_id, by),
    (result) => (result.outcome === 'removed' ? entryOf('step.removed', id, result.step) : null),
  );
  if (removed.outcome !== 'removed') throw refusal(removed, named);
  deps.onChanged(id);
}

async function order(deps: SequencesDeps, request: FastifyRequest, named: Named, stepIds: string[]) {
  const { id } = await sequenceNamed(deps.db, named.id);
  const object = { type: 'sequence', id };
  const ordered = await changing(
    deps,
    request,
    (tx, by) => orderSteps(tx, id, stepIds, by),
    (result) => (result.outcome === 'ordered' ? { action: 'sequence.steps_ordered', object } : null),
  );
  if (ordered.outcome !== 'ordered' && ordered.outcome !== 'unchanged') throw refusal(ordered, named);
  if (ordered.outcome === 'ordered') deps.onChanged(id);
  return { steps: ordered.steps };
}

async function revisionsOf(
  { db, cursors }: SequencesDeps,
  { id: idOrKey, step_id }: NamedStep,
  page: z.output<typeof pageQuery>,
) {
  const { id } = await sequenceNamed(db, idOrKey);
  const list = { list: `revisions ${step_id}`, position: z.object({ revision: z.int() }) };
  const { rows, next_cursor } = await readPage(cursors, list, page, (after, limit) =>
    listRevisions(db, id, step_id, { before: after?.revision, limit }),
  );
  // A step has at least one revision, and a cursor is only given where more follow.
  if (rows.length === 0) throw problem.notFound('step', step_id);
  return { revisions: rows, next_cursor };
}

function withWarnings(step: Step) {
  return { ...step, warnings: unknownVariables(step) };
}

function entryOf(action: string, sequence_id: string, { id, position, revision }: Step): Entry {
  return { action, object: { type: 'step', id }, detail: { sequence_id, position, revision } };
}

type Refused = Exclude<
  AddedStep | EditedStep | OrderedSteps | RemovedStep,
  { outcome: 'added' | 'edited' | 'unchanged' | 'ordered' | 'removed' }
>;

function refusal(refused: Refused, named: { id: string; step_id?: string }) {
  switch (refused.outcome) {
    case 'no_such_sequence':
      return problem.notFound('sequence', named.id);
    case 'no_such_step':
      return problem.notFound('step', named.step_id ?? '');
    case 'invalid_templates':
      return invalidTemplates(refused.problems);
    case 'no_such_position':
      return problem.invalid([{ path: 'position', message: `must be at most ${refused.last}` }]);
    case 'too_many_steps':
      return problem.conflict(`A sequence has at most ${refused.most} steps.`, 'too_many_steps');
    case 'edited_meanwhile':
      return problem.conflict(
        `The step has been edited since: it is at revision ${refused.revision}.`,
        'edited_meanwhile',
      );
    case 'last_of_active':
      return problem.conflict('An active sequence keeps at least one step: pause it first.', 'last_step');
    case 'not_these_steps':
      return problem.invalid([{ path: 'step_ids', message: misfit(refused) }]);
  }
}

function misfit({
  missing,
  unknown,
  repeated,
}: Extract<OrderedSteps, { outcome: 'not_these_steps' }>): string {
  const wrongs = [
    missing.length > 0 && `does not name ${missing.join(', ')}`,
    unknown.length > 0 && `names ${unknown.join(', ')}, no steps of this sequence`,
    repeated.length > 0 && `names ${repeated.join(', ')} more than once`,
  ];
  return wrongs.filter((wrong) => wrong !== false).join('; ');
}

// HTML and text at their longest, in characters that take three bytes each, and their JSON.
const bodyLimit = 4_194_304;

const delayHint = 'After the step before it, or after the trigger.';
const sendAtHint = `A time of day, such as 09:00: after its delay the email waits until the clock reads so in the
contact's time zone, or in the workspace's where theirs is not known. The delay is then counted on that clock, whole days
from the hour of the step before. A time that the clocks leave out is the moment at which they are put forward. Null: the
email goes out as soon as the delay is over.`;
const skipIfHint = `Whom the step passes over: where there are conditions and all of them hold when the email would be
sent, it is skipped, with the reason \`condition\`, and the next step is waited for.`;
const textHint = 'A Liquid template; null: the text part is derived from the HTML.';

const conditionPath = z
  .string()
  .max(FILTER_LIMITS.property)
  .regex(
    /^(contact\.properties|context)(\.[^.]+)+$/,
    'must be contact.properties. or context. and a name in it, or names with single dots between them',
  )
  .meta({ description: 'A path, as in templates.', example: 'contact.properties.plan' });

const content = {
  delay_seconds: z.int().min(0).max(STEP_LIMITS.delay_seconds).meta({ description: delayHint }),
  send_at: timeField().nullable().meta({ description: sendAtHint, example: '09:00' }),
  skip_if: filtersField(conditionPath).meta({ description: skipIfHint }),
  subject: z.string().trim().min(1).max(STEP_LIMITS.subject).meta({ description: 'A Liquid template.' }),
  html: z
    .string()
    .min(1)
    .max(STEP_LIMITS.html)
    .meta({ description: 'A Liquid template; values are escaped.' }),
  text: z.string().max(STEP_LIMITS.text).nullable().meta({ description: textHint }),
};

// Answers are not held to limits: what is kept is shown.
const kept = {
  delay_seconds: z.int().meta({ description: delayHint }),
  send_at: z.string().nullable().meta({ description: sendAtHint }),
  skip_if: z.array(filterSchema).meta({ description: skipIfHint }),
  subject: z.string(),
  html: z.string(),
  text: z.string().nullable().meta({ description: textHint }),
};

export const stepSchema = z
  .object({
    id: z.uuid(),
    position: z.int().meta({ description: 'From 0.' }),
    revision: z.int().meta({ description: 'From 1; each edit makes the next.' }),
    ...kept,
    created_at: z.date(),
    revised_at: z.date().meta({ description: 'When this revision was made.' }),
    revised_by: z.string().nullable().meta({ description: 'Null: Sequitur itself.' }),
  })
  .meta({ id: 'Step' });

const savedStep = stepSchema.extend({ warnings: warningsField }).meta({ id: 'SavedStep' });

const revisionSchema = z
  .object({
    revision: z.int(),
    ...kept,
    created_at: z.date(),
    created_by: z.string().nullable().meta({ description: 'Null: Sequitur itself.' }),
  })
  .meta({ id: 'StepRevision' });

const ofSequence = z.object({ id: nameParam });
const ofStep = ofSequence.extend({ step_id: z.uuid() });
const tags = ['Steps'];

const listSchema = {
  tags,
  summary: 'The steps of a sequence, in their order',
  description:
    'Each as its newest revision has it. `delay_seconds` counts from the step before, or from the trigger.',
  params: ofSequence,
  response: { 200: z.object({ steps: z.array(stepSchema) }) },
};

const addBody = z
  .strictObject({
    ...content,
    delay_seconds: content.delay_seconds.default(0),
    send_at: content.send_at.default(null),
    skip_if: content.skip_if.default([]),
    text: content.text.default(null),
    position: z.int().min(0).optional().meta({ description: 'From 0; left out: last.' }),
  })
  .meta({
    example: {
      delay_seconds: 86_400,
      send_at: '09:00',
      skip_if: [{ property: 'contact.properties.plan', operator: 'equals', value: 'pro' }],
      subject: 'Your code, {{ contact.first_name | default: "friend" }}',
      html: '<p>Ten percent until Sunday: {{ context.code }}</p>',
    },
  });

const addSchema = {
  tags,
  summary: 'Add a step',
  description:
    'Those from its position on move up. A template that does not parse is refused with line and column; one ' +
    'that uses a variable which nothing fills is kept, with a warning.',
  params: ofSequence,
  body: addBody,
  response: { 201: savedStep },
};

const editBody = z
  .strictObject({
    delay_seconds: content.delay_seconds.optional(),
    send_at: content.send_at.optional(),
    skip_if: content.skip_if.optional(),
    subject: content.subject.optional(),
    html: content.html.optional(),
    text: content.text.optional(),
    revision: z
      .int()
      .optional()
      .meta({ description: 'The revision that the edit started from: a 409 where there is a newer one.' }),
  })
  .meta({ example: { subject: 'Only until Sunday', revision: 1 } });

const editSchema = {
  tags,
  summary: 'Edit a step',
  description: `What is left out stays as it is. An edit that changes anything makes the next revision, also while
the sequence is active: emails not yet claimed for sending are sent as the newest revision has them. Whoever waits
already keeps the moment at which the step is due.`,
  params: ofStep,
  body: editBody,
  response: { 200: savedStep },
};

const removeSchema = {
  tags,
  summary: 'Remove a step',
  description: 'Those after it move down. Its revisions and its counts stay.',
  params: ofStep,
  response: { 204: z.null() },
};

const orderSchema = {
  tags,
  summary: 'Put the steps into another order',
  description:
    'Nobody is moved: whoever is on the way gets next the first later step that they have not had.',
  params: ofSequence,
  body: z
    .strictObject({
      step_ids: z.array(z.uuid()).max(MAX_STEPS).meta({ description: 'The id of every step, once.' }),
    })
    .meta({ example: { step_ids: [EXAMPLE_ID] } }),
  response: { 200: z.object({ steps: z.array(stepSchema) }) },
};

const revisionsSchema = {
  tags,
  summary: 'Every revision of a step, newest first',
  description: 'Also of a step that was removed.',
  params: ofStep,
  querystring: pageQuery,
  response: { 200: z.object({ revisions: z.array(revisionSchema), next_cursor: z.string().nullable() }) },
};
