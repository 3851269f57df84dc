import { afterEach, expect, onTestFinished, test } from 'vitest';
import { MailHealth } from '../../src/delivery/mail_health.ts';
import { MAX_ATTEMPTS } from '../../src/delivery/next_step.ts';
import { SMTP_DEFAULTS, smtpTransport } from '../../src/delivery/send/smtp_transport.ts';
import type { SmtpServer } from '../../src/delivery/send/smtp_url.ts';
import { type SendWindow, WEEKDAYS } from '../../src/sequences/timing.ts';
import {
  aClock,
  anAddress,
  anIntake,
  aSequence,
  aWorker,
  type Clock,
  expectCleanRecount,
  type TestWorker,
  trigger,
} from '../support/factories.ts';
import { enrollmentsOf, stepsLeftOf } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { type Refusal, SmtpSink } from '../support/smtp_sink.ts';

const { db } = await setup();

afterEach(() => expectCleanRecount(db));

const LANE = 7;
const REJECTED: Refusal = { code: 550, words: '5.7.1 Not your address' };

test('mail that waits for a server which is well again goes out soon, a few first and then more', async () => {
  const gone = await SmtpSink.start();
  const server = gone.server();
  await gone[Symbol.asyncDispose]();
  const { clock, sequence, worker, health } = await aShop(server, 8);
  await failTimes(4, worker, clock);
  await health.check();
  expect(health.trouble).toMatchObject({ outcome: 'connection_failed' });

  await using sink = await SmtpSink.start({ port: server.port });
  await rounds(3, worker);
  expect(sink.mails).toHaveLength(0);
  clock.advance({ seconds: 300 });
  await health.check();
  await worker.runDry();
  expect(sink.mails).toHaveLength(1);
  await rounds(3, worker);
  expect(sink.mails).toHaveLength(8);
  expect(await stepsLeftOf(db, sequence.id)).toHaveLength(8);
}, 30_000);

test('a process that starts tries what waits for the server, and stops at the first refusal', async () => {
  let refusal: Refusal | undefined = REJECTED;
  await using sink = await SmtpSink.start({ onSender: () => refusal });
  const { clock, sequence, worker } = await aShop(sink.server(), 8);
  await failTimes(3, worker, clock);
  await worker.stop();
  const tries = async () => (await enrollmentsOf(db, sequence.id)).map(({ attempts }) => attempts).sort();
  expect(await tries()).toEqual(Array(8).fill(3));

  const wrong = aProcess(sink.server(), clock);
  await wrong.health.check();
  await rounds(4, wrong.worker);
  expect(await tries()).toEqual([3, 3, 3, 3, 3, 3, 3, 4]);
  await wrong.worker.stop();

  refusal = undefined;
  const right = aProcess(sink.server(), clock);
  await right.health.check();
  await rounds(4, right.worker);
  expect(sink.mails).toHaveLength(8);
}, 30_000);

test('the last try is left to its own time, and so is mail that waits for its recipient', async () => {
  let refusal: Refusal = REJECTED;
  await using sink = await SmtpSink.start({ onMessage: () => refusal, onSender: () => senders() });
  const senders = () => (refusal === REJECTED ? REJECTED : undefined);
  const { clock, sequence, worker, health } = await aShop(sink.server(), 1);
  await failTimes(MAX_ATTEMPTS - 1, worker, clock);
  refusal = { code: 452, words: '4.2.2 Mailbox full' };
  await trigger(anIntake(db, { clock }), sequence, { email: anAddress(LANE) });
  await worker.runDry();
  clock.advance({ seconds: 60 });
  await worker.runDry();
  expect(health.trouble).toMatchObject({ outcome: 'sender_rejected' });
  const before = await enrollmentsOf(db, sequence.id);
  expect(before.map(({ attempts }) => attempts).sort()).toEqual([2, 9]);

  const restarted = aProcess(sink.server(), clock);
  await worker.stop();
  await restarted.health.check();
  await rounds(3, restarted.worker);
  expect(await enrollmentsOf(db, sequence.id)).toEqual(before);
}, 30_000);

