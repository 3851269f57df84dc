import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Db, Tx } from '../db/database.ts';
import { problem } from '../http/errors.ts';
import { creation, pageQuery, readPage } from '../http/pages.ts';
import type { App } from '../http/server.ts';
import {
  changing,
  type Entry,
  nameParam,
  sequenceField,
  sequenceIdOf,
  slugField,
  unknownSequence,
  wordsField,
} from './fields.routes.ts';
import {
  CONFIRMATION_LIMITS,
  createPromoPage,
  findPromoPage,
  listPromoPages,
  PROMO_PAGE_LIMITS,
  type PromoPage,
  type PromoPagePatch,
  patchPromoPage,
  removePromoPage,
} from './promo_pages.ts';
import type { SequencesDeps } from './routes.ts';

/** The pages on which visitors start a sequence by themselves. */
export function registerPromoPages(app: App, deps: SequencesDeps): void {
  const { db, cursors } = deps;
  app.get('/api/promo-pages', { schema: listSchema }, async (request) => {
    const { limit, cursor, sequence_id: named } = request.query;
    const sequence_id = named === undefined ? undefined : await sequenceIdOf(db, named);
    const list = { list: `promo pages ${sequence_id ?? ''}`, position: creation };
    const { rows, next_cursor } = await readPage(cursors, list, { limit, cursor }, (after, most) =>
      listPromoPages(db, { sequence_id, after, limit: most }),
    );
    return { promo_pages: rows, next_cursor };
  });
  app.post('/api/promo-pages', { schema: createSchema }, async (request, reply) =>
    reply.code(201).send(await create(deps, request, request.body)),
  );
  app.get('/api/promo-pages/:id', { schema: readSchema }, (request) => pageNamed(db, request.params.id));
  app.patch('/api/promo-pages/:id', { schema: patchSchema }, (request) =>
    patch(deps, request, request.params.id, request.body),
  );
  app.delete('/api/promo-pages/:id', { schema: removeSchema }, async (request, reply) => {
    await remove(deps, request, request.params.id);
    return reply.code(204).send(null);
  });
}

async function create(deps: SequencesDeps, request: FastifyRequest, body: z.output<typeof createBody>) {
  const created = await changing(
    deps,
    request,
    async (tx, by) =>
      createPromoPage(tx, { ...body, sequence_id: await sequenceIdOf(tx, body.sequence_id) }, by),
    (result) => (result.outcome === 'created' ? entryOf('promo_page.created', result.page) : null),
  );
  if (created.outcome === 'no_such_sequence') throw unknownSequence();
  if (created.outcome === 'slug_taken') throw slugTaken(created.slug);
  return created.page;
}

async function patch(
  deps: SequencesDeps,
  request: FastifyRequest,
  idOrSlug: string,
  body: z.output<typeof patchBody>,
) {
  const { id } = await pageNamed(deps.db, idOrSlug);
  const object = { type: 'promo_page', id };
  const patched = await changing(
    deps,
    request,
    async (tx, by) => patchPromoPage(tx, id, await withSequenceId(tx, body), by),
    (result) =>
      result.outcome === 'updated'
        ? { action: 'promo_page.updated', object, detail: { fields: result.fields } }
        : null,
  );
  if (patched.outcome === 'no_such_page') throw problem.notFound('promo page', idOrSlug);
  if (patched.outcome === 'no_such_sequence') throw unknownSequence();
  if (patched.outcome === 'slug_taken') throw slugTaken(patched.slug);
  return patched.page;
}

async function withSequenceId(tx: Tx, body: z.output<typeof patchBody>): Promise<PromoPagePatch> {
  const { sequence_id, ...texts } = body;
  return sequence_id === undefined ? texts : { ...texts, sequence_id: await sequenceIdOf(tx, sequence_id) };
}

async function remove(deps: SequencesDeps, request: FastifyRequest, idOrSlug: string): Promise<void> {
  const { id } = await pageNamed(deps.db, idOrSlug);
  const removed = await changing(
    deps,
    request,
    (tx, by) => removePromoPage(tx, id, by),
    (page) => (page ? entryOf('promo_page.removed', page) : null),
  );
  if (!removed) throw problem.notFound('promo page', idOrSlug);
}

async function pageNamed(db: Db, idOrSlug: string): Promise<PromoPage> {
  const page = await findPromoPage(db, idOrSlug);
  if (!page) throw problem.notFound('promo page', idOrSlug);
  return page;
}

function entryOf(action: string, { id, slug, sequence_id }: PromoPage): Entry {
  return { action, object: { type: 'promo_page', id }, detail: { slug, sequence_id } };
}

