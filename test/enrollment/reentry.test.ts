import { afterEach, describe, expect, test } from 'vitest';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import type { Reentry } from '../../src/sequences/plan.ts';
import { patchSequence } from '../../src/sequences/sequences.ts';
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
import {
  contactOf,
  enrollmentsOf,
  guardsOf,
  lifetimeOf,
  markContact,
  triggersOf,
} from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';

const { db } = await setup();

afterEach(() => expectCleanRecount(db));

async function changeRule(id: string, reentry: Reentry, reentry_days?: number): Promise<void> {
  const change = { by: 'Ada Admin', now: new Date() };
  const changed = await inTransaction(db, (tx) => patchSequence(tx, id, { reentry, reentry_days }, change));
  expect(changed.outcome).toBe('updated');
}

describe('a trigger that is accepted', () => {
  test('makes the contact, the enrollment, its guard row and its counts in one go', async () => {
    const clock = aClock();
    const sequence = await aSequence(db, { steps: [{ delay_seconds: 3600 }] });
    const email = anAddress();
    const answer = await trigger(anIntake(db, { clock }), sequence, { email, context: { coupon: 'MAY' } });
    const contact = await contactOf(db, email);
    expect(answer).toEqual({
      outcome: 'accepted',
      reason: '',
      trigger_id: expect.any(String),
      enrollment_id: expect.any(String),
      contact_id: contact?.id,
      repeated: false,
    });
    const [step] = sequence.steps;
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
      {
        id: answer.enrollment_id,
        status: 'active',
        source: 'api',
        context: { coupon: 'MAY' },
        next_step_id: step?.id,
        next_revision: 1,
        next_entered_at: clock.now(),
        due_at: new Date(clock.now().getTime() + 3_600_000),
      },
    ]);
    expect(await triggersOf(db, sequence.id)).toMatchObject([
      {
        id: answer.trigger_id,
        outcome: 'accepted',
        enrollment_id: answer.enrollment_id,
        occurred_at: clock.now(),
      },
    ]);
    expect(await guardsOf(db, sequence.id)).toEqual([{ active_enrollments: 1, entries: 1 }]);
    expect(await lifetimeOf(db, sequence.id)).toEqual({
      executions: 0,
      recipients: 0,
      triggers: 1,
      suppressed: 0,
    });
  });

  test('keeps what is known of somebody when the caller says nothing of it', async () => {
    const sequence = await aSequence(db, { reentry: 'every_time' });
    const intake = anIntake(db);
    const email = anAddress();
    const first = await trigger(intake, sequence, { email, name: 'Ada' });
    const second = await trigger(intake, sequence, { email });
    expect(second.contact_id).toBe(first.contact_id);
    await trigger(intake, sequence, { email, name: 'Mallory', trusted: false });
    await trigger(intake, sequence, { email, name: 'Ada Lovelace' });
    expect(await contactOf(db, email)).toMatchObject({ name: 'Ada Lovelace' });
  });
});

describe('a trigger is suppressed', () => {
  test.each(['draft', 'paused', 'archived'] as const)(
    'as not_active by a sequence that is %s',
    async (status) => {
      const sequence = await aSequence(db, { status });
      const answer = await trigger(anIntake(db), sequence);
      expect(answer).toMatchObject({ outcome: 'suppressed', reason: 'not_active', enrollment_id: null });
      expect(await triggersOf(db, sequence.id)).toMatchObject([
        { outcome: 'suppressed', reason: 'not_active' },
      ]);
      expect(await lifetimeOf(db, sequence.id)).toMatchObject({ triggers: 0, suppressed: 1 });
      expect(await guardsOf(db, sequence.id)).toEqual([]);
    },
  );

  test.each([
    ['unsubscribed', { unsubscribed: true }],
    ['bounced', { suppressed_reason: 'bounced' }],
    ['complained', { suppressed_reason: 'complained' }],
    ['suppressed', { suppressed_reason: 'manual' }],
    ['erased', { erased: true, unsubscribed: true }],
  ] as const)('as %s by what is known of the contact', async (reason, marks) => {
    const sequence = await aSequence(db);
    const email = await aContact(db);
    await markContact(db, email, marks);
    const answer = await trigger(anIntake(db), sequence, { email, name: 'New Name' });
    expect(answer).toMatchObject({ outcome: 'suppressed', reason, enrollment_id: null });
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ triggers: 0, suppressed: 1 });
  });
});

