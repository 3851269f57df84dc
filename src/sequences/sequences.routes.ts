import { z } from 'zod';
import { type Db, inSnapshot } from '../db/database.ts';
import { type FieldProblem, problem } from '../http/errors.ts';
import { creation, pageQuery, readPage } from '../http/pages.ts';
import type { App } from '../http/server.ts';
import { changing, nameParam, sequenceNamed, slugField, wordsField } from './fields.routes.ts';
import type { SequenceStatus } from './plan.ts';
import type { SequencesDeps } from './routes.ts';
import { createSequence, listSequences, patchSequence, type ReentryProblem, setStatus } from './sequences.ts';
import type { StatusRefusal } from './status.ts';
import { stepSchema, templateProblems } from './steps.routes.ts';
import { listSteps } from './steps.ts';

/** A sequence without what hangs on it: making, reading, changing it, and its status. */
export function registerSequence(app: App, deps: SequencesDeps): void {
  const { db, cursors, onChanged } = deps;

  app.get('/api/sequences', { schema: listSchema }, async (request) => {
    const { limit, cursor, ...filters } = request.query;
    const list = { list: `sequences ${JSON.stringify(filters)}`, position: creation };
    const { rows, next_cursor } = await readPage(cursors, list, { limit, cursor }, (after, most) =>
      listSequences(db, { ...filters, after, limit: most }),
    );
    return { sequences: rows, next_cursor };
  });

  app.post('/api/sequences', { schema: createSchema }, async (request, reply) => {
    const created = await changing(
      deps,
      request,
      (tx, by) => createSequence(tx, request.body, by),
      (result) => {
        if (result.outcome !== 'created') return null;
        const { id, key, name } = result.sequence;
        return { action: 'sequence.created', object: { type: 'sequence', id }, detail: { key, name } };
      },
    );
    if (created.outcome === 'key_taken')
      throw problem.conflict(`There is a sequence with the key "${created.key}" already.`, 'key_taken');
    if (created.outcome === 'invalid_reentry') throw invalidReentry(created.problem);
    onChanged(created.sequence.id);
    return reply.code(201).send({ ...created.sequence, steps: [] });
  });

  app.get('/api/sequences/:id', { schema: readSchema }, (request) => detailOf(db, request.params.id));

  app.patch('/api/sequences/:id', { schema: patchSchema }, async (request) => {
    const { id } = await sequenceNamed(db, request.params.id);
    const object = { type: 'sequence', id };
    const patched = await changing(
      deps,
      request,
      (tx, by) => patchSequence(tx, id, request.body, by),
      (result) =>
        result.outcome === 'updated'
          ? { action: 'sequence.updated', object, detail: { fields: result.fields } }
          : null,
    );
    if (patched.outcome === 'no_such_sequence') throw problem.notFound('sequence', request.params.id);
    if (patched.outcome === 'invalid_reentry') throw invalidReentry(patched.problem);
    if (patched.outcome === 'updated') onChanged(id);
    return detailOf(db, id);
  });

  app.post('/api/sequences/:id/status', { schema: statusSchema }, async (request) => {
    const { id } = await sequenceNamed(db, request.params.id);
    const { status } = request.body;
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
    if (changed.outcome === 'no_such_sequence') throw problem.notFound('sequence', request.params.id);
    if (changed.outcome === 'refused') throw refusedStatus(changed.refusal);
    if (changed.outcome === 'changed') onChanged(id);
    return detailOf(db, id);
  });
}

function detailOf(db: Db, idOrKey: string) {
  return inSnapshot(db, async (tx) => {
    const sequence = await sequenceNamed(tx, idOrKey);
    return { ...sequence, steps: await listSteps(tx, sequence.id) };
  });
}

function invalidReentry(kind: ReentryProblem) {
  const message = {
    days_missing: 'is required where reentry is after_days',
    days_without_rule: 'must be left out, or null, unless reentry is after_days',
  }[kind];
  return problem.invalid([{ path: 'reentry_days', message }]);
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
  return problem.unprocessable('Not all templates of its steps can be rendered.', 'invalid_template', errors);
}

const statusField = z.enum(['draft', 'active', 'paused', 'archived']);
const reentryField = z.enum(['once', 'once_at_a_time', 'after_days', 'every_time']).meta({
  description: `Who may enter again: nobody (\`once\`), whoever is not on the way (\`once_at_a_time\`), whoever
entered at least \`reentry_days\` days ago and is not on the way (\`after_days\`), everybody (\`every_time\`).`,
});
const reentryDaysField = z.int().min(1).max(3650).nullable();
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
  example: z
    .string()
    .nullable()
    .meta({ description: 'The example that it was made from, until it is edited.' }),
  created_at: z.date(),
  updated_at: z.date(),
  activated_at: z.date().nullable().meta({ description: 'When it last became active.' }),
});
const listedSequence = sequenceSchema.extend({ step_count: z.int() }).meta({ id: 'ListedSequence' });
const sequenceDetail = sequenceSchema.extend({ steps: z.array(stepSchema) }).meta({ id: 'Sequence' });

const tags = ['Sequences'];

const listSchema = {
  tags,
  summary: 'All sequences, newest first',
  querystring: pageQuery.extend({
    status: statusField.optional(),
    search: z.string().trim().max(200).optional().meta({ description: 'Part of name, key or description.' }),
  }),
  response: { 200: z.object({ sequences: z.array(listedSequence), next_cursor: z.string().nullable() }) },
};

const createSchema = {
  tags,
  summary: 'Make a sequence',
  description: 'It starts as a draft without steps. Without a key it gets one made from its name.',
  body: z.strictObject({
    name: wordsField(200),
    key: slugField.optional(),
    description: descriptionField.optional(),
    reentry: reentryField.default('once'),
    reentry_days: reentryDaysField.optional(),
  }),
  response: { 201: sequenceDetail },
};

const readSchema = {
  tags,
  summary: 'A sequence with its steps',
  params: named,
  response: { 200: sequenceDetail },
};

const patchSchema = {
  tags,
  summary: 'Change a sequence',
  description: 'What is left out stays as it is. A key cannot be changed: callers rely on it.',
  params: named,
  body: z.strictObject({
    name: wordsField(200).optional(),
    description: descriptionField.optional(),
    reentry: reentryField.optional(),
    reentry_days: reentryDaysField.optional(),
  }),
  response: { 200: sequenceDetail },
};

const statusSchema = {
  tags,
  summary: 'Activate, pause, archive or restore a sequence',
  description: `A draft becomes active or archived, an active one paused or archived, a paused one active or
archived, an archived one paused. Only a sequence with steps, all of whose templates can be rendered, becomes
active. Setting the status that it has changes nothing.`,
  params: named,
  body: z.strictObject({ status: statusField }),
  response: { 200: sequenceDetail },
};
