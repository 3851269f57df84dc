import { simpleParser } from 'mailparser';
import { afterEach, describe, expect, test } from 'vitest';
import { MAX_ATTEMPTS } from '../../src/delivery/next_step.ts';
import { smtpTransport } from '../../src/delivery/send/smtp_transport.ts';
import {
  aClock,
  anAddress,
  anIntake,
  aSequence,
  aWorker,
  expectCleanRecount,
  trigger,
} from '../support/factories.ts';
import {
  contactOf,
  enrollmentsOf,
  executionsOf,
  funnelOf,
  guardsOf,
  lifetimeOf,
  stepsLeftOf,
} from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { SmtpSink } from '../support/smtp_sink.ts';

const { db } = await setup();

afterEach(() => expectCleanRecount(db));

const DAY = 86_400;

test('mail goes to the mail server of the address, and its reply is kept', async () => {
  await using sink = await SmtpSink.start();
  const clock = aClock();
  const sequence = await aSequence(db, { steps: [{ subject: 'Hello {{ contact.name }} 🎉' }] });
  const email = anAddress();
  await trigger(anIntake(db, { clock }), sequence, { email, name: 'Ада' });
  await aWorker(db, { clock, transport: smtpTransport(sink.server()) }).runDry();
  expect(sink.mails).toMatchObject([{ from: 'hello@northwind.example.com', to: [email] }]);
  const mail = await simpleParser(sink.mails[0]?.raw ?? '');
  expect(mail.subject).toBe('Hello Ада 🎉');
  expect(await executionsOf(db, sequence.id)).toMatchObject([{ via: 'smtp', message_id: mail.messageId }]);
  expect(await stepsLeftOf(db, sequence.id)).toMatchObject([
    { outcome: 'sent', reply: expect.stringContaining('4711') },
  ]);
});

describe('a temporary failure', () => {
  test('is tried again after a minute, then four, and so on, with the same Message-ID', async () => {
    let refusals = 2;
    const offered: string[] = [];
    await using sink = await SmtpSink.start({
      onMessage: () => (refusals-- > 0 ? { code: 451, words: '4.3.0 Try again later' } : undefined),
      onRecipient: (address) => void offered.push(address),
    });
    const clock = aClock();
    const sequence = await aSequence(db);
    await trigger(anIntake(db, { clock }), sequence);
    const worker = aWorker(db, { clock, transport: smtpTransport(sink.server()) });
    await worker.runDry();
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
      {
        status: 'active',
        attempts: 1,
        last_error: 'deferred: 451 4.3.0 Try again later',
        due_at: new Date(clock.now().getTime() + 60_000),
        claimed_step_id: null,
        claimed_until: null,
      },
    ]);
    clock.advance({ seconds: 59 });
    await worker.runDry();
    expect(offered).toHaveLength(1);
    clock.advance({ seconds: 1 });
    await worker.runDry();
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
      { attempts: 2, due_at: new Date(clock.now().getTime() + 240_000) },
    ]);
    clock.advance({ seconds: 240 });
    await worker.runDry();
    expect(sink.mails).toHaveLength(1);
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
      { status: 'finished', attempts: 0, last_error: null },
    ]);
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ executions: 1 });
    expect(await funnelOf(db, sequence.id)).toEqual({ sent: 1 });
  });

  test('is also what the server refuses for our sake: a wrong sender holds mail until it is right', async () => {
    let refusal: { code: number; words: string } | undefined = { code: 553, words: '5.7.1 Not your address' };
    await using sink = await SmtpSink.start({ onSender: () => refusal });
    const clock = aClock();
    const sequence = await aSequence(db);
    const email = anAddress();
    await trigger(anIntake(db, { clock }), sequence, { email });
    const worker = aWorker(db, { clock, transport: smtpTransport(sink.server()) });
    await worker.runDry();
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
      { status: 'active', attempts: 1, last_error: 'sender_rejected: 553 5.7.1 Not your address' },
    ]);
    expect(await contactOf(db, email)).toMatchObject({ suppressed_reason: null });
    refusal = undefined;
    clock.advance({ seconds: 60 });
    await worker.runDry();
    expect(await funnelOf(db, sequence.id)).toEqual({ sent: 1 });
  });

  test('that lasts is given up after so many tries, with the last reply, and the next step goes on', async () => {
    await using sink = await SmtpSink.start({
      onMessage: () => ({ code: 452, words: '4.2.2 Mailbox full' }),
    });
    const clock = aClock();
    const sequence = await aSequence(db, { steps: [{}, { delay_seconds: DAY }] });
    await trigger(anIntake(db, { clock }), sequence);
    const worker = aWorker(db, { clock, transport: smtpTransport(sink.server()) });
    for (let tries = 1; tries <= MAX_ATTEMPTS; tries++) {
      await worker.runDry();
      expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ attempts: tries }]);
      clock.advance({ hours: 12 });
    }
    await worker.runDry();
    expect(await stepsLeftOf(db, sequence.id)).toMatchObject([
      { outcome: 'failed', reason: 'gave_up', reply: 'mailbox_full: 452 4.2.2 Mailbox full' },
    ]);
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
      { status: 'active', next_step_id: sequence.steps[1]?.id, attempts: 0, last_error: null },
    ]);
    expect(await funnelOf(db, sequence.id)).toEqual({ 'failed gave_up': 1, waiting: 1 });
  });

  test('of a server that is down keeps the mail, and sends it when it is back', async () => {
    const clock = aClock();
    const down = await SmtpSink.start();
    const server = down.server();
    await down[Symbol.asyncDispose]();
    const sequence = await aSequence(db);
    await trigger(anIntake(db, { clock }), sequence);
    await aWorker(db, { clock, transport: smtpTransport(server) }).runDry();
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
      { status: 'active', last_error: expect.stringContaining('connection_failed') },
    ]);
  });
});

