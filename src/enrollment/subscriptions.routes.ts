import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { audit } from '../auth/audit.ts';
import { type ContactRecord, findContact, withContact } from '../contacts/contacts.ts';
import type { Db, Tx } from '../db/database.ts';
import type { Cursors } from '../http/cursor.ts';
import { problem } from '../http/errors.ts';
import { pageQuery, readPage } from '../http/pages.ts';
import { principalOf } from '../http/principal.ts';
import type { App } from '../http/server.ts';
import { findSequence } from '../sequences/sequences.ts';
import { resubscribeTo, sequencesOf, unsubscribedFrom, unsubscribeFrom } from './subscriptions.ts';

export type SubscriptionsDeps = {
  db: Db;
  cursors: Cursors;
  now: () => Date;
  /** Hears, after the commit and before the answer, in which sequences runs of a lane ended. */
  onEnded: (lane: number, sequenceIds: string[]) => void;
};

/** What a contact wants of single sequences. Whether they want any mail at all is theirs (`contacts/routes.ts`). */
export function registerSubscriptions(app: App, deps: SubscriptionsDeps): void {
  const { db, cursors } = deps;
  app.get('/api/contacts/:id/sequences', { schema: listSchema }, async ({ params, query }) => {
    const contact = await findContact(db, params.id);
    if (!contact) throw problem.notFound('contact', params.id);
    const list = { list: `sequences of ${contact.id}`, position };
    const { rows, next_cursor } = await readPage(cursors, list, query, (after, most) =>
      sequencesOf(db, contact, after?.sequence_id, most),
    );
    return { sequences: rows, next_cursor };
  });
  for (const change of CHANGES) {
    const { verb, summary, description } = change;
    const schema = { ...changeSchema, summary, description };
    app.post(`/api/contacts/:id/sequences/:sequence_id/${verb}`, { schema }, (request) =>
      make(change, deps, request, request.params),
    );
  }
}

type Change = {
  verb: string;
  action: string;
  make: (
    tx: Tx,
    contact: ContactRecord,
    sequenceId: string,
    now: Date,
  ) => Promise<{ changed: boolean; moved: string[] }>;
  summary: string;
  description: string;
};

const CHANGES: Change[] = [
  {
    verb: 'unsubscribe',
    action: 'contact.unsubscribed',
    make: unsubscribeFrom,
    summary: 'Unsubscribe a contact from one sequence',
    description: 'By their wish. What is on its way to them there ends; other sequences go on.',
  },
  {
    verb: 'resubscribe',
    action: 'contact.resubscribed',
    make: async (tx, contact, sequenceId) => ({
      changed: await resubscribeTo(tx, contact, sequenceId),
      moved: [],
    }),
    summary: 'Subscribe a contact to one sequence again',
    description:
      'By their wish. What has ended stays so, and whoever is unsubscribed from everything stays that as well.',
  },
];

async function make(
  change: Change,
  { db, now, onEnded }: SubscriptionsDeps,
  request: FastifyRequest,
  named: z.output<typeof ofSequence>,
) {
  const sequence = await findSequence(db, named.sequence_id);
  if (!sequence) throw problem.notFound('sequence', named.sequence_id);
  const { id: sequence_id } = sequence;
  const made = await withContact(db, named.id, async (tx, contact) => {
    if (contact.erased_at) throw erased(contact.id);
    const { changed, moved } = await change.make(tx, contact, sequence_id, now());
    const object = { type: 'contact', id: contact.id };
    if (changed) await audit(tx, principalOf(request), change.action, object, { sequence_id });
    return { lane: contact.lane, moved, unsubscribed_at: await unsubscribedFrom(tx, contact, sequence_id) };
  });
  if (!made) throw problem.notFound('contact', named.id);
  onEnded(made.lane, made.moved);
  return { contact_id: named.id, sequence_id, unsubscribed_at: made.unsubscribed_at };
}

function erased(id: string) {
  return problem.conflict(
    `The person behind contact ${id} was erased: nothing can be kept of them.`,
    'erased',
  );
}

const position = z.object({ sequence_id: z.uuid() });
const ofContact = z.object({ id: z.uuid() });
const ofSequence = ofContact.extend({
  sequence_id: z.string().min(1).max(64).meta({ description: 'Id or key of the sequence.' }),
});
const unsubscribedField = z
  .date()
  .nullable()
  .meta({ description: 'Since when they want no mail of this sequence.' });
const tags = ['Contacts'];

const listSchema = {
  tags,
  summary: 'The sequences that a contact has entered or left',
  description: 'How often and when they entered, whether they are in it, and whether they want its mail.',
  params: ofContact,
  querystring: pageQuery,
  response: {
    200: z.object({
      sequences: z.array(
        z.object({
          sequence_id: z.uuid(),
          sequence_name: z.string(),
          active_enrollments: z.int(),
          entries: z.int(),
          last_entered_at: z.date().nullable(),
          unsubscribed_at: unsubscribedField,
        }),
      ),
      next_cursor: z.string().nullable(),
    }),
  },
};

const changeSchema = {
  tags,
  params: ofSequence,
  response: {
    200: z.object({ contact_id: z.uuid(), sequence_id: z.uuid(), unsubscribed_at: unsubscribedField }),
  },
};
