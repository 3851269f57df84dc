import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { audit } from '../auth/audit.ts';
import type { Db, Tx } from '../db/database.ts';
import { inLane } from '../db/lanes.ts';
import type { Cursors } from '../http/cursor.ts';
import { problem } from '../http/errors.ts';
import { creation, pageQuery, readPage } from '../http/pages.ts';
import { principalOf } from '../http/principal.ts';
import type { App } from '../http/server.ts';
import {
  type ContactRecord,
  createContact,
  findContact,
  listContacts,
  type Marked,
  patchContact,
  resubscribe,
  suppress,
  unsubscribe,
  unsuppress,
  withContact,
} from './contacts.ts';
import { type Directory, homeLane } from './directory.ts';
import { emailField } from './fields.routes.ts';
import { isTimeZone } from './time_zone.ts';

export type ContactsDeps = {
  db: Db;
  directory: Directory;
  cursors: Cursors;
  now: () => Date;
  /**
   * Ends everything that is on its way to a contact, in the transaction that stops their mail, and answers the
   * sequences whose counts moved. Handed in, since what is on its way is known further up.
   */
  endRuns: (
    tx: Tx,
    contact: ContactRecord,
    reason: 'unsubscribed' | 'suppressed',
    now: Date,
  ) => Promise<string[]>;
  /** Hears, after the commit, of the sequences whose counts moved in a lane. */
  onCommitted: (lane: number, sequenceIds: string[]) => void;
};

/** People: finding, making and changing them, and whether they get mail. */
export function registerContacts(app: App, deps: ContactsDeps): void {
  const { db, cursors } = deps;
  app.get('/api/contacts', { schema: listSchema }, async ({ query: { limit, cursor, search } }) => {
    const list = { list: `contacts ${search ?? ''}`, position: creation };
    const { rows, next_cursor } = await readPage(cursors, list, { limit, cursor }, (after, most) =>
      listContacts(db, { search, after, limit: most }),
    );
    return { contacts: rows.map(shown), next_cursor };
  });
  app.post('/api/contacts', { schema: createSchema }, async (request, reply) =>
    reply.code(201).send(await create(deps, request, request.body)),
  );
  app.get('/api/contacts/:id', { schema: readSchema }, async ({ params }) => {
    const contact = await findContact(db, params.id);
    if (!contact) throw problem.notFound('contact', params.id);
    return shown(contact);
  });
  app.patch('/api/contacts/:id', { schema: patchSchema }, (request) =>
    patch(deps, request, request.params.id, request.body),
  );
  for (const marking of MARKINGS) {
    const schema = { ...markSchema, summary: marking.summary, description: marking.description };
    app.post(`/api/contacts/:id/${marking.verb}`, { schema }, (request) =>
      markContact(deps, request, request.params.id, marking),
    );
  }
}

async function create(
  { db, directory, now }: ContactsDeps,
  request: FastifyRequest,
  body: z.output<typeof createBody>,
) {
  const { email, name = null, external_user_id = null, properties = {}, time_zone = null } = body;
  const wanted = { email, name, external_user_id, properties, time_zone };
  const lane = homeLane(directory, email);
  const created = await inLane(db, lane, async (tx) => {
    const result = await createContact(tx, directory, lane, wanted, now());
    if (result.outcome === 'created') await note(tx, request, 'contact.created', result.contact);
    return result;
  });
  if (created.outcome === 'exists')
    throw problem.conflict(`The contact ${created.contact_id} has this address already.`, 'contact_exists');
  if (created.outcome === 'properties_too_large') throw propertiesTooLarge(created);
  return shown(created.contact);
}

async function patch(
  { db, now }: ContactsDeps,
  request: FastifyRequest,
  id: string,
  body: z.output<typeof patchBody>,
) {
  const patched = await withContact(db, id, async (tx, contact) => {
    const result = await patchContact(tx, contact, body, now());
    if (result.outcome === 'updated')
      await note(tx, request, 'contact.updated', contact, { fields: result.fields });
    return result;
  });
  if (!patched) throw problem.notFound('contact', id);
  if (patched.outcome === 'erased') throw erased(id);
  if (patched.outcome === 'properties_too_large') throw propertiesTooLarge(patched);
  return shown(patched.contact);
}

type Marking = {
  verb: string;
  action: string;
  mark: (tx: Tx, contact: ContactRecord, now: Date) => Promise<Marked>;
  /** Why what is on its way ends with it; null: nothing does. */
  ends: 'unsubscribed' | 'suppressed' | null;
  summary: string;
  description: string;
};

const MARKINGS: Marking[] = [
  {
    verb: 'suppress',
    action: 'contact.suppressed',
    mark: suppress,
    ends: 'suppressed',
    summary: 'Stop all mail to a contact',
    description: 'By your decision, until it is taken back. What is on its way to them ends.',
  },
  {
    verb: 'unsuppress',
    action: 'contact.unsuppressed',
    mark: unsuppress,
    ends: null,
    summary: 'Allow mail to a contact again',
    description: 'Also after a bounce or a complaint. Whoever has unsubscribed stays so.',
  },
  {
    verb: 'unsubscribe',
    action: 'contact.unsubscribed',
    mark: unsubscribe,
    ends: 'unsubscribed',
    summary: 'Unsubscribe a contact from all sequences',
    description: 'By their wish. What is on its way to them ends.',
  },
  {
    verb: 'resubscribe',
    action: 'contact.resubscribed',
    mark: resubscribe,
    ends: null,
    summary: 'Subscribe a contact again',
    description: 'By their wish. What has ended stays so.',
  },
];

