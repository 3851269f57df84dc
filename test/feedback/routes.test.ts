import { afterEach, describe, expect, test } from 'vitest';
import { findContact, unsuppress, withContact } from '../../src/contacts/contacts.ts';
import { inLane } from '../../src/db/lanes.ts';
import { messageIdOf } from '../../src/enrollment/message_id.ts';
import { derivedId, newId } from '../../src/lib/uuid.ts';
import { eraseContact } from '../contacts/erase.sql.ts';
import {
  aClock,
  aContact,
  aGate,
  anAddress,
  anIntake,
  aSequence,
  aWorker,
  DIRECTORY,
  expectCleanRecount,
  trigger,
} from '../support/factories.ts';
import {
  capturedOf,
  contactOf,
  countRows,
  enrollmentsOf,
  executionsOf,
  feedbackOf,
  funnelOf,
  guardsOf,
  moveContact,
} from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { aFeedbackIntake, openServer } from './open_server.ts';

const { db } = await setup();
const clock = aClock();
const counted: string[] = [];
const { post } = await openServer(db, clock, (_lane, ids) => counted.push(...ids));

afterEach(() => expectCleanRecount(db));

const DAY = 86_400;
const AT = '2026-03-01T09:30:00.000Z';

/** Somebody who has had the first email of a sequence, and waits for the second. */
async function aRecipient() {
  const sequence = await aSequence(db, { steps: [{}, { delay_seconds: DAY }] });
  const email = anAddress();
  const { contact_id, enrollment_id } = await trigger(anIntake(db, { clock }), sequence, { email });
  await aWorker(db, { clock }).runDry();
  const [mail] = await capturedOf(db, sequence.id);
  if (!mail || !enrollment_id) throw new Error('Nothing was sent.');
  return { sequence, email, contact_id, enrollment_id, message_id: mail.message_id };
}

async function suppressedOf(id: string): Promise<string | null | undefined> {
  return (await findContact(db, id))?.suppressed_reason;
}

describe('a hard bounce', () => {
  test('of a mail ends all mail to its contact, and all of their runs, and is kept with the mail', async () => {
    const { sequence, email, contact_id, enrollment_id, message_id } = await aRecipient();
    const other = await aSequence(db, { steps: [{ delay_seconds: DAY }] });
    await trigger(anIntake(db, { clock }), other, { email });
    counted.length = 0;
    const reply = '550 5.1.1 no such user';
    const answer = await post({ type: 'bounce', kind: 'hard', message_id, occurred_at: AT, reply });
    const [step] = sequence.steps;
    const execution_id = derivedId(enrollment_id, step?.id ?? '');
    expect(answer).toEqual({
      status: 200,
      body: {
        recorded: 1,
        repeated: 0,
        unknown: 0,
        results: [
          {
            outcome: 'recorded',
            id: expect.any(String),
            contact_id,
            sequence_id: sequence.id,
            step: step?.id,
            execution_id,
            suppressed: true,
          },
        ],
      },
    });
    expect(await feedbackOf(db, contact_id)).toEqual([
      {
        contact_id,
        id: answer.body.results[0]?.id,
        type: 'bounce',
        kind: 'hard',
        via: 'reported',
        sequence_id: sequence.id,
        enrollment_id,
        step_id: step?.id,
        revision: 1,
        execution_id,
        reason: '',
        reply,
        occurred_at: new Date(AT),
        recorded_at: clock.now(),
      },
    ]);
    expect(await executionsOf(db, sequence.id)).toMatchObject([{ id: execution_id }]);
    expect(await findContact(db, contact_id)).toMatchObject({
      suppressed_at: clock.now(),
      suppressed_reason: 'bounced',
    });
    for (const { id } of [sequence, other]) {
      expect(await enrollmentsOf(db, id)).toMatchObject([{ status: 'exited', exit_reason: 'bounced' }]);
      expect(await guardsOf(db, id)).toMatchObject([{ active_enrollments: 0 }]);
    }
    expect(await funnelOf(db, sequence.id)).toEqual({ sent: 1, 'exited bounced': 1 });
    expect(counted.sort()).toEqual([sequence.id, other.id].sort());
  });

  test('keeps what is due from being sent, and new triggers from starting', async () => {
    const { sequence, email, contact_id } = await aRecipient();
    await post({ type: 'bounce', kind: 'hard', recipient_email: email.toUpperCase(), occurred_at: AT });
    const later = aClock('2026-03-09T09:00:00.000Z');
    await aWorker(db, { clock: later }).runDry();
    expect(await capturedOf(db, sequence.id)).toHaveLength(1);
    const again = await aSequence(db);
    expect(await trigger(anIntake(db, { clock }), again, { email })).toMatchObject({
      contact_id,
      outcome: 'suppressed',
      reason: 'bounced',
    });
  });

  test('that comes while the next mail is with the server counts that mail as sent, and nothing after it', async () => {
    const sequence = await aSequence(db, { steps: [{}, {}] });
    const email = anAddress();
    const { contact_id } = await trigger(anIntake(db, { clock }), sequence, { email });
    const gate = aGate();
    const worker = aWorker(db, { clock, transport: gate });
    const round = worker.runDry();
    await gate.reached(1);
    await post({ type: 'bounce', kind: 'hard', recipient_email: email, occurred_at: AT });
    gate.open();
    await round;
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
      { contact_id, status: 'exited', exit_reason: 'bounced', next_step_id: null },
    ]);
    expect(await executionsOf(db, sequence.id)).toHaveLength(1);
    expect(await funnelOf(db, sequence.id)).toEqual({ sent: 1 });
  });

  test('that is quicker than the result of its own mail finds it all the same', async () => {
    const sequence = await aSequence(db);
    const { enrollment_id = '' } = await trigger(anIntake(db, { clock }), sequence);
    const gate = aGate(undefined, 'after');
    const round = aWorker(db, { clock, transport: gate }).runDry();
    await gate.reached(1);
    const step = sequence.steps[0]?.id ?? '';
    const message_id = messageIdOf(enrollment_id ?? '', step, 'example.com');
    const { body } = await post({ type: 'bounce', kind: 'hard', message_id, occurred_at: AT });
    gate.open();
    await round;
    const [execution] = await executionsOf(db, sequence.id);
    expect(body.results).toMatchObject([{ outcome: 'recorded', step, execution_id: execution?.id }]);
  });

  test('of a run that has ended is recorded all the same', async () => {
    const sequence = await aSequence(db);
    const { contact_id } = await trigger(anIntake(db, { clock }), sequence);
    await aWorker(db, { clock }).runDry();
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ status: 'finished' }]);
    const [mail] = await capturedOf(db, sequence.id);
    const { message_id } = mail ?? {};
    await post({ type: 'bounce', kind: 'hard', message_id, occurred_at: AT });
    expect(await feedbackOf(db, contact_id)).toMatchObject([
      { sequence_id: sequence.id, step_id: sequence.steps[0]?.id },
    ]);
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ status: 'finished', exit_reason: null }]);
    expect(await suppressedOf(contact_id)).toBe('bounced');
  });
});