test('mail whose sequence may not send now is not brought forward again and again, and waits for its window', async () => {
  const gone = await SmtpSink.start();
  const server = gone.server();
  await gone[Symbol.asyncDispose]();
  const send_window: SendWindow = { days: [...WEEKDAYS], from: '08:00', to: '23:00' };
  const people = 70;
  const { clock, sequence, worker } = await aShop(server, people, send_window);
  await failTimes(6, worker, clock);
  await worker.stop();
  clock.advance({ hours: 4 });
  await using sink = await SmtpSink.start({ port: server.port });
  const next = aProcess(server, clock);
  await next.health.check();
  const ready: number[] = [];
  for (let turn = 0; turn < 40; turn++) ready.push(await next.worker.runOnce());
  expect(ready.slice(-4)).toEqual([0, 0, 0, 0]);
  expect(ready.reduce((sum, n) => sum + n, 0)).toBe(people);
  expect(sink.mails).toHaveLength(0);
  const waiting = await enrollmentsOf(db, sequence.id);
  expect(new Set(waiting.map(({ attempts }) => attempts))).toEqual(new Set([6]));
}, 60_000);

test('a mail that fails alone among others that go out has one turn, and no more', async () => {
  const refused: Refusal = { code: 554, words: '5.7.1 Relay access denied' };
  await using sink = await SmtpSink.start({ onRecipient: (to) => (to === odd ? refused : undefined) });
  const odd = anAddress(LANE);
  const { clock, sequence, worker } = await aShop(sink.server(), 0);
  const intake = anIntake(db, { clock });
  await trigger(intake, sequence, { email: odd });
  await failTimes(3, worker, clock);
  await worker.stop();
  const { worker: next, health } = aProcess(sink.server(), clock);
  await health.check();
  for (let others = 0; others < 5; others++) {
    await rounds(2, next);
    await trigger(intake, sequence, { email: anAddress(LANE) });
    await rounds(2, next);
    expect(health.trouble).toBeNull();
  }
  expect(sink.mails).toHaveLength(5);
  const [waiting] = (await enrollmentsOf(db, sequence.id)).filter(({ status }) => status === 'active');
  expect(waiting).toMatchObject({ attempts: 4 });
}, 30_000);

/** A sequence with `people` due in one lane, and a process that sends to `server`. */
async function aShop(server: SmtpServer, people: number, send_window?: SendWindow) {
  const clock = aClock();
  const sequence = await aSequence(db, { ...(send_window && { send_window }) });
  const intake = anIntake(db, { clock });
  const emails = Array.from({ length: people }, () => anAddress(LANE));
  await Promise.all(emails.map((email) => trigger(intake, sequence, { email })));
  return { clock, sequence, ...aProcess(server, clock) };
}

function aProcess(server: SmtpServer, clock: Clock) {
  const health = new MailHealth(smtpTransport(server, { ...SMTP_DEFAULTS, closeGrace: 100 }), {
    way: null,
    now: clock.now,
    waiting: async () => 0,
    onFirstSent: async () => {},
    say: { warn: () => {}, info: () => {} },
    onTrouble: (error) => {
      throw error;
    },
  });
  onTestFinished(() => health.stop());
  const worker = aWorker(db, { clock, transport: health.transport, spell: () => health.spell });
  return { health, worker };
}

/** Has all mail tried so often. It waits for its next try then, for hours after the fifth. */
async function failTimes(times: number, worker: TestWorker, clock: Clock): Promise<void> {
  for (let n = 1; n <= times; n++) {
    await worker.runDry();
    if (n < times) clock.advance({ hours: 12 });
  }
}

async function rounds(n: number, worker: TestWorker): Promise<void> {
  for (let round = 0; round < n; round++) await worker.runDry();
}
