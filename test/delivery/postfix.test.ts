import { generateKeyPairSync } from 'node:crypto';
import { type ParsedMail, simpleParser } from 'mailparser';
import { afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { dkimSigner } from '../../src/delivery/send/dkim.ts';
import { SMTP_DEFAULTS, smtpTransport } from '../../src/delivery/send/smtp_transport.ts';
import type { SmtpServer } from '../../src/delivery/send/smtp_url.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { verifyDkim } from '../support/dkim.ts';
import {
  aClock,
  anAddress,
  anIntake,
  aSequence,
  aWorker,
  expectCleanRecount,
  PUBLIC_URL,
  trigger,
} from '../support/factories.ts';
import { mailOf } from '../support/mail.ts';
import { noPostfix, Postfix } from '../support/postfix.ts';
import { contactOf, enrollmentsOf, executionsOf, stepsLeftOf } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';

const { db } = await setup();
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const sign = dkimSigner({ domain: 'example.com', selector: 'mail', privateKey });

let certificates: Certificates;
let postfix: Postfix;

beforeAll(async () => {
  if (noPostfix) return;
  certificates = await makeCertificates('DNS:mail.example.com', 'IP:127.0.0.1');
  postfix = await Postfix.start(certificates);
  return async () => {
    await postfix[Symbol.asyncDispose]();
    await certificates[Symbol.asyncDispose]();
  };
}, 60_000);

beforeEach(({ skip }) => skip(noPostfix !== undefined, noPostfix));
afterEach(() => expectCleanRecount(db));

const EVIL = '\r\nBcc: evil@example.com\r\nX-Evil: 1\r\n\r\n<b>body</b>\u2028X-Evil: 2\u0085X-Evil: 3';
const FAMILY = '👩\u200d👩\u200d👧';

type Case = { name: string; subject: string; text: string; context?: Record<string, unknown> };

const CASES: Record<string, Case & { arrives: { name: string; subject: string; text: string } }> = {
  'Cyrillic and emoji': {
    name: 'Ада Лавлейс 🚀',
    subject: 'Привет, {{ contact.first_name }} 🎉',
    text: 'Привет, {{ contact.name }}! 🎉',
    arrives: {
      name: 'Ада Лавлейс 🚀',
      subject: 'Привет, Ада 🎉',
      text: 'Привет, Ада Лавлейс 🚀! 🎉',
    },
  },
  'writing from right to left': {
    name: 'עדה לאבלייס',
    subject: 'שלום {{ contact.first_name }} — مرحبا',
    text: 'مرحبا بالعالم, {{ contact.name }}',
    arrives: { name: 'עדה לאבלייס', subject: 'שלום עדה — مرحبا', text: 'مرحبا بالعالم, עדה לאבלייס' },
  },
  'combining characters and joined emoji': {
    name: 'Zoe\u0308 \u1E69\u0323 Nguye\u0302\u0303n',
    subject: `{{ contact.name }} ${FAMILY} {{ context.word }}`,
    text: `${FAMILY.repeat(40)} e\u0301`,
    context: { word: 'e\u0301te\u0301' },
    arrives: {
      name: 'Zoe\u0308 \u1E69\u0323 Nguye\u0302\u0303n',
      subject: `Zoe\u0308 \u1E69\u0323 Nguye\u0302\u0303n ${FAMILY} e\u0301te\u0301`,
      text: `${FAMILY.repeat(40)} e\u0301`,
    },
  },
  'names that look like addresses and headers': {
    name: '"Ada" <evil@example.com>, Eve (x); "',
    subject: '{{ contact.name }}',
    text: '=?utf-8?q?not_encoded?= {{ contact.name }}',
    arrives: {
      name: '"Ada" <evil@example.com>, Eve (x); "',
      subject: '"Ada" <evil@example.com>, Eve (x); "',
      text: '=?utf-8?q?not_encoded?= "Ada" <evil@example.com>, Eve (x); "',
    },
  },
  'line breaks where none belong': {
    name: `Ada${EVIL}`,
    subject: 'Code {{ context.code }}',
    text: 'Code {{ context.code }}',
    context: { code: '1\r\n.\r\nQUIT\r\nX: 2' },
    arrives: {
      name: 'Ada Bcc: evil@example.com X-Evil: 1 <b>body</b> X-Evil: 2 X-Evil: 3',
      subject: 'Code 1 . QUIT X: 2',
      text: 'Code 1\n.\nQUIT\nX: 2',
    },
  },
  'dots and odd lines': {
    name: 'Ada Lovelace',
    subject: '.',
    text: '.\n..\n.leading\n\n.\nFrom here\n  spaces\t behind \t\n=3D =\n--\n.',
    arrives: {
      name: 'Ada Lovelace',
      subject: '.',
      text: '.\n..\n.leading\n\n.\nFrom here\n  spaces\t behind \t\n=3D =\n--\n.',
    },
  },
  'lines and words without an end': {
    name: `Ada ${'ы'.repeat(2_000)}`,
    subject: 'слово '.repeat(300),
    text: `${'x'.repeat(3_000)}\n${'ы'.repeat(3_000)}\n${'. '.repeat(2_000)}.`,
    arrives: {
      name: `Ada ${'ы'.repeat(485)}…`,
      subject: `${'слово '.repeat(84).slice(0, 489)}…`,
      text: `${'x'.repeat(3_000)}\n${'ы'.repeat(3_000)}\n${'. '.repeat(2_000)}.`,
    },
  },
};

test.each(Object.entries(CASES))(
  '%s arrive in a mailbox as they were meant',
  async (_what, given) => {
    const { name, subject, text, context = {}, arrives } = given;
    const html = `<html><body><p>{{ contact.name }}</p>\n.\n..two\n<p>${'длинно'.repeat(200)}</p></body></html>`;
    const email = anAddress();
    const clock = aClock();
    const sequence = await aSequence(db, { steps: [{ subject, text, html }] });
    await trigger(anIntake(db, { clock }), sequence, { email, name, context });
    await aWorker(db, { clock, transport: aWay(trusting()) }).runDry();

    const [execution] = await executionsOf(db, sequence.id);
    expect(execution).toMatchObject({ via: 'smtp', recipient_email: email });
    const raw = await arrival(email);
    const mail = await simpleParser(raw);
    expect(mail.from?.value).toEqual([{ name: 'Northwind', address: 'hello@northwind.example.com' }]);
    expect([mail.to].flat().map((to) => to?.value)).toEqual([[{ name: arrives.name, address: email }]]);
    expect(mail.subject).toBe(arrives.subject);
    expect(mail.text?.startsWith(`${arrives.text}\n`)).toBe(true);
    expect(mail.html).toContain(`</p>\n.\n..two\n<p>${'длинно'.repeat(200)}</p>`);
    expect(mail).toMatchObject({ messageId: execution?.message_id, date: clock.now() });
    expectWellFormed(raw, mail);
    expect(verifyDkim(raw, publicKey)).toMatchObject({ bodyHolds: true, headersHold: true });
  },
  30_000,
);

test('an address that is not ASCII gets its mail too', async () => {
  const email = `почта-${anAddress()}`;
  const sequence = await aSequence(db);
  await trigger(anIntake(db), sequence, { email });
  await aWorker(db, { transport: aWay(trusting()) }).runDry();
  const mail = await simpleParser(await arrival(email));
  expect([mail.to].flat()[0]?.value[0]?.address).toBe(email);
}, 30_000);

test('somebody whom the server does not know gets no more mail', async () => {
  const email = `gone-${anAddress()}`;
  const sequence = await aSequence(db);
  await trigger(anIntake(db), sequence, { email });
  await aWorker(db, { transport: aWay(trusting()) }).runDry();
  expect(await stepsLeftOf(db, sequence.id)).toMatchObject([
    {
      outcome: 'failed',
      reason: 'mailbox_unknown',
      reply: expect.stringMatching(/^550 5\.1\.1 .*User unknown/),
    },
  ]);
  expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ status: 'exited', exit_reason: 'bounced' }]);
  expect(await contactOf(db, email)).toMatchObject({ suppressed_reason: 'bounced' });
});

