import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unsubscribeToken } from '../../src/contacts/unsubscribe/token.ts';
import { captureTransport } from '../../src/delivery/send/capture_transport.ts';
import { smtpTransport } from '../../src/delivery/send/smtp_transport.ts';
import type { Transport } from '../../src/delivery/send/transport.ts';
import { openServer } from '../enrollment/open_server.ts';
import {
  aClock,
  aGate,
  anAddress,
  anIntake,
  aSequence,
  aWorker,
  expectCleanRecount,
  LINK_SECRET,
  statusOf,
  trigger,
} from '../support/factories.ts';
import {
  contactOf,
  enrollmentsOf,
  executionsOf,
  funnelOf,
  giveLanesBack,
  guardsOf,
  lifetimeOf,
} from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { SmtpSink } from '../support/smtp_sink.ts';

const { db } = await setup();
const clock = aClock();
const app = await openServer(db, clock);
const intake = anIntake(db, { clock });

beforeEach(() => giveLanesBack(db));
afterEach(() => expectCleanRecount(db));

async function unsubscribe(email: string): Promise<void> {
  const { lane = 0, id: contact_id = '' } = (await contactOf(db, email)) ?? {};
  const token = unsubscribeToken(LINK_SECRET, { lane, contact_id, sequence_id: contact_id });
  const answer = await app.inject({ method: 'POST', url: `/u/${token}` });
  expect(answer.statusCode).toBe(200);
}

describe('whoever unsubscribes', () => {
  test('before the email is sent does not get it', async () => {
    const sequence = await aSequence(db);
    const email = anAddress();
    await trigger(intake, sequence, { email });
    await unsubscribe(email);
    await aWorker(db, { clock }).runDry();
    expect(await executionsOf(db, sequence.id)).toEqual([]);
    expect(await funnelOf(db, sequence.id)).toEqual({ 'exited unsubscribed': 1 });
  });

  test('while the email is in flight has got it, which counts, and the run is over', async () => {
    const sequence = await aSequence(db, { steps: [{}, { delay_seconds: 60 }] });
    const email = anAddress();
    await trigger(intake, sequence, { email });
    const gate = aGate(captureTransport(), 'after');
    const worker = aWorker(db, { clock, transport: gate });
    const round = worker.runDry();
    await gate.reached(1);
    await unsubscribe(email);
    expect(await guardsOf(db, sequence.id)).toEqual([{ active_enrollments: 0, entries: 1 }]);
    expect(await funnelOf(db, sequence.id)).toEqual({ waiting: 1 });
    gate.open();
    await round;
    expect(await funnelOf(db, sequence.id)).toEqual({ sent: 1 });
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ executions: 1, recipients: 1 });
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
      { status: 'exited', exit_reason: 'unsubscribed', next_step_id: null, claimed_step_id: null },
    ]);
    clock.advance({ days: 1 });
    await worker.runDry();
    expect(await executionsOf(db, sequence.id)).toHaveLength(1);
  });

  test('while the email is refused has left at that step', async () => {
    await using sink = await SmtpSink.start({ onMessage: () => ({ code: 451, words: '4.3.0 Later' }) });
    const sequence = await aSequence(db);
    const email = anAddress();
    await trigger(intake, sequence, { email });
    const gate = aGate(smtpTransport(sink.server()), 'after');
    const worker = aWorker(db, { clock, transport: gate });
    const round = worker.runDry();
    await gate.reached(1);
    await unsubscribe(email);
    gate.open();
    await round;
    expect(await funnelOf(db, sequence.id)).toEqual({ 'exited unsubscribed': 1 });
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ next_step_id: null, attempts: 0 }]);
  });

  test('among a hundred whose mail goes out at that moment leaves all counts in step', async () => {
    const sequence = await aSequence(db, { steps: [{}, {}, {}] });
    const emails = Array.from({ length: 100 }, () => anAddress());
    await Promise.all(emails.map((email) => trigger(intake, sequence, { email })));
    const worker = aWorker(db, { clock });
    await Promise.all([worker.runDry(), ...emails.map(unsubscribe)]);
    await worker.runDry();
    const runs = await enrollmentsOf(db, sequence.id);
    expect(runs.filter(({ status }) => status === 'active')).toEqual([]);
    expect(runs.filter(({ next_step_id }) => next_step_id !== null)).toEqual([]);
    const funnel = await funnelOf(db, sequence.id);
    expect(funnel.sent ?? 0).toBe((await executionsOf(db, sequence.id)).length);
    expect(
      (await guardsOf(db, sequence.id)).every(({ active_enrollments }) => active_enrollments === 0),
    ).toBe(true);
  });
});

test('a sequence that is paused or archived while its email is in flight counts it, and goes no further', async () => {
  for (const status of ['paused', 'archived'] as const) {
    const sequence = await aSequence(db, { steps: [{}, {}] });
    await trigger(intake, sequence);
    const gate = aGate();
    const worker = aWorker(db, { clock, transport: gate });
    const round = worker.runDry();
    await gate.reached(1);
    await statusOf(db, sequence, status);
    gate.open();
    await round;
    const rest = status === 'paused' ? { waiting: 1 } : { 'exited sequence_archived': 1 };
    expect(await funnelOf(db, sequence.id)).toEqual({ sent: 1, ...rest });
    await worker.stop();
  }
});

test('an email whose connection broke after it was handed over is sent again with the same Message-ID', async () => {
  let resets = 1;
  await using sink = await SmtpSink.start({ onMessage: () => (resets-- > 0 ? 'reset' : undefined) });
  const smtp = smtpTransport(sink.server());
  const offered: string[] = [];
  const transport: Transport = {
    ...smtp,
    send(mail) {
      offered.push(mail.messageId);
      return smtp.send(mail);
    },
  };
  const sequence = await aSequence(db);
  await trigger(intake, sequence);
  const worker = aWorker(db, { clock, transport });
  await worker.runDry();
  expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
    { status: 'active', attempts: 1, last_error: expect.stringMatching(/^unknown_after_data: /) },
  ]);
  clock.advance({ seconds: 60 });
  await worker.runDry();
  expect(offered).toHaveLength(2);
  expect(new Set(offered).size).toBe(1);
  expect(await executionsOf(db, sequence.id)).toMatchObject([{ message_id: offered[0] }]);
});
