import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inLane } from '../../src/db/lanes.ts';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { dropUnconfirmed } from '../../src/enrollment/confirmation/confirmations.sql.ts';
import { confirmationToken } from '../../src/enrollment/confirmation/token.ts';
import { newId } from '../../src/lib/uuid.ts';
import { type PromoPage, removePromoPage } from '../../src/sequences/promo_pages.ts';
import {
  aClock,
  aContact,
  anAddress,
  anIntake,
  aSequence,
  aWorker,
  DIRECTORY,
  expectCleanRecount,
  LINK_SECRET,
  type SequenceWithSteps,
  statusOf,
  type TestWorker,
  trigger,
} from '../support/factories.ts';
import {
  capturedOf,
  confirmationsOf,
  contactOf,
  countRows,
  enrollmentsOf,
  executionsOf,
  giveLanesBack,
  lifetimeOf,
  markContact,
  moveContact,
  triggersOf,
} from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { aPage, linksOf, post } from './consent.ts';
import { openServer } from './open_server.ts';

const { db } = await setup();
const clock = aClock();
const app = await openServer(db, clock);
const intake = anIntake(db, { clock });
let worker: TestWorker;
let sequence: SequenceWithSteps;
let page: PromoPage;

beforeEach(async () => {
  await giveLanesBack(db);
  worker = aWorker(db, { clock });
  sequence = await aSequence(db, { reentry: 'every_time' });
  page = await aPage(db, sequence);
});
afterEach(() => expectCleanRecount(db));

/** Fills in the form, and sends what is due. Answers the links of all mails so far. */
async function fillIn(email: string, of = page, name = ''): Promise<string[]> {
  expect(await post(app, `/p/${of.slug}`, { email, name })).toMatchObject({ status: 303 });
  await worker.runDry();
  return linksOf(db, { id: of.sequence_id });
}

async function visit(path: string) {
  const { statusCode: status, body } = await app.inject(path);
  return { status, page: body };
}

describe('the form of a page with double opt-in', () => {
  test('sends a mail with a link, and nothing else', async () => {
    const email = anAddress();
    const [link = ''] = await fillIn(email, page, 'Buy at https://spam.example.com');
    const mails = await capturedOf(db, sequence.id);
    expect(mails).toMatchObject([{ recipient: email, subject: 'Please confirm: Spring <sale>' }]);
    expect(mails[0]?.text).toContain('Spring <sale>');
    expect(JSON.stringify(mails)).not.toContain('spam.example.com');
    expect(mails[0]?.headers).toEqual({ 'Auto-Submitted': 'auto-generated' });
    expect(link).toMatch(/^\/c\/[\w-]{46}$/);
    expect(await contactOf(db, email)).toBeUndefined();
    expect(await triggersOf(db, sequence.id)).toEqual([]);
    expect(await executionsOf(db, sequence.id)).toEqual([]);
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ executions: 0, triggers: 0, suppressed: 0 });
    clock.advance({ days: 3 });
    await worker.runDry();
    expect(await capturedOf(db, sequence.id)).toHaveLength(1);
  });

  test('leads to a page that says to look into the inbox', async () => {
    const answer = await post(app, `/p/${page.slug}`, { email: anAddress() });
    expect(answer.location).toBe(`/p/${page.slug}/thanks`);
    const next = await visit(`/p/${page.slug}/thanks`);
    expect(next.page).toContain('<h1>Please look into your inbox</h1>');
    expect(next.page).not.toContain('You are in');
  });

  test('says what the page has set in place of the texts made from its title', async () => {
    const own = await aPage(db, sequence, {
      confirmation_subject: 'One thing\r\nBcc: all@example.com',
      confirmation_text: 'First.\n\nSecond <b>.',
    });
    await fillIn(anAddress(), own);
    const [mail] = await capturedOf(db, sequence.id);
    expect(mail?.subject).toBe('One thing Bcc: all@example.com');
    expect(mail?.text).toContain('First.\n\nSecond <b>.');
  });

  test('mails an address once in ten minutes by one page, and three times a day by all', async () => {
    const [email, other] = [anAddress(), await aPage(db, sequence)];
    const answers = await Promise.all([0, 1, 2].map(() => post(app, `/p/${page.slug}`, { email })));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect(await fillIn(email)).toHaveLength(1);
    expect(await fillIn(email, other)).toHaveLength(2);
    clock.advance({ seconds: 10 * 60 });
    expect(await fillIn(email)).toHaveLength(3);
    clock.advance({ hours: 1 });
    expect(await fillIn(email)).toHaveLength(3);
    expect(await fillIn(anAddress())).toHaveLength(4);
    clock.advance({ hours: 23 });
    expect(await fillIn(email)).toHaveLength(5);
  });

  test('thanks a robot in the same words, and writes nothing', async () => {
    const before = await countRows(db);
    const answer = await post(app, `/p/${page.slug}`, { email: anAddress(), website: 'spam' });
    expect(answer.location).toBe(`/p/${page.slug}/thanks`);
    expect(await countRows(db)).toEqual(before);
  });

  test.each([
    ['bounced', { suppressed_reason: 'bounced' }, 'bounced'],
    ['erased', { erased: true }, 'erased'],
  ] as const)('mails nothing to somebody who %s, and counts why', async (_name, marks, reason) => {
    const email = await aContact(db);
    await markContact(db, email, marks);
    expect(await fillIn(email)).toEqual([]);
    expect(await triggersOf(db, sequence.id)).toMatchObject([{ source: 'promo', reason }]);
    expect(await capturedOf(db, sequence.id)).toEqual([]);
  });

  test('says that the offer is closed while the sequence is paused, and mails nobody', async () => {
    await statusOf(db, sequence, 'paused');
    const answer = await post(app, `/p/${page.slug}`, { email: anAddress() });
    expect(answer.page).toContain('This offer is closed');
    await worker.runDry();
    expect(await capturedOf(db, sequence.id)).toEqual([]);
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ suppressed: 1 });
  });
});

