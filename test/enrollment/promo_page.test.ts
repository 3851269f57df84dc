import { afterEach, describe, expect, test } from 'vitest';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { createPromoPage, type PromoPage } from '../../src/sequences/promo_pages.ts';
import { aClock, anAddress, aSequence, aWorker, expectCleanRecount, statusOf } from '../support/factories.ts';
import {
  capturedOf,
  contactOf,
  countRows,
  executionsOf,
  lifetimeOf,
  triggersOf,
} from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { listen, openServer } from './open_server.ts';

const { db } = await setup();
const clock = aClock();
const url = await listen(await openServer(db, clock));

afterEach(() => expectCleanRecount(db));

async function aPage(sequence: { id: string }): Promise<PromoPage> {
  const texts = {
    title: 'Spring sale',
    thanks_title: 'Look into your inbox',
    closed_text: 'Until next year.',
  };
  const change = { by: 'Ada Admin', now: new Date() };
  const made = await inTransaction(db, (tx) =>
    createPromoPage(tx, { sequence_id: sequence.id, ...texts }, change),
  );
  if (made.outcome !== 'created') throw new Error(made.outcome);
  return made.page;
}

let visitors = 0;

/** Posts a form as a browser does; each visitor comes from an address of their own. */
async function submit(slug: string, fields: Record<string, string>, visitor = `visitor ${++visitors}`) {
  const answer = await fetch(`${url}/p/${slug}`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { accept: 'text/html', 'x-forwarded-for': addressOf(visitor) },
  });
  return { status: answer.status, type: answer.headers.get('content-type'), page: await answer.text() };
}

function addressOf(visitor: string): string {
  const n = Number(visitor.replace(/\D/g, ''));
  return `198.51.${n >> 8}.${n & 255}`;
}

async function open(slug: string) {
  const answer = await fetch(`${url}/p/${slug}`);
  const page = await answer.text();
  const request_key = /name="request_key" value="([^"]+)"/.exec(page)?.[1] ?? '';
  return { status: answer.status, page, request_key };
}

describe('the form of a promo page', () => {
  test('thanks the visitor, and sends them the sequence’s email', async () => {
    const sequence = await aSequence(db);
    const { slug } = await aPage(sequence);
    const { request_key } = await open(slug);
    const email = anAddress();
    const answer = await submit(slug, {
      name: ' Ada ',
      email: ` ${email.toUpperCase()} `,
      website: '',
      request_key,
    });
    expect(answer).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' });
    expect(answer.page).toContain('<h1>Look into your inbox</h1>');
    expect(await triggersOf(db, sequence.id)).toMatchObject([
      { source: 'promo', outcome: 'accepted', context: { promo_page: slug } },
    ]);
    await aWorker(db, { clock }).runDry();
    expect(await capturedOf(db, sequence.id)).toMatchObject([{ text: expect.stringContaining('Hello Ada') }]);
    expect(await executionsOf(db, sequence.id)).toMatchObject([
      { recipient_email: email, source: 'promo', via: 'captured' },
    ]);
  });

  test('leads to a page of thanks that a reload asks for again, without the form', async () => {
    const { slug } = await aPage(await aSequence(db));
    const body = new URLSearchParams({ email: anAddress() });
    const answer = await fetch(`${url}/p/${slug}`, { method: 'POST', body, redirect: 'manual' });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(`/p/${slug}/thanks`);
    const before = await countRows(db);
    const thanks = await fetch(`${url}/p/${slug}/thanks`);
    expect(await thanks.text()).toContain('<h1>Look into your inbox</h1>');
    expect((await fetch(`${url}/p/no-such-page/thanks`)).status).toBe(404);
    expect(await countRows(db)).toEqual(before);
  });

  test.each([
    ['', 'Please enter your email address.'],
    ['ada at example.com', 'The email address must look like name@example.com.'],
    ['ada@localhost', 'The email address has no valid domain after the @'],
  ])(
    'shows what is wrong with the address "%s", keeps what was typed, and writes nothing',
    async (email, problem) => {
      const { slug } = await aPage(await aSequence(db));
      const before = await countRows(db);
      const answer = await submit(slug, { name: 'Ada <b>', email });
      expect(answer.status).toBe(400);
      expect(answer.page).toContain(problem);
      expect(answer.page).toContain('value="Ada &lt;b&gt;"');
      expect(answer.page).toContain(`value="${email}"`);
      expect(await countRows(db)).toEqual(before);
    },
  );

  test('asks for a shorter name than 201 characters', async () => {
    const { slug } = await aPage(await aSequence(db));
    const before = await countRows(db);
    const answer = await submit(slug, { name: 'x'.repeat(201), email: anAddress() });
    expect(answer.status).toBe(400);
    expect(answer.page).toContain('Please shorten the name');
    expect(await countRows(db)).toEqual(before);
  });

  test('thanks a robot that fills in the trap, and writes nothing', async () => {
    const { slug } = await aPage(await aSequence(db));
    const before = await countRows(db);
    const answer = await submit(slug, { email: anAddress(), website: 'https://spam.example.com' });
    expect(answer.status).toBe(200);
    expect(answer.page).toContain('<h1>Look into your inbox</h1>');
    expect(await countRows(db)).toEqual(before);
  });

  test('that is posted twice, as by a double click, counts once', async () => {
    const sequence = await aSequence(db, { reentry: 'every_time' });
    const { slug } = await aPage(sequence);
    const { request_key } = await open(slug);
    const fields = { email: anAddress(), request_key };
    const answers = await Promise.all([submit(slug, fields), submit(slug, fields)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect((await submit(slug, fields)).page).toContain('Look into your inbox');
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ triggers: 1, suppressed: 0 });
    const other = await open(slug);
    await submit(slug, { ...fields, request_key: other.request_key });
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ triggers: 2 });
  });

  test('counts as a trigger of its own whatever somebody puts into the hidden field', async () => {
    const sequence = await aSequence(db, { reentry: 'every_time' });
    const { slug } = await aPage(sequence);
    const email = anAddress();
    const long = Array.from({ length: 2_000 }, (_, i) =>
      String.fromCharCode(0x4e00 + ((i * 7919) % 20_000)),
    ).join('');
    for (const request_key of ['', 'short', long]) {
      expect((await submit(slug, { email, request_key })).status).toBe(200);
    }
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ triggers: 3 });
  });

  test('tells nobody whether an address was here before', async () => {
    const sequence = await aSequence(db);
    const { slug } = await aPage(sequence);
    const email = anAddress();
    const pages = [await submit(slug, { email }), await submit(slug, { email })];
    expect(pages[1]?.page).toBe(pages[0]?.page);
    expect(await triggersOf(db, sequence.id)).toMatchObject([{}, { reason: 'already_active' }]);
  });

  test('changes nothing that is known of somebody whose address a stranger types', async () => {
    const { slug } = await aPage(await aSequence(db));
    const email = anAddress();
    await submit(slug, { email, name: 'Ada' });
    await submit(slug, { email, name: 'Mallory' });
    expect(await contactOf(db, email)).toMatchObject({ name: 'Ada' });
  });
});

