import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Address, normaliseAddress } from '../contacts/address.ts';
import type { Db } from '../db/database.ts';
import { withForms } from '../http/forms.ts';
import { sendPage } from '../http/send_page.ts';
import type { App } from '../http/server.ts';
import { newId } from '../lib/uuid.ts';
import { findPromoPage, type PromoPage } from '../sequences/promo_pages.ts';
import { findSequence } from '../sequences/sequences.ts';
import type { TriggerAnswer } from './accept.ts';
import type { Confirmations } from './confirmation/confirmations.ts';
import type { Intake } from './intake.ts';
import { missingPromoPageHtml, type PromoPageView, promoPageHtml } from './promo_page/page.ts';

export type PromoPageDeps = { db: Db; intake: Intake; confirmations: Confirmations };

// Looks like a field that a robot wants to fill in.
const HONEYPOT = 'website';
const POSTS_A_MINUTE = 20;
// Ours are UUIDs. Whoever sends a longer one is taken for a visitor without: an index would not hold it.
const LONGEST_REQUEST_KEY = 100;

/** The promo page and its form. Public, plain HTML, without JavaScript. */
export function registerPromoPage(app: App, deps: PromoPageDeps): void {
  withForms(app, (scope) => registerPages(scope, deps));
}

function registerPages(app: App, deps: PromoPageDeps): void {
  const { db } = deps;
  app.get('/p/:slug', { schema: { params, hide: true } }, async (request, reply) => {
    const page = await findPromoPage(db, request.params.slug);
    if (!page) return sendPage(reply.code(404), missingPromoPageHtml());
    const open = await isOpen(db, page);
    return sendPage(reply, pageHtml(page, open ? 'open' : 'closed'));
  });

  app.get('/p/:slug/thanks', { schema: { params, hide: true } }, async (request, reply) => {
    const page = await findPromoPage(db, request.params.slug);
    if (!page) return sendPage(reply.code(404), missingPromoPageHtml());
    return sendPage(reply, pageHtml(page, page.double_opt_in ? 'check_inbox' : 'thanks'));
  });

  const config = { rateLimit: { max: POSTS_A_MINUTE, timeWindow: 60_000 } };
  app.post('/p/:slug', { config, schema: { params, body: form, hide: true } }, async (request, reply) => {
    const page = await findPromoPage(db, request.params.slug);
    if (!page) return sendPage(reply.code(404), missingPromoPageHtml());
    const { name, email, [HONEYPOT]: trapped } = request.body;
    // A robot is thanked like everybody else and learns nothing.
    if (trapped) return thank(reply, page);
    const address = normaliseAddress(email);
    const errors = { ...nameError(name), ...emailError(email, address) };
    if (!address.ok || errors.name) {
      return sendPage(reply.code(400), pageHtml(page, 'invalid', { errors, values: { name, email } }));
    }
    const answer = await enter(deps, page, { ...request.body, email: address.email });
    // Whether somebody was here before is nobody else's business: only a closed offer looks different.
    return answer?.reason === 'not_active' ? sendPage(reply, pageHtml(page, 'closed')) : thank(reply, page);
  });
}

// By another address, so that reloading the thanks sends no form again.
function thank(reply: FastifyReply, { slug }: PromoPage): FastifyReply {
  return reply.header('cache-control', 'no-store').redirect(`/p/${slug}/thanks`, 303);
}

/** The answer to the trigger; undefined where it waits for the link that the visitor is sent. */
async function enter(
  { intake, confirmations }: PromoPageDeps,
  page: PromoPage,
  { email, name, request_key }: z.output<typeof form>,
): Promise<TriggerAnswer | undefined> {
  const person = { email, name: name || null };
  if (page.double_opt_in && (await confirmations.ask({ page, ...person })) !== 'not_needed') return undefined;
  const [answer] = await intake.submit([
    {
      sequence_id: page.sequence_id,
      person: { ...person, external_user_id: null },
      source: 'promo',
      context: { promo_page: page.slug },
      request_key: request_key ? `promo:${page.id}:${request_key}` : null,
      trusted: false,
    },
  ]);
  return answer;
}

async function isOpen(db: Db, page: PromoPage): Promise<boolean> {
  const sequence = await findSequence(db, page.sequence_id);
  return sequence?.status === 'active';
}

function pageHtml(
  page: PromoPage,
  state: PromoPageView['state'],
  form: Pick<PromoPageView, 'errors' | 'values'> = {},
): string {
  const formAction = `/p/${page.slug}`;
  // Two clicks on one button are one trigger.
  return promoPageHtml({
    page,
    state,
    formAction,
    honeypotField: HONEYPOT,
    hiddenFields: { request_key: newId() },
    ...form,
  });
}

function nameError(name: string): { name?: string } {
  return name.length > 200 ? { name: 'Please shorten the name to 200 characters.' } : {};
}

function emailError(email: string, address: Address): { email?: string } {
  if (address.ok) return {};
  const isBlank = email.trim() === '';
  return { email: isBlank ? 'Please enter your email address.' : `The email address ${address.message}.` };
}

const params = z.object({ slug: z.string().max(64) });
const text = z.string().max(2_000).default('');
const form = z.object({
  name: text.transform((t) => t.trim()),
  email: text,
  request_key: text.transform((key) => (key.length > LONGEST_REQUEST_KEY ? '' : key)),
  [HONEYPOT]: text,
});