describe('the link of a confirmation', () => {
  test('asks, however often it is followed, and the button starts the sequence', async () => {
    const email = anAddress();
    const [link = ''] = await fillIn(email, page, 'Ada');
    const before = await countRows(db);
    for (const { status, page: html } of [await visit(link), await visit(link)]) {
      expect(status).toBe(200);
      expect(html).toContain(`<form method="post" action="${link}"><button type="submit">`);
      expect(html).toContain('Spring &lt;sale&gt;');
      expect(html).not.toContain('<script');
    }
    expect(await countRows(db)).toEqual(before);
    clock.advance({ hours: 1 });
    const confirmed = await post(app, link);
    expect(confirmed.status).toBe(200);
    expect(confirmed.page).toContain('<h1>You are in</h1>');
    expect(await triggersOf(db, sequence.id)).toMatchObject([
      { source: 'promo', outcome: 'accepted', context: { promo_page: page.slug } },
    ]);
    expect(await contactOf(db, email)).toMatchObject({ name: 'Ada' });
    await worker.runDry();
    expect(await executionsOf(db, sequence.id)).toMatchObject([{ recipient_email: email, source: 'promo' }]);
    const [row] = await confirmationsOf(db, page.id);
    expect(row).toMatchObject({ confirmed_at: clock.now(), email: null, name: null });
    expect(row?.contact_id).toBe((await contactOf(db, email))?.id);
  });

  test('counts once, clicked twice, by several at once, or found in two mails', async () => {
    const email = anAddress();
    await fillIn(email);
    clock.advance({ hours: 1 });
    const [first = '', second = ''] = await fillIn(email);
    const answers = await Promise.all([first, second, first, second].map((link) => post(app, link)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const thanked = answers.filter((answer) => answer.page.includes('You are in'));
    expect(thanked).toHaveLength(1);
    for (const link of [first, second]) {
      expect((await post(app, link)).page).toContain('Your address is confirmed');
      expect((await visit(link)).page).toContain('Your address is confirmed');
    }
    expect(await triggersOf(db, sequence.id)).toHaveLength(1);
  });

  test('keeps a mail that was not sent yet from being sent', async () => {
    const email = anAddress();
    const [link = ''] = await fillIn(email);
    clock.advance({ hours: 1 });
    await post(app, `/p/${page.slug}`, { email });
    await post(app, link);
    await worker.runDry();
    expect(await linksOf(db, sequence)).toHaveLength(1);
    expect(await capturedOf(db, sequence.id)).toHaveLength(2);
  });

  test('is not asked for again of somebody who confirmed by this page; by another it is', async () => {
    const email = anAddress();
    const [link = ''] = await fillIn(email);
    await post(app, link);
    clock.advance({ days: 30 });
    const answer = await post(app, `/p/${page.slug}`, { email });
    expect(answer.location).toBe(`/p/${page.slug}/thanks`);
    expect(await triggersOf(db, sequence.id)).toHaveLength(2);
    expect(await linksOf(db, sequence)).toHaveLength(1);
    await fillIn(email, await aPage(db, sequence));
    expect(await linksOf(db, sequence)).toHaveLength(2);
    expect(await triggersOf(db, sequence.id)).toHaveLength(2);
  });

  test('subscribes somebody again who had left, and is asked for again of them', async () => {
    const email = anAddress();
    const [link = ''] = await fillIn(email);
    await post(app, link);
    await markContact(db, email, { unsubscribed: true });
    clock.advance({ days: 1 });
    const [, again = ''] = await fillIn(email);
    expect(await triggersOf(db, sequence.id)).toHaveLength(1);
    await post(app, again);
    expect(await contactOf(db, email)).toMatchObject({ unsubscribed_at: null });
    expect(await triggersOf(db, sequence.id)).toMatchObject([{}, { outcome: 'accepted' }]);
  });

  test('subscribes somebody again who had left this sequence alone', async () => {
    const email = anAddress();
    await trigger(intake, sequence, { email });
    await worker.runDry();
    const [mail] = await capturedOf(db, sequence.id);
    const path = new URL(mail?.headers['List-Unsubscribe']?.slice(1, -1) ?? '').pathname;
    await post(app, path, { action: 'unsubscribe_sequence' });
    const [link = ''] = await fillIn(email);
    expect((await post(app, link)).page).toContain('You are in');
    expect(await enrollmentsOf(db, sequence.id)).toHaveLength(2);
  });

  test('works for a week, and is then forgotten', async () => {
    const [email, late] = [anAddress(), anAddress()];
    const [link = ''] = await fillIn(email);
    const { lane = 0 } = (await confirmationsOf(db, page.id))[0] ?? {};
    clock.advance({ days: 7 });
    expect((await post(app, link)).page).toContain('You are in');
    const [, other = ''] = await fillIn(late);
    clock.advance({ days: 7, seconds: 1 });
    const expired = await post(app, other);
    expect(expired.status).toBe(410);
    expect(expired.page).toContain(`<a href="/p/${page.slug}">`);
    expect(await visit(other)).toMatchObject({ status: 410 });
    expect(await triggersOf(db, sequence.id)).toHaveLength(1);
    const [, unconfirmed] = await confirmationsOf(db, page.id);
    for (const of of new Set([lane, unconfirmed?.lane ?? 0])) await dropUnconfirmed(db, of, clock.now());
    expect(await confirmationsOf(db, page.id)).toMatchObject([{ email: null }]);
    expect(await visit(other)).toMatchObject({ status: 404 });
    expect((await visit(link)).page).toContain('Your address is confirmed');
  });

  test('says that the offer is closed where the sequence is not active any more, and counts it', async () => {
    const [link = ''] = await fillIn(anAddress());
    await statusOf(db, sequence, 'paused');
    expect((await post(app, link)).page).toContain('This offer is closed');
    expect(await triggersOf(db, sequence.id)).toMatchObject([{ reason: 'not_active' }]);
  });

  test('that nobody signed, or whose page is gone, is a 404 and changes nothing', async () => {
    const [link = ''] = await fillIn(anAddress());
    const forged = confirmationToken(Buffer.alloc(32, 1), { lane: 0, id: newId() });
    const unknown = confirmationToken(LINK_SECRET, { lane: 0, id: newId() });
    await inTransaction(db, (tx) => removePromoPage(tx, page.id, { by: 'Ada', now: clock.now() }));
    const before = await countRows(db);
    for (const path of [link, `/c/${forged}`, `/c/${unknown}`, '/c/nothing', link.slice(0, -2)]) {
      expect(await visit(path)).toMatchObject({
        status: 404,
        page: expect.stringContaining('does not work'),
      });
      expect(await post(app, path)).toMatchObject({ status: 404 });
    }
    expect(await countRows(db)).toEqual(before);
  });

  test('finds the contact of somebody whose address has changed', async () => {
    const { contact_id } = await trigger(intake, sequence, { email: anAddress(3) });
    const moved = { lane: 4, email: anAddress(4) };
    await inLane(db, 4, (tx) => moveContact(tx, DIRECTORY.secret, { lane: 3, contact_id }, moved));
    await fillIn(moved.email);
    const [link = ''] = await linksOf(db, sequence);
    await post(app, link);
    expect(await triggersOf(db, sequence.id)).toMatchObject([
      { contact_id },
      { contact_id, source: 'promo' },
    ]);
  });
});
