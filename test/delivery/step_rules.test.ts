import { afterEach, describe, expect, test } from 'vitest';
import { type ContactPatch, patchContact, withContact } from '../../src/contacts/contacts.ts';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { smtpTransport } from '../../src/delivery/send/smtp_transport.ts';
import type { Filter } from '../../src/sequences/filters.ts';
import { patchSequence } from '../../src/sequences/sequences.ts';
import type { SendWindow } from '../../src/sequences/timing.ts';
import {
  aClock,
  aContact,
  anAddress,
  anIntake,
  aSequence,
  aWorker,
  expectCleanRecount,
  trigger,
} from '../support/factories.ts';
import { capturedOf, enrollmentsOf, funnelOf, lifetimeOf, stepsLeftOf } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { SmtpSink } from '../support/smtp_sink.ts';

// The workspace is in Berlin.
const { db } = await setup();

afterEach(() => expectCleanRecount(db));

const DAY = 86_400;
const change = { by: 'Ada Admin', now: new Date() };
const OFFICE: SendWindow = {
  days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
  from: '09:00',
  to: '17:00',
};

async function subjectsOf(sequence: { id: string }): Promise<string[]> {
  return (await capturedOf(db, sequence.id)).map(({ subject }) => subject);
}

async function edit(contactId: string, patch: ContactPatch): Promise<void> {
  const edited = await withContact(db, contactId, (tx, contact) =>
    patchContact(tx, contact, patch, change.now),
  );
  expect(edited?.outcome).toBe('updated');
}

async function dueOf(sequence: { id: string }): Promise<string[]> {
  return (await enrollmentsOf(db, sequence.id)).map(({ due_at }) => due_at?.toISOString() ?? '');
}

describe('steps at 09:00', () => {
  test('come at nine where the contact is, day after day, also when clocks are changed', async () => {
    const clock = aClock('2026-03-27T15:00:00.000Z');
    const sequence = await aSequence(db, {
      steps: [
        { subject: 'A', send_at: '09:00' },
        { subject: 'B', send_at: '09:00', delay_seconds: DAY },
        { subject: 'C', send_at: '09:00', delay_seconds: DAY },
      ],
    });
    const email = await aContact(db, anAddress(), { time_zone: 'Europe/London' });
    await trigger(anIntake(db, { clock }), sequence, { email });
    const worker = aWorker(db, { clock });
    const days: string[] = [];
    // Saturday is the last day of winter. Each email is taken some minutes after nine.
    for (const minutes of [1_087, 1_375, 1_440]) {
      days.push(...(await dueOf(sequence)));
      clock.advance({ seconds: minutes * 60 });
      await worker.runDry();
    }
    expect(days).toEqual([
      '2026-03-28T09:00:00.000Z',
      '2026-03-29T08:00:00.000Z',
      '2026-03-30T08:00:00.000Z',
    ]);
    expect(await subjectsOf(sequence)).toEqual(['A', 'B', 'C']);
  });

  test('come at nine where the workspace is to those whose place nobody knows', async () => {
    const clock = aClock('2026-03-02T09:00:00.000Z');
    const sequence = await aSequence(db, { steps: [{ send_at: '09:00' }] });
    await trigger(anIntake(db, { clock }), sequence);
    expect(await dueOf(sequence)).toEqual(['2026-03-03T08:00:00.000Z']);
  });
});

