import { z } from 'zod';
import { contactsById } from '../contacts/directory.ts';
import { unsubscribePageHtml } from '../contacts/unsubscribe/page.ts';
import { readUnsubscribeToken, type UnsubscribeLink } from '../contacts/unsubscribe/token.ts';
import type { Db } from '../db/database.ts';
import { inLane } from '../db/lanes.ts';
import { sendPage } from '../http/send_page.ts';
import type { App } from '../http/server.ts';
import { ensureWeeks } from '../ledger/weeks.ts';
import { resubscribe, unsubscribe } from './unsubscribe.ts';

export type UnsubscribeDeps = {
  db: Db;
  linkSecret: Buffer;
  now: () => Date;
  /** Hears, after the commit, which sequences' counts moved. */
  onCounted: (sequenceIds: string[]) => void;
};

/** The link at the foot of every mail: a page that asks, and the one-click request of RFC 8058. */
export function registerUnsubscribe(app: App, { db, linkSecret, now, onCounted }: UnsubscribeDeps): void {
  app.get('/u/:token', { schema: { params, hide: true } }, async (request, reply) => {
    const { token } = request.params;
    const link = readUnsubscribeToken(linkSecret, token);
    const contact = link && (await findContact(db, link));
    if (!contact) return sendPage(reply.code(404), unsubscribePageHtml({ state: 'invalid' }));
    const state = contact.unsubscribed_at ? 'done' : 'confirm';
    return sendPage(reply, unsubscribePageHtml({ state, email: contact.email, formAction: `/u/${token}` }));
  });

  app.post('/u/:token', { schema: { params, body, hide: true } }, async (request, reply) => {
    const { token } = request.params;
    const link = readUnsubscribeToken(linkSecret, token);
    const contact = link && (await findContact(db, link));
    if (!link || !contact) return sendPage(reply.code(404), unsubscribePageHtml({ state: 'invalid' }));
    const back = request.body.action === 'resubscribe';
    const at = now();
    await ensureWeeks(db, [at]);
    const moved = await inLane(db, link.lane, async (tx) => {
      if (!back) return unsubscribe(tx, link.lane, contact.id, at);
      await resubscribe(tx, link.lane, contact.id, at);
      return [];
    });
    onCounted(moved);
    const state = back ? 'resubscribed' : 'done';
    return sendPage(reply, unsubscribePageHtml({ state, email: contact.email, formAction: `/u/${token}` }));
  });
}

async function findContact(db: Db, { lane, contact_id }: UnsubscribeLink) {
  const contact = (await contactsById(db, lane, [contact_id])).get(contact_id);
  return contact?.erased_at ? undefined : contact;
}

const params = z.object({ token: z.string().max(200) });
// A mail program posts `List-Unsubscribe=One-Click`, our own page an `action`; a bare POST unsubscribes as well.
const body = z
  .looseObject({ action: z.enum(['unsubscribe', 'resubscribe']).optional() })
  .nullish()
  .transform((fields) => fields ?? {});
