import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type ContactRecord, resubscribe, unsubscribe, withContact } from '../contacts/contacts.ts';
import { type Contact, contactsById } from '../contacts/directory.ts';
import {
  UNSUBSCRIBE_ACTIONS,
  type UnsubscribeAction,
  unsubscribePageHtml,
} from '../contacts/unsubscribe/page.ts';
import { readUnsubscribeToken } from '../contacts/unsubscribe/token.ts';
import type { Db, Tx } from '../db/database.ts';
import { withForms } from '../http/forms.ts';
import { sendPage } from '../http/send_page.ts';
import type { App } from '../http/server.ts';
import { ensureWeeks } from '../ledger/weeks.ts';
import { exitRuns } from './exit_runs.ts';
import { resubscribeTo, unsubscribedFrom, unsubscribeFrom } from './subscriptions.ts';

export type UnsubscribeDeps = {
  db: Db;
  linkSecret: Buffer;
  now: () => Date;
  /** Hears, after the commit and before the answer, in which sequences runs of a lane ended. */
  onEnded: (lane: number, sequenceIds: string[]) => void;
};

/** The link at the foot of every mail: a page that asks, and the one-click request of RFC 8058. */
export function registerUnsubscribe(app: App, deps: UnsubscribeDeps): void {
  withForms(app, (scope) => {
    // A one-click request comes as a form of either kind (RFC 8058, 3.1), or as whatever a mail program makes of
    // that. Nobody's wish to leave is refused for its content type.
    const options = { parseAs: 'string', bodyLimit: 65_536 } as const;
    scope.removeContentTypeParser('application/json');
    scope.addContentTypeParser('*', options, (_request, _body, done) => done(null, {}));
    registerPages(scope, deps);
  });
}

function registerPages(app: App, { db, linkSecret, now, onEnded }: UnsubscribeDeps): void {
  app.get('/u/:token', { schema: { params, hide: true } }, async (request, reply) => {
    const { token } = request.params;
    const reader = await readerOf(token);
    if (!reader) return sendPage(reply.code(404), unsubscribePageHtml({ state: 'invalid' }));
    return answer(reply, token, reader.contact, await stateOf(reader));
  });

  app.post('/u/:token', { schema: { params, body, hide: true } }, async (request, reply) => {
    const { token } = request.params;
    const reader = await readerOf(token);
    if (!reader) return sendPage(reply.code(404), unsubscribePageHtml({ state: 'invalid' }));
    const { action } = request.body;
    const at = now();
    await ensureWeeks(db, [at]);
    const moved = await withContact(db, reader.contact.id, (tx, contact) =>
      WISHES[action](tx, contact, reader.sequence_id, at),
    );
    onEnded(reader.contact.lane, moved ?? []);
    return answer(
      reply,
      token,
      reader.contact,
      action === 'resubscribe' ? 'resubscribed' : await stateOf(reader),
    );
  });

  async function readerOf(token: string): Promise<Reader | undefined> {
    const link = readUnsubscribeToken(linkSecret, token);
    const contact = link && (await contactsById(db, link.lane, [link.contact_id])).get(link.contact_id);
    return contact && !contact.erased_at ? { contact, sequence_id: link.sequence_id } : undefined;
  }

  // Read anew, so that the page says what stands, whichever button it was, and whoever pressed another at that moment.
  async function stateOf({ contact: { lane, id }, sequence_id }: Reader): Promise<State> {
    const [contact, unsubscribed_at] = await Promise.all([
      contactsById(db, lane, [id]),
      unsubscribedFrom(db, { lane, id }, sequence_id),
    ]);
    if (contact.get(id)?.unsubscribed_at) return 'done';
    return unsubscribed_at ? 'sequence_done' : 'confirm';
  }
}

/** Whom a link is for, and the sequence whose mail it stood in. */
type Reader = { contact: Contact; sequence_id: string };

type State = 'confirm' | 'done' | 'sequence_done' | 'resubscribed';

function answer(reply: FastifyReply, token: string, { email }: Contact, state: State): FastifyReply {
  return sendPage(reply, unsubscribePageHtml({ state, email, formAction: `/u/${token}` }));
}

/** What the buttons do, in a transaction under the lane's lock; each answers the sequences whose counts moved. */
const WISHES: Record<
  UnsubscribeAction,
  (tx: Tx, contact: ContactRecord, sequenceId: string, at: Date) => Promise<string[]>
> = {
  async unsubscribe(tx, contact, _sequenceId, at) {
    await unsubscribe(tx, contact, at);
    return exitRuns(tx, contact.lane, { contactId: contact.id, sequenceId: null }, 'unsubscribed', at);
  },
  async unsubscribe_sequence(tx, contact, sequenceId, at) {
    return (await unsubscribeFrom(tx, contact, sequenceId, at)).moved;
  },
  // Whoever comes back by the link of a mail wants such mail. Other sequences that they left one by one stay so.
  async resubscribe(tx, contact, sequenceId, at) {
    await resubscribe(tx, contact, at);
    await resubscribeTo(tx, contact, sequenceId);
    return [];
  },
};

const params = z.object({ token: z.string().max(200) });
// A mail program posts `List-Unsubscribe=One-Click`, our own page an `action`; a bare POST unsubscribes as well. Both
// mean everything, not the one sequence: RFC 8058 speaks of the list that a mail came from, but a mail program's button
// names the sender and offers no choice, its reader knows nothing of our sequences, and the next mail of another one
// would be reported as spam.
const body = z
  .looseObject({ action: z.enum(UNSUBSCRIBE_ACTIONS).default('unsubscribe') })
  .nullish()
  .transform((fields) => fields ?? { action: 'unsubscribe' as const });