function slugTaken(slug: string) {
  return problem.conflict(`There is a promo page at /p/${slug} already.`, 'slug_taken');
}

const paragraphField = (max: number) => z.string().trim().max(max);
const texts = {
  title: wordsField(PROMO_PAGE_LIMITS.title),
  intro: paragraphField(PROMO_PAGE_LIMITS.intro),
  button_label: wordsField(PROMO_PAGE_LIMITS.button_label),
  thanks_title: wordsField(PROMO_PAGE_LIMITS.thanks_title),
  thanks_text: paragraphField(PROMO_PAGE_LIMITS.thanks_text),
  closed_text: paragraphField(PROMO_PAGE_LIMITS.closed_text),
};

const consent = {
  double_opt_in: z.boolean().meta({
    description:
      'Whether visitors must first follow a link that they are mailed. Until then nothing else goes to them, and nothing is triggered.',
  }),
  confirmation_subject: wordsField(CONFIRMATION_LIMITS.subject)
    .nullable()
    .meta({ description: 'The subject of the mail with that link. Null: made from the title.' }),
  confirmation_text: wordsField(CONFIRMATION_LIMITS.text)
    .nullable()
    .meta({ description: 'Above the link in that mail. Plain text. Null: made from the title.' }),
};

const pageSchema = z
  .object({
    id: z.uuid(),
    slug: z.string().meta({ description: 'The page is at /p/<slug>.', example: 'spring-sale' }),
    sequence_id: z.uuid().meta({ description: 'The sequence that the page starts.' }),
    title: z.string(),
    intro: z.string().meta({ description: 'Between the title and the form. Plain text.' }),
    button_label: z.string(),
    thanks_title: z.string(),
    thanks_text: z.string().meta({
      description: 'After the form was sent or, with `double_opt_in`, the address confirmed. Plain text.',
    }),
    closed_text: z.string().meta({ description: 'While the sequence is not active. Plain text.' }),
    ...consent,
    created_at: z.date(),
    updated_at: z.date(),
  })
  .meta({ id: 'PromoPage' });

const named = z.object({ id: nameParam });
const tags = ['Promo pages'];

const listSchema = {
  tags,
  summary: 'All promo pages, newest first',
  description: 'Of one sequence, where `sequence_id` is given.',
  querystring: pageQuery.extend({ sequence_id: sequenceField.optional() }),
  response: { 200: z.object({ promo_pages: z.array(pageSchema), next_cursor: z.string().nullable() }) },
};

const createBody = z
  .strictObject({
    sequence_id: sequenceField,
    slug: slugField.optional(),
    title: texts.title,
    intro: texts.intro.optional(),
    button_label: texts.button_label.optional(),
    thanks_title: texts.thanks_title.optional(),
    thanks_text: texts.thanks_text.optional(),
    closed_text: texts.closed_text.optional(),
    double_opt_in: consent.double_opt_in.optional(),
    confirmation_subject: consent.confirmation_subject.optional(),
    confirmation_text: consent.confirmation_text.optional(),
  })
  .meta({
    example: { sequence_id: 'spring-sale', title: 'Spring sale', intro: 'Ten percent off, for a week.' },
  });

const createSchema = {
  tags,
  summary: 'Make a promo page',
  description: 'Without a slug it gets one made from its title; texts left out get plain ones.',
  body: createBody,
  response: { 201: pageSchema },
};

const readSchema = {
  tags,
  summary: 'A promo page',
  description: 'By its id or its slug. Visitors see it at `/p/<slug>`.',
  params: named,
  response: { 200: pageSchema },
};

const patchBody = z
  .strictObject({
    sequence_id: sequenceField.optional(),
    slug: slugField.optional(),
    title: texts.title.optional(),
    intro: texts.intro.optional(),
    button_label: texts.button_label.optional(),
    thanks_title: texts.thanks_title.optional(),
    thanks_text: texts.thanks_text.optional(),
    closed_text: texts.closed_text.optional(),
    double_opt_in: consent.double_opt_in.optional(),
    confirmation_subject: consent.confirmation_subject.optional(),
    confirmation_text: consent.confirmation_text.optional(),
  })
  .meta({ example: { closed_text: 'The sale is over until next year.' } });

const patchSchema = {
  tags,
  summary: 'Change a promo page',
  description: 'What is left out stays as it is.',
  params: named,
  body: patchBody,
  response: { 200: pageSchema },
};

const removeSchema = {
  tags,
  summary: 'Remove a promo page',
  description: 'Its address then answers 404. What it has started goes on.',
  params: named,
  response: { 204: z.null() },
};