test('a soft bounce is kept and stops nothing', async () => {
  const { sequence, contact_id, message_id } = await aRecipient();
  const bounce = { type: 'bounce', kind: 'soft', message_id };
  const days = ['2026-03-01T09:30:00Z', '2026-03-01T10:30:00Z'];
  const { body } = await post({ bounces: days.map((occurred_at) => ({ ...bounce, occurred_at })) });
  expect(body).toMatchObject({ recorded: 2, results: [{ suppressed: false }, { suppressed: false }] });
  expect(await feedbackOf(db, contact_id)).toMatchObject([{ kind: 'soft' }, { kind: 'soft' }]);
  expect(await suppressedOf(contact_id)).toBeNull();
  expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ status: 'active' }]);
});

describe('a complaint', () => {
  test('ends all mail as a bounce does, with its own reason', async () => {
    const { sequence, contact_id, message_id } = await aRecipient();
    await post({ type: 'complaint', message_id, id: 'fbl-1' });
    expect(await feedbackOf(db, contact_id)).toMatchObject([
      { type: 'complaint', kind: null, occurred_at: clock.now() },
    ]);
    expect(await suppressedOf(contact_id)).toBe('complained');
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ exit_reason: 'complained' }]);
  });

  test('goes before a bounce, in one call and after it', async () => {
    const { contact_id, email } = await aRecipient();
    const bounce = { type: 'bounce', kind: 'hard', recipient_email: email, occurred_at: AT };
    const complaint = { type: 'complaint', recipient_email: email, occurred_at: AT };
    const { body } = await post({ bounces: [bounce, complaint] });
    expect(body.results.map(({ suppressed }) => suppressed)).toEqual([true, false]);
    expect(await suppressedOf(contact_id)).toBe('complained');
    const other = await aContact(db);
    await post({ ...bounce, recipient_email: other });
    await post({ ...complaint, recipient_email: other });
    await post({ ...bounce, recipient_email: other, id: 'another' });
    expect(await contactOf(db, other)).toMatchObject({ suppressed_reason: 'complained' });
  });
});

