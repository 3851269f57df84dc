import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Db } from '../db/database.ts';
import { inSnapshot } from '../db/transaction.sql.ts';
import { type FieldProblem, problem } from '../http/errors.ts';
import { creation, pageQuery, readPage } from '../http/pages.ts';
import type { App } from '../http/server.ts';
import { changing, nameParam, sequenceNamed, slugField, timeField, wordsField } from './fields.routes.ts';
import type { SequenceStatus } from './plan.ts';
import type { SequencesDeps } from './routes.ts';
import { createSequence, type InvalidRules, listSequences, patchSequence, setStatus } from './sequences.ts';
import type { StatusRefusal } from './status.ts';
import { stepSchema } from './steps.routes.ts';
import { listSteps } from './steps.ts';
import { templateProblems, unparsable } from './templates.routes.ts';
import { WEEKDAYS } from './timing.ts';

/** A sequence without what hangs on it: making, reading, changing it, and its status. */
export function registerSequence(app: App, deps: SequencesDeps): void {
  const { db, cursors } = deps;
  app.get('/api/sequences', { schema: listSchema }, async (request) => {
    const { limit, cursor, ...filters } = request.query;
    const list = { list: `sequences ${JSON.stringify(filters)}`, position: creation };
    const { rows, next_cursor } = await readPage(cursors, list, { limit, cursor }, (after, most) =>
      listSequences(db, { ...filters, after, limit: most }),
    );
    return { sequences: rows, next_cursor };
  });
  app.post('/api/sequences', { schema: createSchema }, async (request, reply) =>
    reply.code(201).send(await create(deps, request, request.body)),
  );
  app.get('/api/sequences/:id', { schema: readSchema }, (request) => detailOf(db, request.params.id));
  app.patch('/api/sequences/:id', { schema: patchSchema }, (request) =>
    patch(deps, request, request.params.id, request.body),
  );
  app.post('/api/sequences/:id/status', { schema: statusSchema }, (request) =>
    moveTo(deps, request, request.params.id, request.body.status),
  );
}

async function create(deps: SequencesDeps, request: FastifyRequest, body: z.output<typeof createBody>) {
  const created = await changing(
    deps,
    request,
    (tx, by) => createSequence(tx, body, by),
    (result) => {
      if (result.outcome !== 'created') return null;
      const { id, key, name } = result.sequence;
      return { action: 'sequence.created', object: { type: 'sequence', id }, detail: { key, name } };
    },
  );
  if (created.outcome === 'key_taken')
    throw problem.conflict(`There is a sequence with the key "${created.key}" already.`, 'key_taken');
  if (created.outcome === 'id_taken')
    throw problem.conflict(`There is a sequence with the id ${created.id} already.`, 'id_taken');
  if (created.outcome !== 'created') throw invalidRules(created);
  deps.onChanged(created.sequence.id);
  return { ...created.sequence, steps: [] };
}

async function patch(
  deps: SequencesDeps,
  request: FastifyRequest,
  idOrKey: string,
  body: z.output<typeof patchBody>,
) {
  const { id } = await sequenceNamed(deps.db, idOrKey);
  const object = { type: 'sequence', id };
  const patched = await changing(
    deps,
    request,
    (tx, by) => patchSequence(tx, id, body, by),
    (result) =>
      result.outcome === 'updated'
        ? { action: 'sequence.updated', object, detail: { fields: result.fields } }
        : null,
  );
  if (patched.outcome === 'no_such_sequence') throw problem.notFound('sequence', idOrKey);
  if ('problem' in patched) throw invalidRules(patched);
  if (patched.outcome === 'updated') deps.onChanged(id);
  return detailOf(deps.db, id);
}

async function moveTo(deps: SequencesDeps, request: FastifyRequest, idOrKey: string, status: SequenceStatus) {
  const { id } = await sequenceNamed(deps.db, idOrKey);
  const object = { type: 'sequence', id };
  const changed = await changing(
    deps,
    request,
    (tx, by) => setStatus(tx, id, status, by),
    (result) =>
      result.outcome === 'changed'
        ? { action: actionOf(result.from, status), object, detail: { from: result.from } }
        : null,
  );
  if (changed.outcome === 'no_such_sequence') throw problem.notFound('sequence', idOrKey);
  if (changed.outcome === 'refused') throw refusedStatus(changed.refusal);
  if (changed.outcome === 'changed') deps.onChanged(id);
  return detailOf(deps.db, id);
}

function detailOf(db: Db, idOrKey: string) {
  return inSnapshot(db, async (tx) => {
    const sequence = await sequenceNamed(tx, idOrKey);
    return { ...sequence, steps: await listSteps(tx, sequence.id) };
  });
}

function invalidRules({ problem: kind }: InvalidRules) {
  const path = {
    days_missing: 'reentry_days',
    days_without_rule: 'reentry_days',
    no_days: 'send_window.days',
    day_twice: 'send_window.days',
    ends_before_start: 'send_window.to',
  }[kind];
  const message = {
    days_missing: 'is required where reentry is after_days',
    days_without_rule: 'must be left out, or null, unless reentry is after_days',
    no_days: 'must name at least one day: without one nothing would ever be sent',
    day_twice: 'must name each day once',
    ends_before_start:
      'must be later than `from`: a window ends on the day on which it begins, at 24:00 at the latest',
  }[kind];
  return problem.invalid([{ path, message }]);
}

function actionOf(from: SequenceStatus, to: SequenceStatus): string {
  if (from === 'archived') return 'sequence.restored';
  return `sequence.${to === 'active' ? 'activated' : to}`;
}