describe('whoever was here before', () => {
  test('enters a sequence `once`, whether that run goes on or is over', async () => {
    const clock = aClock();
    const sequence = await aSequence(db, { reentry: 'once' });
    const intake = anIntake(db, { clock });
    const email = anAddress();
    expect(await trigger(intake, sequence, { email })).toMatchObject({ outcome: 'accepted' });
    expect(await trigger(intake, sequence, { email })).toMatchObject({ reason: 'already_active' });
    await aWorker(db, { clock }).runDry();
    clock.advance({ days: 1_000 });
    expect(await trigger(intake, sequence, { email })).toMatchObject({ reason: 'once_only' });
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ triggers: 1, suppressed: 2 });
  });

  test('enters `once at a time` again when the run before is over', async () => {
    const clock = aClock();
    const sequence = await aSequence(db, { reentry: 'once_at_a_time' });
    const intake = anIntake(db, { clock });
    const email = anAddress();
    await trigger(intake, sequence, { email });
    expect(await trigger(intake, sequence, { email })).toMatchObject({ reason: 'already_active' });
    await aWorker(db, { clock }).runDry();
    expect(await trigger(intake, sequence, { email })).toMatchObject({ outcome: 'accepted' });
    expect(await guardsOf(db, sequence.id)).toEqual([{ active_enrollments: 1, entries: 2 }]);
  });

  test('enters `after 30 days` to the second, counted from the entry before', async () => {
    const clock = aClock();
    const sequence = await aSequence(db, { reentry: 'after_days', reentry_days: 30 });
    const intake = anIntake(db, { clock });
    const email = anAddress();
    await trigger(intake, sequence, { email });
    expect(await trigger(intake, sequence, { email })).toMatchObject({ reason: 'already_active' });
    await aWorker(db, { clock }).runDry();
    clock.advance({ days: 30, seconds: -1 });
    expect(await trigger(intake, sequence, { email })).toMatchObject({ reason: 'too_soon' });
    clock.advance({ seconds: 1 });
    expect(await trigger(intake, sequence, { email })).toMatchObject({ outcome: 'accepted' });
  });

  test('enters `every time`, with two runs side by side', async () => {
    const clock = aClock();
    const sequence = await aSequence(db, { reentry: 'every_time', steps: [{}, { delay_seconds: 86_400 }] });
    const intake = anIntake(db, { clock });
    const email = anAddress();
    await trigger(intake, sequence, { email });
    await trigger(intake, sequence, { email });
    expect(await guardsOf(db, sequence.id)).toEqual([{ active_enrollments: 2, entries: 2 }]);
    const worker = aWorker(db, { clock });
    await worker.runDry();
    clock.advance({ days: 1 });
    await worker.runDry();
    expect(await guardsOf(db, sequence.id)).toEqual([{ active_enrollments: 0, entries: 2 }]);
    expect(await lifetimeOf(db, sequence.id)).toEqual({
      executions: 4,
      recipients: 1,
      triggers: 2,
      suppressed: 0,
    });
  });

  test('is judged by the rule as it is now, over all that happened under the rules before', async () => {
    const clock = aClock();
    const sequence = await aSequence(db, { reentry: 'every_time' });
    const intake = anIntake(db, { clock });
    const email = anAddress();
    await trigger(intake, sequence, { email });
    await trigger(intake, sequence, { email });
    await changeRule(sequence.id, 'once_at_a_time');
    expect(await trigger(intake, sequence, { email })).toMatchObject({ reason: 'already_active' });
    await aWorker(db, { clock }).runDry();
    await changeRule(sequence.id, 'after_days', 10);
    clock.advance({ days: 9 });
    expect(await trigger(intake, sequence, { email })).toMatchObject({ reason: 'too_soon' });
    await changeRule(sequence.id, 'after_days', 9);
    expect(await trigger(intake, sequence, { email })).toMatchObject({ outcome: 'accepted' });
    await changeRule(sequence.id, 'once');
    expect(await trigger(intake, sequence, { email })).toMatchObject({ reason: 'already_active' });
    await changeRule(sequence.id, 'every_time');
    expect(await trigger(intake, sequence, { email })).toMatchObject({ outcome: 'accepted' });
    expect(await guardsOf(db, sequence.id)).toEqual([{ active_enrollments: 2, entries: 4 }]);
  });

  test('sees the other requests of the same batch', async () => {
    const once = await aSequence(db);
    const always = await aSequence(db, { reentry: 'every_time' });
    const intake = anIntake(db);
    const email = anAddress();
    const [first, again, elsewhere, elsewhereAgain] = await Promise.all(
      [once, once, always, always].map((sequence) => trigger(intake, sequence, { email })),
    );
    expect([first, again].map((answer) => answer?.reason)).toEqual(['', 'already_active']);
    expect(elsewhere?.enrollment_id).not.toBe(elsewhereAgain?.enrollment_id);
    expect(new Set([first, again, elsewhere].map((answer) => answer?.contact_id)).size).toBe(1);
  });
});