describe('a send window', () => {
  test('is waited for from the beginning, and costs no attempt', async () => {
    const clock = aClock('2026-03-06T17:00:00.000Z');
    const sequence = await aSequence(db, { send_window: OFFICE });
    await trigger(anIntake(db, { clock }), sequence);
    expect(await dueOf(sequence)).toEqual(['2026-03-09T08:00:00.000Z']);
    const worker = aWorker(db, { clock });
    clock.advance({ days: 2, hours: 14, seconds: 3_599 });
    await worker.runDry();
    expect(await subjectsOf(sequence)).toEqual([]);
    clock.advance({ seconds: 1 });
    await worker.runDry();
    expect(await subjectsOf(sequence)).toHaveLength(1);
  });

  test('that is closed by an edit keeps who is due, and moves no count', async () => {
    const clock = aClock('2026-03-02T18:00:00.000Z');
    const sequence = await aSequence(db, { steps: [{ delay_seconds: 3_600 }] });
    await trigger(anIntake(db, { clock }), sequence);
    await inTransaction(db, (tx) => patchSequence(tx, sequence.id, { send_window: OFFICE }, change));
    const worker = aWorker(db, { clock });
    clock.advance({ hours: 1 });
    const before = [await funnelOf(db, sequence.id), await lifetimeOf(db, sequence.id)];
    await worker.runDry();
    expect([await funnelOf(db, sequence.id), await lifetimeOf(db, sequence.id)]).toEqual(before);
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
      { due_at: new Date('2026-03-03T08:00:00.000Z'), attempts: 0, held_at: null, claimed_step_id: null },
    ]);
    clock.advance({ hours: 13 });
    await worker.runDry();
    expect(await subjectsOf(sequence)).toHaveLength(1);
  });

  test('goes by where the contact is when the email is due, not when it was first waited for', async () => {
    const clock = aClock('2026-03-02T09:00:00.000Z');
    const sequence = await aSequence(db, { send_window: OFFICE, steps: [{ delay_seconds: 3_600 }] });
    const email = await aContact(db, anAddress(), { time_zone: 'Europe/Berlin' });
    const { contact_id } = await trigger(anIntake(db, { clock }), sequence, { email });
    await edit(contact_id, { time_zone: 'Asia/Tokyo' });
    clock.advance({ hours: 1 });
    await aWorker(db, { clock }).runDry();
    expect(await subjectsOf(sequence)).toEqual([]);
    expect(await dueOf(sequence)).toEqual(['2026-03-03T00:00:00.000Z']);
  });

  test('is waited for by what a server put off as well, with the tries that it had', async () => {
    let refusals = 1;
    await using sink = await SmtpSink.start({
      onMessage: () => (refusals-- > 0 ? { code: 451, words: '4.3.0 Try again later' } : undefined),
    });
    const clock = aClock('2026-03-02T15:59:30.000Z');
    const sequence = await aSequence(db, { send_window: OFFICE });
    await trigger(anIntake(db, { clock }), sequence);
    const worker = aWorker(db, { clock, transport: smtpTransport(sink.server()) });
    await worker.runDry();
    clock.advance({ hours: 1 });
    await worker.runDry();
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
      { due_at: new Date('2026-03-03T08:00:00.000Z'), attempts: 1 },
    ]);
    clock.advance({ hours: 16 });
    await worker.runDry();
    expect(await funnelOf(db, sequence.id)).toEqual({ sent: 1 });
  });
});

describe('a step with conditions', () => {
  const isPro: Filter = { property: 'contact.properties.plan', operator: 'equals', value: 'pro' };
  const isLarge: Filter = { property: 'context.order.total', operator: 'greater_than', value: 100 };

  async function run(skip_if: Filter[], properties: Record<string, unknown>, context = {}) {
    const clock = aClock();
    const steps = [{ subject: 'A', skip_if }, { subject: 'B' }];
    const sequence = await aSequence(db, { steps });
    const email = await aContact(db, anAddress(), { properties });
    await trigger(anIntake(db, { clock }), sequence, { email, context });
    await aWorker(db, { clock }).runDry();
    return sequence;
  }

  test('is skipped with the reason, and the next one waited for, where they hold', async () => {
    const sequence = await run([isPro], { plan: 'pro' });
    expect(await subjectsOf(sequence)).toEqual(['B']);
    expect(await stepsLeftOf(db, sequence.id)).toMatchObject([
      { step_id: sequence.steps[0]?.id, outcome: 'skipped', reason: 'condition', revision: 1 },
      { step_id: sequence.steps[1]?.id, outcome: 'sent', reason: '' },
    ]);
    expect(await funnelOf(db, sequence.id)).toEqual({ 'skipped condition': 1, sent: 1 });
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ executions: 1 });
  });

  test.each([
    ['one does not hold', [isPro], { plan: 'free' }, {}],
    ['what it asks for is missing', [isPro], {}, {}],
    ['only one of two holds', [isPro, isLarge], { plan: 'pro' }, { order: { total: 99 } }],
    ['there are none', [], { plan: 'pro' }, {}],
  ])('is sent where %s', async (_, skip_if, properties, context) => {
    expect(await subjectsOf(await run(skip_if, properties, context))).toEqual(['A', 'B']);
  });

  test('asks the person and the trigger, and is skipped where all of them hold', async () => {
    const sequence = await run([isPro, isLarge], { plan: 'pro' }, { order: { total: '100.50' } });
    expect(await subjectsOf(sequence)).toEqual(['B']);
  });

  test('asks when the email is due: what was said meanwhile counts', async () => {
    const clock = aClock();
    const sequence = await aSequence(db, { steps: [{ skip_if: [isPro], delay_seconds: DAY }] });
    const email = await aContact(db);
    const { contact_id } = await trigger(anIntake(db, { clock }), sequence, { email });
    await edit(contact_id, { properties: { plan: 'pro' } });
    clock.advance({ days: 1 });
    await aWorker(db, { clock }).runDry();
    expect(await funnelOf(db, sequence.id)).toEqual({ 'skipped condition': 1 });
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ status: 'finished' }]);
  });
});
