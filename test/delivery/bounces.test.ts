import { afterEach, expect, test } from 'vitest';
import { inLane } from '../../src/db/lanes.ts';
import { smtpTransport } from '../../src/delivery/send/smtp_transport.ts';
import { exitRuns } from '../../src/enrollment/exit_runs.ts';
import { openAnalytics } from '../analytics/open_server.ts';
import { eraseContact } from '../contacts/erase.sql.ts';
import { aFeedbackIntake } from '../feedback/open_server.ts';
import {
  aClock,
  aGate,
  anAddress,
  anIntake,
  aSequence,
  aWorker,
  expectCleanRecount,
  trigger,
} from '../support/factories.ts';
import { contactOf, feedbackOf, stepsLeftOf } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { SmtpSink } from '../support/smtp_sink.ts';

const { db } = await setup();
const clock = aClock();
const { get } = await openAnalytics(db, clock);

afterEach(() => expectCleanRecount(db));

const NO_SUCH_USER = { code: 550, words: '5.1.1 No such user here' };

test('an address that the mail server refuses is kept as a bounce of its mail', async () => {
  await using sink = await SmtpSink.start({ onRecipient: () => NO_SUCH_USER });
  const sequence = await aSequence(db);
  const { contact_id, enrollment_id } = await trigger(anIntake(db, { clock }), sequence);
  await aWorker(db, { clock, transport: smtpTransport(sink.server()) }).runDry();
  expect(await feedbackOf(db, contact_id)).toEqual([
    {
      contact_id,
      id: expect.any(String),
      type: 'bounce',
      kind: 'hard',
      via: 'smtp',
      sequence_id: sequence.id,
      enrollment_id,
      step_id: sequence.steps[0]?.id,
      revision: 1,
      execution_id: null,
      reason: 'mailbox_unknown',
      reply: '550 5.1.1 No such user here',
      occurred_at: clock.now(),
      recorded_at: clock.now(),
    },
  ]);
});

test('a mail that is refused for what it is, or put off, is no bounce', async () => {
  const answers = [
    { code: 552, words: '5.3.4 Too large' },
    { code: 452, words: '4.2.2 Mailbox full' },
  ];
  await using sink = await SmtpSink.start({ onMessage: () => answers.shift() });
  const sequence = await aSequence(db);
  const people = [
    await trigger(anIntake(db, { clock }), sequence),
    await trigger(anIntake(db, { clock }), sequence),
  ];
  await aWorker(db, { clock, transport: smtpTransport(sink.server('?maxConnections=1')) }).runDry();
  expect(answers).toEqual([]);
  for (const { contact_id } of people) expect(await feedbackOf(db, contact_id)).toEqual([]);
});

test('a bounce of a run that ended meanwhile still ends all mail to its address', async () => {
  await using sink = await SmtpSink.start({ onRecipient: () => NO_SUCH_USER });
  const sequence = await aSequence(db);
  const email = anAddress();
  const { contact_id: contactId } = await trigger(anIntake(db, { clock }), sequence, { email });
  const { lane = 0 } = (await contactOf(db, email)) ?? {};
  const gate = aGate(smtpTransport(sink.server()), 'after');
  const round = aWorker(db, { clock, transport: gate }).runDry();
  await gate.reached(1);
  await inLane(db, lane, (tx) =>
    exitRuns(tx, lane, { contactId, sequenceId: null }, 'unsubscribed', clock.now()),
  );
  gate.open();
  await round;
  expect(await stepsLeftOf(db, sequence.id)).toMatchObject([{ outcome: 'exited', reason: 'unsubscribed' }]);
  expect(await contactOf(db, email)).toMatchObject({ suppressed_reason: 'bounced' });
  expect(await feedbackOf(db, contactId)).toMatchObject([{ reason: 'mailbox_unknown' }]);
});

test('of somebody who was erased while their mail was refused, the server’s words are not kept', async () => {
  await using sink = await SmtpSink.start({ onRecipient: () => NO_SUCH_USER });
  const sequence = await aSequence(db);
  const email = anAddress();
  const { contact_id } = await trigger(anIntake(db, { clock }), sequence, { email });
  const { lane = 0 } = (await contactOf(db, email)) ?? {};
  const gate = aGate(smtpTransport(sink.server()));
  const round = aWorker(db, { clock, transport: gate }).runDry();
  await gate.reached(1);
  await eraseContact(db, lane, contact_id, clock.now());
  gate.open();
  await round;
  expect(await feedbackOf(db, contact_id)).toMatchObject([{ reason: 'mailbox_unknown', reply: null }]);
});

test('a timeline shows what failed with the server’s words, bounces and complaints', async () => {
  await using sink = await SmtpSink.start({ onRecipient: () => NO_SUCH_USER });
  const sequence = await aSequence(db, { name: 'Of bounces' });
  const email = anAddress();
  const { contact_id } = await trigger(anIntake(db, { clock }), sequence, { email });
  await aWorker(db, { clock, transport: smtpTransport(sink.server()) }).runDry();
  const said = { recipient_email: email, message_id: null, id: null };
  const after = (seconds: number) => new Date(clock.now().getTime() + seconds * 1000);
  await aFeedbackIntake(db, clock).submit([
    { ...said, type: 'bounce', kind: 'soft', reply: '452 full', occurred_at: after(1) },
    { ...said, type: 'complaint', kind: null, reply: null, occurred_at: after(2) },
  ]);
  const url = `/api/contacts/${contact_id}/timeline`;
  const { entries } = await get<{ entries: Record<string, unknown>[] }>(url);
  const reply = '550 5.1.1 No such user here';
  const ofMail = { sequence_id: sequence.id, sequence_name: 'Of bounces', reason: 'mailbox_unknown', reply };
  const atOnce = [
    { kind: 'bounced', ...ofMail, subject: 'Hello', revision: 1, via: 'smtp' },
    { kind: 'failed', ...ofMail, subject: 'Hello' },
    { kind: 'triggered', sequence_id: sequence.id, reply: null },
  ].map((entry) => expect.objectContaining(entry));
  expect(entries).toHaveLength(5);
  expect(entries.slice(0, 2)).toMatchObject([
    { kind: 'complained', sequence_id: null, sequence_name: null, subject: null, reply: null },
    { kind: 'soft_bounced', sequence_id: null, reply: '452 full', via: 'reported' },
  ]);
  expect(entries).toEqual(expect.arrayContaining(atOnce));
  const ofSequence = await get<{ entries: unknown[] }>(`${url}?sequence=${sequence.key}`);
  expect(ofSequence.entries).toHaveLength(3);
  expect(ofSequence.entries).toEqual(expect.arrayContaining(atOnce));
});