describe('what is told again', () => {
  test('is recorded once, by its id or by what it says, in one call and in many', async () => {
    const { contact_id, email, message_id } = await aRecipient();
    const said = { type: 'bounce', kind: 'soft', message_id, occurred_at: AT };
    const named = { type: 'bounce', kind: 'soft', recipient_email: email, id: 'dsn-1' };
    const first = await post({ bounces: [said, named, said] });
    expect(first.body).toMatchObject({ recorded: 2, repeated: 1 });
    expect(first.body.results.map(({ outcome }) => outcome)).toEqual(['recorded', 'recorded', 'repeated']);
    clock.advance({ days: 1 });
    const again = await post({ bounces: [named, { ...named, occurred_at: AT }, said] });
    expect(again.body).toMatchObject({ recorded: 0, repeated: 3 });
    expect(again.body.results[0]?.id).toBe(first.body.results[1]?.id);
    expect(await feedbackOf(db, contact_id)).toHaveLength(2);
  });

  test('stops nobody again to whom mail was allowed meanwhile', async () => {
    const { contact_id, message_id, email } = await aRecipient();
    const bounce = { type: 'bounce', kind: 'hard', message_id, occurred_at: AT };
    await post(bounce);
    await withContact(db, contact_id, (tx, contact) => unsuppress(tx, contact, clock.now()));
    expect((await post(bounce)).body.results).toMatchObject([{ outcome: 'repeated', suppressed: false }]);
    expect(await suppressedOf(contact_id)).toBeNull();
    expect((await post({ ...bounce, recipient_email: email, id: 'new' })).body.recorded).toBe(1);
    expect(await suppressedOf(contact_id)).toBe('bounced');
  });

  test('ten times at once is recorded once', async () => {
    const email = await aContact(db);
    const bounce = { type: 'bounce', kind: 'hard', recipient_email: email, occurred_at: AT } as const;
    const said = { ...bounce, occurred_at: new Date(AT), message_id: null, reply: null, id: null };
    const intakes = [aFeedbackIntake(db, clock), aFeedbackIntake(db, clock)];
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => intakes[i % 2]?.submit([said]) ?? []),
    );
    const outcomes = answers.flat().map(({ outcome }) => outcome);
    expect(outcomes.sort()).toEqual(['recorded', ...Array(9).fill('repeated')]);
  });
});

describe('whom it concerns', () => {
  test('nobody: it is said so in its place, and nothing is made', async () => {
    const email = await aContact(db);
    const before = await countRows(db);
    const bounce = { type: 'bounce', kind: 'soft', occurred_at: AT };
    const strange = messageIdOf(newId(), newId(), 'example.com');
    const { status, body } = await post({
      bounces: [
        { ...bounce, recipient_email: anAddress() },
        { ...bounce, message_id: strange },
        { ...bounce, message_id: '<somebody@elsewhere.example.com>' },
        { ...bounce, message_id: strange, recipient_email: email },
      ],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ recorded: 1, unknown: 3 });
    expect(body.results.map(({ outcome }) => outcome)).toEqual([
      'unknown_contact',
      'unknown_message',
      'unknown_message',
      'recorded',
    ]);
    expect(body.results[0]).toMatchObject({ id: null, contact_id: null, suppressed: false });
    const after = await countRows(db);
    expect(after).toEqual({ ...before, feedback: (before.feedback ?? 0) + 1 });
  });

  test('a step that this run has not come to yet is no mail of ours', async () => {
    const { sequence, enrollment_id } = await aRecipient();
    const message_id = messageIdOf(enrollment_id, sequence.steps[1]?.id ?? '', 'example.com');
    const { body } = await post({ type: 'complaint', message_id, occurred_at: AT });
    expect(body.results).toMatchObject([{ outcome: 'unknown_message' }]);
  });

  test('whoever the mail was for, though another address gave it back', async () => {
    const { contact_id, message_id } = await aRecipient();
    const forwardedTo = await aContact(db);
    await post({ type: 'bounce', kind: 'hard', message_id, recipient_email: forwardedTo, occurred_at: AT });
    expect(await suppressedOf(contact_id)).toBe('bounced');
    expect(await contactOf(db, forwardedTo)).toMatchObject({ suppressed_reason: null });
  });

  test('somebody whose address has changed is found by the old one and by the new one', async () => {
    const { email, contact_id } = await aRecipient();
    const { lane = 0 } = (await contactOf(db, email)) ?? {};
    const to = { lane: (lane + 1) % 32, email: anAddress((lane + 1) % 32) };
    await inLane(db, to.lane, (tx) => moveContact(tx, DIRECTORY.secret, { lane, contact_id }, to));
    const bounce = { type: 'bounce', kind: 'soft', occurred_at: AT };
    const { body } = await post({
      bounces: [
        { ...bounce, recipient_email: to.email },
        { ...bounce, recipient_email: email, id: 'old' },
      ],
    });
    expect(body.results).toMatchObject([
      { outcome: 'recorded', contact_id },
      { outcome: 'recorded', contact_id },
    ]);
  });

  test('of somebody erased nothing is kept that could name them', async () => {
    const { contact_id, email, message_id } = await aRecipient();
    const { lane = 0 } = (await contactOf(db, email)) ?? {};
    await eraseContact(db, lane, contact_id, clock.now());
    const reply = `550 <${email}> unknown`;
    await post({ type: 'bounce', kind: 'hard', message_id, occurred_at: AT, reply, id: email });
    const kept = await feedbackOf(db, contact_id);
    expect(kept).toMatchObject([{ kind: 'hard', reply: null }]);
    expect(JSON.stringify(kept)).not.toContain(email);
  });
});