describe('a permanent failure', () => {
  test('is counted as failed with the server’s reply, and the run goes on to its next step', async () => {
    await using sink = await SmtpSink.start({
      onMessage: () => ({ code: 554, words: '5.7.1 Looks like spam' }),
    });
    const clock = aClock();
    const sequence = await aSequence(db, { steps: [{}, { delay_seconds: DAY }] });
    const email = anAddress();
    await trigger(anIntake(db, { clock }), sequence, { email });
    await aWorker(db, { clock, transport: smtpTransport(sink.server()) }).runDry();
    expect(await stepsLeftOf(db, sequence.id)).toMatchObject([
      { outcome: 'failed', reason: 'content_rejected', reply: '554 5.7.1 Looks like spam', revision: 1 },
    ]);
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
      { status: 'active', next_step_id: sequence.steps[1]?.id, attempts: 0 },
    ]);
    expect(await contactOf(db, email)).toMatchObject({ suppressed_reason: null });
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ executions: 0 });
    expect(await funnelOf(db, sequence.id)).toEqual({ 'failed content_rejected': 1, waiting: 1 });
  });

  test('of a template on somebody’s data is one too, and says where', async () => {
    const clock = aClock();
    const sequence = await aSequence(db, {
      steps: [{ html: '<p>\n{{ context.blob | base64_decode }}</p>' }],
    });
    await trigger(anIntake(db, { clock }), sequence, { context: { blob: '~' } });
    await aWorker(db, { clock }).runDry();
    expect(await stepsLeftOf(db, sequence.id)).toMatchObject([
      {
        outcome: 'failed',
        reason: 'template_failed',
        reply: expect.stringMatching(/^html, line 2, column 1: /),
      },
    ]);
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ status: 'finished' }]);
  });
});

describe('a hard bounce', () => {
  test('takes the contact off all mail and ends the run', async () => {
    await using sink = await SmtpSink.start({
      onRecipient: () => ({ code: 550, words: '5.1.1 No such user' }),
    });
    const clock = aClock();
    const intake = anIntake(db, { clock });
    const sequence = await aSequence(db, { steps: [{}, { delay_seconds: DAY }] });
    const email = anAddress();
    await trigger(intake, sequence, { email });
    await aWorker(db, { clock, transport: smtpTransport(sink.server()) }).runDry();
    expect(await contactOf(db, email)).toMatchObject({ suppressed_reason: 'bounced' });
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
      { status: 'exited', exit_reason: 'bounced', next_step_id: null, finished_at: clock.now() },
    ]);
    expect(await funnelOf(db, sequence.id)).toEqual({ 'failed mailbox_unknown': 1 });
    expect(await guardsOf(db, sequence.id)).toEqual([{ active_enrollments: 0, entries: 1 }]);
    expect(await trigger(intake, await aSequence(db), { email })).toMatchObject({ reason: 'bounced' });
  });

  test('ends the contact’s other runs when their next email would be due', async () => {
    const clock = aClock();
    const intake = anIntake(db, { clock });
    const email = anAddress();
    const later = await aSequence(db, { steps: [{ delay_seconds: DAY }] });
    await trigger(intake, later, { email });
    await using sink = await SmtpSink.start({
      onRecipient: () => ({ code: 550, words: '5.1.1 No such user' }),
    });
    await trigger(intake, await aSequence(db), { email });
    const worker = aWorker(db, { clock, transport: smtpTransport(sink.server()) });
    await worker.runDry();
    clock.advance({ days: 1 });
    await worker.runDry();
    expect(await enrollmentsOf(db, later.id)).toMatchObject([{ status: 'exited', exit_reason: 'bounced' }]);
    expect(await funnelOf(db, later.id)).toEqual({ 'exited bounced': 1 });
  });
});

test('of many mails each gets its own outcome, and every recipient is counted as they fared', async () => {
  await using sink = await SmtpSink.start({
    onRecipient: (address) => {
      if (address.startsWith('bad')) return { code: 550, words: '5.1.1 No such user' };
      if (address.startsWith('late')) return { code: 451, words: '4.7.1 Greylisted' };
      return undefined;
    },
  });
  const clock = aClock();
  const sequence = await aSequence(db);
  const intake = anIntake(db, { clock });
  const emails = ['ok', 'bad', 'late'].flatMap((kind) =>
    Array.from({ length: 30 }, () => `${kind}-${anAddress()}`),
  );
  await Promise.all(emails.map((email) => trigger(intake, sequence, { email })));
  const worker = aWorker(db, { clock, transport: smtpTransport(sink.server()) });
  await worker.runDry();
  expect(await funnelOf(db, sequence.id)).toEqual({ sent: 30, 'failed mailbox_unknown': 30, waiting: 30 });
  expect(new Set(sink.mails.map(({ to }) => to[0])).size).toBe(30);
  expect(await lifetimeOf(db, sequence.id)).toEqual({
    executions: 30,
    recipients: 30,
    triggers: 90,
    suppressed: 0,
  });
});