function refusedStatus(refusal: StatusRefusal) {
  if (refusal.reason === 'no_steps')
    return problem.conflict('A sequence without steps has nothing to send: add a step first.', 'no_steps');
  if (refusal.reason === 'no_such_change') {
    const { from, to, allowed } = refusal;
    const detail = `A sequence that is ${from} cannot become ${to}, only ${allowed.join(' or ')}.`;
    return problem.conflict(detail, 'status_not_allowed');
  }
  const errors = refusal.steps.flatMap(({ number, problems }): FieldProblem[] =>
    templateProblems(problems).map(({ path, message }) => ({
      path: `steps[${number - 1}].${path}`,
      message,
    })),
  );
  return unparsable(errors);
}

const statusField = z.enum(['draft', 'active', 'paused', 'archived']);
const reentryField = z.enum(['once', 'once_at_a_time', 'after_days', 'every_time']).meta({
  description: `Who may enter again: nobody (\`once\`), whoever is not on the way (\`once_at_a_time\`), whoever
entered at least \`reentry_days\` days ago and is not on the way (\`after_days\`), everybody (\`every_time\`).`,
});
const reentryDaysField = z.int().min(1).max(3650).nullable();
const windowSchema = z
  .object({
    days: z.array(z.enum(WEEKDAYS)).meta({ example: ['monday', 'tuesday'] }),
    from: z.string().meta({ example: '09:00' }),
    to: z.string().meta({ description: 'The first moment at which it is closed again.', example: '17:30' }),
  })
  .meta({ id: 'SendWindow' });
const windowHint = `When emails may go out, by the clock of whom they go to, or by the workspace's where their time zone
is not known. What is due while it is closed waits until it opens. Null: at any time.`;
const windowField = z
  .strictObject({
    days: windowSchema.shape.days.max(WEEKDAYS.length),
    from: timeField().meta({ example: '09:00' }),
    to: timeField({ isEnd: true }).meta({ example: '17:30' }),
  })
  .nullable()
  .meta({ description: windowHint });
const descriptionField = z.string().trim().max(2_000);
const named = z.object({ id: nameParam });

const sequenceSchema = z.object({
  id: z.uuid(),
  key: z.string().meta({ description: 'What callers name it by; never changes.', example: 'spring-sale' }),
  name: z.string(),
  description: z.string(),
  status: statusField,
  reentry: reentryField,
  reentry_days: z.int().nullable(),
  send_window: windowSchema.nullable().meta({ description: windowHint }),
  example: z
    .string()
    .nullable()
    .meta({ description: 'The example that it was made from, until it is edited.' }),
  created_at: z.date(),
  updated_at: z.date(),
  activated_at: z.date().nullable().meta({ description: 'When it last became active.' }),
  paused_at: z.date().nullable().meta({ description: 'When it last ceased to be active.' }),
});
const listedSequence = sequenceSchema.extend({ step_count: z.int() }).meta({ id: 'ListedSequence' });
const sequenceDetail = sequenceSchema.extend({ steps: z.array(stepSchema) }).meta({ id: 'Sequence' });

const tags = ['Sequences'];

const listSchema = {
  tags,
  summary: 'All sequences, newest first',
  description: 'Without their steps, and without their counts: those are in the summary.',
  querystring: pageQuery.extend({
    status: statusField.optional(),
    search: z.string().trim().max(200).optional().meta({ description: 'Part of name, key or description.' }),
  }),
  response: { 200: z.object({ sequences: z.array(listedSequence), next_cursor: z.string().nullable() }) },
};

const createBody = z
  .strictObject({
    id: z.uuid().optional().meta({ description: 'Where it has one elsewhere, which it is to keep.' }),
    name: wordsField(200),
    key: slugField.optional(),
    description: descriptionField.optional(),
    reentry: reentryField.default('once'),
    reentry_days: reentryDaysField.optional(),
    send_window: windowField.optional(),
  })
  .meta({ example: { name: 'Spring sale', key: 'spring-sale', reentry: 'once' } });

const createSchema = {
  tags,
  summary: 'Make a sequence',
  description:
    'It starts as a draft without steps. Without a key it gets one made from its name. A key or an id that is ' +
    'taken is a 409.',
  body: createBody,
  response: { 201: sequenceDetail },
};

const readSchema = {
  tags,
  summary: 'A sequence with its steps',
  description: 'The steps as the next emails will have them, in their order.',
  params: named,
  response: { 200: sequenceDetail },
};

const patchBody = z
  .strictObject({
    name: wordsField(200).optional(),
    description: descriptionField.optional(),
    reentry: reentryField.optional(),
    reentry_days: reentryDaysField.optional(),
    send_window: windowField.optional(),
  })
  .meta({
    example: { send_window: { days: ['monday', 'tuesday', 'thursday'], from: '09:00', to: '17:30' } },
  });

const patchSchema = {
  tags,
  summary: 'Change a sequence',
  description: 'What is left out stays as it is. A key cannot be changed: callers rely on it.',
  params: named,
  body: patchBody,
  response: { 200: sequenceDetail },
};

const statusSchema = {
  tags,
  summary: 'Activate, pause, archive or restore a sequence',
  description: `A draft becomes active or archived, an active one paused or archived, a paused one active or
archived, an archived one paused. Only a sequence with steps, all of whose templates can be rendered, becomes
active. Setting the status that it has changes nothing. What fell due while a sequence was not active goes out when it is
active again, in that order and spread over as long as the pause lasted, but at most an hour.`,
  params: named,
  body: z.strictObject({ status: statusField }).meta({ example: { status: 'active' } }),
  response: { 200: sequenceDetail },
};