test('a thousand in one call are answered in their order', async () => {
  const emails = await Promise.all(Array.from({ length: 20 }, () => aContact(db)));
  const bounces = Array.from({ length: 1_000 }, (_, i) => ({
    type: 'bounce',
    kind: i % 3 === 0 ? 'hard' : 'soft',
    recipient_email: i % 10 === 9 ? anAddress() : emails[i % 20],
    id: `dsn-${i}`,
  }));
  const { body } = await post({ bounces });
  expect(body).toMatchObject({ recorded: 900, unknown: 100 });
  expect(body.results.map(({ outcome }) => outcome === 'unknown_contact')).toEqual(
    bounces.map((_, i) => i % 10 === 9),
  );
});

describe('a call that is malformed', () => {
  const good = { type: 'bounce', kind: 'hard', recipient_email: 'ada@example.com', occurred_at: AT };
  const { kind: _, ...kindless } = good;
  const { occurred_at: __, ...undated } = good;
  const { recipient_email: ___, ...nobody } = good;
  test.each([
    ['a kind missing', kindless, 'kind', 'is required of a bounce: hard or soft'],
    ['a kind unknown', { ...good, kind: 'medium' }, 'kind', 'must be one of hard, soft'],
    [
      'a complaint with a kind',
      { ...good, type: 'complaint' },
      'kind',
      'is for bounces only: leave it out of a complaint',
    ],
    ['a type unknown', { ...good, type: 'open' }, 'type', 'must be one of bounce, complaint'],
    ['nobody named', nobody, 'recipient_email', 'is required where there is no message_id'],
    ['no address', { ...good, recipient_email: 'ada' }, 'recipient_email', 'must look like name@example.com'],
    ['neither id nor instant', undated, 'occurred_at', 'is required where there is no id'],
    [
      'an instant without a zone',
      { ...good, occurred_at: '2026-03-01T09:30:00' },
      'occurred_at',
      'does not say its time zone: end it with Z, or with an offset such as +02:00',
    ],
    [
      'the future',
      { ...good, occurred_at: '2027-03-01T09:30:00Z' },
      'occurred_at',
      'must not be more than 5 minutes in the future',
    ],
  ])('is refused by name: %s', async (_name, item, path, message) => {
    const alone = await post(item);
    expect(alone.status).toBe(400);
    expect(alone.body.errors).toEqual([{ path, message }]);
    const among = await post({ bounces: [good, item] });
    expect(among.status).toBe(400);
    expect(among.body.errors).toEqual([{ path: `bounces[1].${path}`, message }]);
  });

  test('is refused by its size, its form, and what it does not know', async () => {
    expect((await post({ bounces: [] })).body.errors).toMatchObject([{ path: 'bounces' }]);
    expect((await post({ bounces: Array(1_001).fill(good) })).body.errors).toMatchObject([
      { path: 'bounces' },
    ]);
    expect((await post({ ...good, severity: 1 })).body.errors).toMatchObject([{ path: 'severity' }]);
    expect((await post('{"type":')).body).toMatchObject({ type: 'urn:sequitur:problem:not_json' });
    expect((await post('')).status).toBe(400);
    expect(
      (
        await post('type=bounce', {
          headers: { authorization: 'Bearer known', 'content-type': 'text/plain' },
        })
      ).status,
    ).toBe(415);
    expect((await post(good, { headers: {} })).status).toBe(401);
  });

  test('writes nothing', async () => {
    const email = await aContact(db);
    const before = await countRows(db);
    const hard = { ...good, recipient_email: email };
    expect((await post({ bounces: [hard, kindless] })).status).toBe(400);
    expect(await countRows(db)).toEqual(before);
    expect(await contactOf(db, email)).toMatchObject({ suppressed_reason: null });
  });
});

test('a long error report is kept as far as it says something', async () => {
  const email = await aContact(db);
  const { id = '' } = (await contactOf(db, email)) ?? {};
  const reply = `550 no\r\n\u0007such user ${'x'.repeat(5_000)}`;
  await post({ type: 'bounce', kind: 'soft', recipient_email: email, occurred_at: AT, reply });
  const [kept] = await feedbackOf(db, id);
  expect(kept?.reply).toMatch(/^550 no\nsuch user x+$/);
  expect(kept?.reply?.length).toBeLessThanOrEqual(2_000);
});