test('a mail that is too large fails, and its recipient still gets others', async () => {
  const email = anAddress();
  const sequence = await aSequence(db, { steps: [{ html: `<p>${'x'.repeat(70_000)}</p>` }] });
  await trigger(anIntake(db), sequence, { email });
  await aWorker(db, { transport: aWay(trusting()) }).runDry();
  expect(await stepsLeftOf(db, sequence.id)).toMatchObject([
    { outcome: 'failed', reason: 'message_too_large' },
  ]);
  expect(await contactOf(db, email)).toMatchObject({ suppressed_reason: null });
});

test('mail waits while the certificate is not trusted, and goes out when it is', async () => {
  const email = anAddress();
  const clock = aClock();
  const sequence = await aSequence(db);
  await trigger(anIntake(db, { clock }), sequence, { email });
  const before = aWorker(db, { clock, transport: aWay(postfix.server()) });
  await before.runDry();
  expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
    { status: 'active', attempts: 1, last_error: expect.stringMatching(/^tls_failed: /) },
  ]);
  await before.stop();
  clock.advance({ seconds: 60 });
  await aWorker(db, { clock, transport: aWay(trusting()) }).runDry();
  await arrival(email);
}, 30_000);

test('what Postfix has against the sender, or against carrying mail, is no verdict on the mail', async () => {
  const intake = anIntake(db);
  const sequence = await aSequence(db);
  await trigger(intake, sequence, { email: anAddress().replace('example.com', 'example.org') });
  await aWorker(db, { transport: aWay(trusting()) }).runDry();
  expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
    {
      status: 'active',
      last_error: expect.stringMatching(/^relay_denied: 554 5\.7\.1 .*Relay access denied/),
    },
  ]);
  const outcome = await sendFrom('refused@example.com');
  expect(outcome).toMatchObject({ kind: 'temporary', outcome: 'sender_rejected' });
});

