import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Db } from '../db/database.ts';
import { withForms } from '../http/forms.ts';
import { sendPage } from '../http/send_page.ts';
import type { App } from '../http/server.ts';
import type { PromoPage } from '../sequences/promo_pages.ts';
import { type Confirmations, findConfirmation } from './confirmation/confirmations.ts';
import { confirmationPageHtml } from './confirmation/page.ts';
import { type ConfirmationLink, readConfirmationToken } from './confirmation/token.ts';
import { promoPageHtml } from './promo_page/page.ts';

export type ConfirmationDeps = {
  db: Db;
  confirmations: Confirmations;
  linkSecret: Buffer;
  now: () => Date;
};

/** The link of a confirmation mail: a page that asks, and the button on it. Public, plain HTML. */
export function registerConfirmation(app: App, deps: ConfirmationDeps): void {
  withForms(app, (scope) => registerPages(scope, deps));
}

function registerPages(app: App, { db, confirmations, linkSecret, now }: ConfirmationDeps): void {
  app.get('/c/:token', { schema: { params, hide: true } }, async (request, reply) => {
    const found = await find(request.params.token);
    if (found?.state !== 'open') return done(reply, found);
    const { title } = found.page;
    const formAction = `/c/${request.params.token}`;
    return sendPage(reply, confirmationPageHtml({ state: 'open', title, formAction }));
  });

  app.post('/c/:token', { schema: { params, hide: true } }, async (request, reply) => {
    const found = await find(request.params.token);
    if (found?.state !== 'open') return done(reply, found);
    const { link, page } = found;
    const answer = await confirmations.confirm(link, page);
    if (answer.outcome === 'confirmed') return thank(reply, page, answer.reason);
    return done(reply, { page, state: answer.outcome === 'expired' ? 'expired' : 'confirmed' });
  });

  async function find(token: string): Promise<(Found & { link: ConfirmationLink }) | undefined> {
    const link = readConfirmationToken(linkSecret, token);
    const found = link && (await findConfirmation(db, link, now()));
    return found && { ...found, link };
  }
}

type Found = { state: 'open' | 'confirmed' | 'expired'; page: PromoPage };

function done(reply: FastifyReply, found: Found | undefined): FastifyReply {
  if (found?.state === 'confirmed')
    return sendPage(reply, confirmationPageHtml({ state: 'confirmed', title: found.page.title }));
  const formUrl = found ? `/p/${found.page.slug}` : null;
  return sendPage(reply.code(found ? 410 : 404), confirmationPageHtml({ state: 'expired', formUrl }));
}

// As the form itself answers without double opt-in: only a closed offer looks different.
function thank(reply: FastifyReply, page: PromoPage, reason: string): FastifyReply {
  const state = reason === 'not_active' ? 'closed' : 'thanks';
  const view = { page, state, formAction: `/p/${page.slug}`, honeypotField: '' } as const;
  return sendPage(reply, promoPageHtml(view));
}

const params = z.object({ token: z.string().max(200) });