describe('a promo page', () => {
  test.each(['paused', 'archived'] as const)(
    'says that the offer is closed where its sequence is %s, and counts who came',
    async (status) => {
      const sequence = await aSequence(db);
      const { slug } = await aPage(sequence);
      const { request_key } = await open(slug);
      await statusOf(db, sequence, status);
      expect((await open(slug)).page).toContain('Until next year.');
      expect((await open(slug)).page).not.toContain('<form');
      const answer = await submit(slug, { email: anAddress(), request_key });
      expect(answer.status).toBe(200);
      expect(answer.page).toContain('This offer is closed');
      expect(await lifetimeOf(db, sequence.id)).toMatchObject({ triggers: 0, suppressed: 1 });
    },
  );

  test('that is not there is a 404 of its own, opened or posted to', async () => {
    const before = await countRows(db);
    for (const answer of [await open('no-such-page'), await submit('no-such-page', { email: anAddress() })]) {
      expect(answer.status).toBe(404);
      expect(answer.page).toContain('There is no page here');
    }
    expect(await countRows(db)).toEqual(before);
  });

  test('takes twenty forms a minute from one visitor, and all of another', async () => {
    const sequence = await aSequence(db);
    const { slug } = await aPage(sequence);
    const statuses: number[] = [];
    for (let n = 0; n < 21; n++)
      statuses.push((await submit(slug, { email: anAddress() }, 'visitor 9999')).status);
    expect(statuses).toEqual([...Array(20).fill(200), 429]);
    const refused = await submit(slug, { email: anAddress() }, 'visitor 9999');
    expect(refused).toMatchObject({ status: 429, type: 'text/html; charset=utf-8' });
    expect(refused.page).toContain('<h1>One moment, please</h1>');
    expect((await submit(slug, { email: anAddress() })).status).toBe(200);
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ triggers: 21 });
  });

  test('keeps the address of whoever opens it out of other sites, and runs no script', async () => {
    const { slug } = await aPage(await aSequence(db));
    const { headers } = await fetch(`${url}/p/${slug}`);
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'/);
    expect(headers.get('cache-control')).toBe('no-store');
  });
});