/** Postfix, trusted, over STARTTLS. */
function trusting(): SmtpServer {
  return postfix.server(`?requireTLS=true&ca=${certificates.ca}`);
}

function sendFrom(address: string) {
  const transport = aWay(trusting());
  onTestFinished(() => transport.close());
  return transport.send(mailOf({}, { from: { name: '', address } }));
}

function aWay(server: SmtpServer) {
  return smtpTransport(server, { ...SMTP_DEFAULTS, sign });
}

/** Postfix delivers on its own time. */
async function arrival(email: string): Promise<Buffer> {
  await expect.poll(() => postfix.mailTo(email), { timeout: 20_000, interval: 50 }).toBeDefined();
  return (await postfix.mailTo(email)) ?? Buffer.alloc(0);
}

function expectWellFormed(raw: Buffer, mail: ParsedMail): void {
  const text = raw.toString('latin1');
  const head = text.slice(0, text.indexOf('\r\n\r\n'));
  const names = [...head.matchAll(/^([\w-]+):/gm)].map(([, name = '']) => name.toLowerCase());
  // What Postfix adds, and ours, once each: nothing that came with a name or a context is among them.
  expect(names.sort()).toEqual([
    'content-type',
    'date',
    'delivered-to',
    'dkim-signature',
    'from',
    'list-unsubscribe',
    'list-unsubscribe-post',
    'message-id',
    'mime-version',
    'received',
    'return-path',
    'subject',
    'to',
    'x-original-to',
  ]);
  expect(head).toMatch(/^Return-Path: <hello@northwind\.example\.com>$/m);
  expect(head).toMatch(/^MIME-Version: 1\.0$/m);
  expect(head).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/m);
  expect(head).toMatch(/^Received: .*\r\n(\s.*\r\n)*\s.*with ESMTPS/m);
  const url = mail.headers.get('list') as { unsubscribe?: { url?: string } } | undefined;
  expect(url?.unsubscribe?.url).toMatch(new RegExp(`^${PUBLIC_URL}/u/`));
  expect(mail.text).toContain(url?.unsubscribe?.url);
  expect(text.match(/Content-Type: (text|multipart)\/\w+/g)).toEqual([
    'Content-Type: multipart/alternative',
    'Content-Type: text/plain',
    'Content-Type: text/html',
  ]);
  expect(/[^\x20-\x7E\t\r\n]/.test(text)).toBe(false);
  expect(Math.max(...text.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998);
}