async function markContact(
  { db, now, endRuns, onCommitted }: ContactsDeps,
  request: FastifyRequest,
  id: string,
  { action, mark, ends }: Marking,
) {
  const at = now();
  const done = await withContact(db, id, async (tx, contact) => {
    const result = await mark(tx, contact, at);
    if (result.outcome === 'erased' || !result.changed) return { result, moved: [] };
    await note(tx, request, action, contact);
    return { result, moved: ends ? await endRuns(tx, result.contact, ends, at) : [] };
  });
  if (!done) throw problem.notFound('contact', id);
  const { result, moved } = done;
  if (result.outcome === 'erased') throw erased(id);
  if (moved.length > 0) onCommitted(result.contact.lane, moved);
  return shown(result.contact);
}

/** The audit entry of a change. It names the contact by id alone: the log outlives an erasure. */
function note(
  tx: Tx,
  request: FastifyRequest,
  action: string,
  { id }: ContactRecord,
  detail = {},
): Promise<void> {
  return audit(tx, principalOf(request), action, { type: 'contact', id }, detail);
}

// Lanes are the storage's own affair.
function shown({ lane: _, ...contact }: ContactRecord) {
  return contact;
}

function erased(id: string) {
  return problem.conflict(
    `The person behind contact ${id} was erased: nothing can be kept of them.`,
    'erased',
  );
}

function propertiesTooLarge({ bytes, most }: { bytes: number; most: number }) {
  return problem.invalid([
    { path: 'properties', message: `would be ${bytes} bytes of JSON, and ${most} are kept at most` },
  ]);
}

const fields = {
  name: z.string().trim().min(1).max(200).nullable(),
  external_user_id: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .nullable()
    .meta({ description: 'The id that your application knows them by.' }),
  properties: z.record(z.string().min(1).max(200), z.unknown()).meta({
    description: 'What your templates may print. At most 16 kB of JSON.',
  }),
  time_zone: z
    .string()
    .refine(isTimeZone, 'is not a time zone (of the IANA database, such as Europe/Berlin)')
    .nullable(),
};

const contactSchema = z
  .object({
    id: z.uuid(),
    email: z.string(),
    name: z.string().nullable(),
    external_user_id: z.string().nullable(),
    properties: z.record(z.string(), z.unknown()),
    time_zone: z.string().nullable(),
    unsubscribed_at: z.date().nullable().meta({ description: 'Since when they want no mail.' }),
    suppressed_at: z.date().nullable().meta({ description: 'Since when no mail may go to them.' }),
    suppressed_reason: z.enum(['bounced', 'complained', 'manual']).nullable(),
    erased_at: z.date().nullable(),
    created_at: z.date(),
    updated_at: z.date(),
  })
  .meta({ id: 'Contact' });

const named = z.object({ id: z.uuid() });
const tags = ['Contacts'];

const listSchema = {
  tags,
  summary: 'All contacts, newest first',
  description: 'Erased people are not among them.',
  querystring: pageQuery.extend({
    search: z
      .string()
      .trim()
      .max(200)
      .optional()
      .meta({ description: 'The beginning of an address, part of a name, or a whole external_user_id.' }),
  }),
  response: { 200: z.object({ contacts: z.array(contactSchema), next_cursor: z.string().nullable() }) },
};

const createBody = z
  .strictObject({
    email: emailField,
    name: fields.name.optional(),
    external_user_id: fields.external_user_id.optional(),
    properties: fields.properties.optional(),
    time_zone: fields.time_zone.optional(),
  })
  .meta({ example: { email: 'ada@example.com', name: 'Ada Lovelace', properties: { plan: 'Team' } } });

const createSchema = {
  tags,
  summary: 'Make a contact',
  description: 'An address that is known already is a 409 that names its contact.',
  body: createBody,
  response: { 201: contactSchema },
};

const readSchema = {
  tags,
  summary: 'A contact',
  description: 'What is known of a person, and whether they may be mailed.',
  params: named,
  response: { 200: contactSchema },
};

const patchBody = z
  .strictObject({
    name: fields.name.optional(),
    external_user_id: fields.external_user_id.optional(),
    properties: fields.properties.optional(),
    time_zone: fields.time_zone.optional(),
  })
  .meta({ example: { time_zone: 'Europe/London', properties: { plan: null } } });

const patchSchema = {
  tags,
  summary: 'Change a contact',
  description: `What is left out stays as it is, null empties a field. Of \`properties\` only those named change, and
null removes one.`,
  params: named,
  body: patchBody,
  response: { 200: contactSchema },
};

const markSchema = { tags, params: named, response: { 200: contactSchema } };
