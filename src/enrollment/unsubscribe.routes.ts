import { z } from 'zod';
import { resubscribe, unsubscribe, withContact } from '../contacts/contacts.ts';
import { type Contact, contactsById } from '../contacts/directory.ts';
import { unsubscribePageHtml } from '../contacts/unsubscribe/page.ts';
import { readUnsubscribeToken } from '../contacts/unsubscribe/token.ts';
import type { Db } from '../db/database.ts';
import { withForms } from '../http/forms.ts';
import { sendPage } from '../http/send_page.ts';
import type { App } from '../http/server.ts';
import { ensureWeeks } from '../ledger/weeks.ts';
import { exitRuns } from './exit_runs.ts';

export type UnsubscribeDeps = {
  db: Db;
  linkSecret: Buffer;
  now: () => Date;
  /** Hears, after the commit, which sequences' counts moved. */
  onCounted: (sequenceIds: string[]) => void;
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

function registerPages(app: App, { db, linkSecret, now, onCounted }: UnsubscribeDeps): void {
  app.get('/u/:token', { schema: { params, hide: true } }, async (request, reply) => {
    const { token } = request.params;
    const contact = await contactOf(token);
    if (!contact) return sendPage(reply.code(404), unsubscribePageHtml({ state: 'invalid' }));
    const state = contact.unsubscribed_at ? 'done' : 'confirm';
    return sendPage(reply, unsubscribePageHtml({ state, email: contact.email, formAction: `/u/${token}` }));
  });

  app.post('/u/:token', { schema: { params, body, hide: true } }, async (request, reply) => {
    const { token } = request.params;
    const contact = await contactOf(token);
    if (!contact) return sendPage(reply.code(404), unsubscribePageHtml({ state: 'invalid' }));
    const comesBack = request.body.action === 'resubscribe';
    await (comesBack ? bringBack(contact) : takeOff(contact));
    const state = comesBack ? 'resubscribed' : 'done';
    return sendPage(reply, unsubscribePageHtml({ state, email: contact.email, formAction: `/u/${token}` }));
  });

  async function contactOf(token: string): Promise<Contact | undefined> {
    const link = readUnsubscribeToken(linkSecret, token);
    const contact = link && (await contactsById(db, link.lane, [link.contact_id])).get(link.contact_id);
    return contact?.erased_at ? undefined : contact;
  }

  async function takeOff({ lane, id: contactId }: Contact): Promise<void> {
    const at = now();
    await ensureWeeks(db, [at]);
    const moved = await withContact(db, contactId, async (tx, contact) => {
      await unsubscribe(tx, contact, at);
      return exitRuns(tx, lane, { contactId, sequenceId: null }, 'unsubscribed', at);
    });
    onCounted(moved ?? []);
  }

  async function bringBack({ id }: Contact): Promise<void> {
    await withContact(db, id, (tx, contact) => resubscribe(tx, contact, now()));
  }
}

const params = z.object({ token: z.string().max(200) });
// A mail program posts `List-Unsubscribe=One-Click`, our own page an `action`; a bare POST unsubscribes as well.
const body = z
  .looseObject({ action: z.enum(['unsubscribe', 'resubscribe']).optional() })
  .nullish()
  .transform((fields) => fields ?? {});
