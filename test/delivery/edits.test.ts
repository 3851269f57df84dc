import { afterEach, describe, expect, test } from 'vitest';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { editStep, orderSteps, removeStep, type StepContent } from '../../src/sequences/steps.ts';
import {
  aClock,
  anIntake,
  aSequence,
  aStep,
  aWorker,
  type Clock,
  expectCleanRecount,
  type SequenceWithSteps,
  statusOf,
  type TestWorker,
  trigger,
} from '../support/factories.ts';
import {
  capturedOf,
  enrollmentsOf,
  executionsOf,
  funnelOf,
  guardsOf,
  lifetimeOf,
  stepsLeftOf,
} from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';

const { db } = await setup();

afterEach(() => expectCleanRecount(db));

const DAY = 86_400;
const change = { by: 'Ada Admin', now: new Date() };

/** Somebody who has got the first of the emails "A", "B", "C", … and waits a day for the next. */
async function aRun(
  subjects = ['A', 'B', 'C'],
): Promise<{ clock: Clock; sequence: SequenceWithSteps; worker: TestWorker }> {
  const clock = aClock();
  const steps = subjects.map((subject, i) => ({ subject, delay_seconds: i === 0 ? 0 : DAY }));
  const sequence = await aSequence(db, { steps });
  await trigger(anIntake(db, { clock }), sequence);
  const worker = aWorker(db, { clock });
  await worker.runDry();
  return { clock, sequence, worker };
}

function stepOf({ steps }: SequenceWithSteps, subject: string): string {
  const step = steps.find((some) => some.subject === subject);
  if (!step) throw new Error(`There is no step ${subject}.`);
  return step.id;
}

async function edit(
  sequence: SequenceWithSteps,
  subject: string,
  patch: Partial<StepContent>,
): Promise<void> {
  const edited = await inTransaction(db, (tx) =>
    editStep(tx, sequence.id, stepOf(sequence, subject), { patch }, change),
  );
  expect(edited.outcome).toBe('edited');
}

async function remove(sequence: SequenceWithSteps, subject: string): Promise<void> {
  const removed = await inTransaction(db, (tx) =>
    removeStep(tx, sequence.id, stepOf(sequence, subject), change),
  );
  expect(removed.outcome).toBe('removed');
}

async function order(sequence: SequenceWithSteps, subjects: string[]): Promise<void> {
  const ids = subjects.map((subject) => stepOf(sequence, subject));
  const ordered = await inTransaction(db, (tx) => orderSteps(tx, sequence.id, ids, change));
  expect(ordered.outcome).toBe('ordered');
}

async function sent(sequence: SequenceWithSteps): Promise<string[]> {
  return (await capturedOf(db, sequence.id)).map(({ subject }) => subject);
}

describe('a sequence that is paused', () => {
  test('holds everybody where they are, and goes on from there when it is active again', async () => {
    const { clock, sequence, worker } = await aRun();
    await statusOf(db, sequence, 'paused');
    clock.advance({ days: 10 });
    await worker.runDry();
    expect(await sent(sequence)).toEqual(['A']);
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
      { status: 'active', next_step_id: stepOf(sequence, 'B'), held_at: clock.now(), attempts: 0 },
    ]);
    expect(await funnelOf(db, sequence.id)).toEqual({ sent: 1, waiting: 1 });
    await statusOf(db, sequence, 'active');
    worker.wakeHeld();
    await worker.runDry();
    expect(await sent(sequence)).toEqual(['A', 'B']);
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ held_at: null }]);
    clock.advance({ days: 1 });
    await worker.runDry();
    expect(await sent(sequence)).toEqual(['A', 'B', 'C']);
  });

  test('changes nothing for those whose time comes only after it is active again', async () => {
    const { clock, sequence, worker } = await aRun();
    await statusOf(db, sequence, 'paused');
    clock.advance({ hours: 5 });
    await worker.runDry();
    await statusOf(db, sequence, 'active');
    clock.advance({ hours: 19 });
    await worker.runDry();
    expect(await sent(sequence)).toEqual(['A', 'B']);
  });

  test('lets many go on, more than fit one transaction', async () => {
    const clock = aClock();
    const sequence = await aSequence(db);
    const requests = Array.from({ length: 120 }, () => ({}));
    const intake = anIntake(db, { clock });
    await Promise.all(requests.map(() => trigger(intake, sequence)));
    await statusOf(db, sequence, 'paused');
    const worker = aWorker(db, { clock });
    await worker.runDry();
    expect(await sent(sequence)).toEqual([]);
    await statusOf(db, sequence, 'active');
    worker.wakeHeld();
    await worker.runDry();
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ executions: 120 });
  });
});

describe('a sequence that is archived', () => {
  test('ends every run when its next email would be due', async () => {
    const { clock, sequence, worker } = await aRun();
    await statusOf(db, sequence, 'archived');
    clock.advance({ days: 1 });
    await worker.runDry();
    expect(await sent(sequence)).toEqual(['A']);
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
      { status: 'exited', exit_reason: 'sequence_archived' },
    ]);
    expect(await funnelOf(db, sequence.id)).toEqual({ sent: 1, 'exited sequence_archived': 1 });
    expect(await guardsOf(db, sequence.id)).toEqual([{ active_enrollments: 0, entries: 1 }]);
  });

  test('ends those who were held as well', async () => {
    const { clock, sequence, worker } = await aRun();
    await statusOf(db, sequence, 'paused');
    clock.advance({ days: 1 });
    await worker.runDry();
    await statusOf(db, sequence, 'archived');
    worker.wakeHeld();
    await worker.runDry();
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
      { status: 'exited', exit_reason: 'sequence_archived' },
    ]);
  });
});

describe('a live sequence that is edited', () => {
  test('sends a new text in its new revision to those who still wait for it, and counts it there', async () => {
    const { clock, sequence, worker } = await aRun(['A', 'B']);
    await edit(sequence, 'B', { subject: 'B, better' });
    clock.advance({ days: 1 });
    await worker.runDry();
    expect(await sent(sequence)).toEqual(['A', 'B, better']);
    expect(await executionsOf(db, sequence.id)).toMatchObject([{ revision: 1 }, { revision: 2 }]);
    expect(await stepsLeftOf(db, sequence.id)).toMatchObject([
      { revision: 1 },
      { revision: 2, outcome: 'sent' },
    ]);
    expect(await funnelOf(db, sequence.id)).toEqual({ sent: 2 });
  });

  test('keeps the day on which an email is due when its delay changes under those who wait', async () => {
    const { clock, sequence, worker } = await aRun(['A', 'B']);
    await edit(sequence, 'B', { delay_seconds: 30 * DAY });
    clock.advance({ days: 1 });
    await worker.runDry();
    expect(await sent(sequence)).toEqual(['A', 'B']);
  });

  test('skips an email that is removed while somebody waits for it, and goes on to the next', async () => {
    const { clock, sequence, worker } = await aRun();
    await remove(sequence, 'B');
    clock.advance({ days: 1 });
    await worker.runDry();
    expect(await sent(sequence)).toEqual(['A']);
    expect(await stepsLeftOf(db, sequence.id)).toMatchObject([
      { outcome: 'sent' },
      { step_id: stepOf(sequence, 'B'), outcome: 'skipped', reason: 'step_removed' },
    ]);
    clock.advance({ days: 1 });
    await worker.runDry();
    expect(await sent(sequence)).toEqual(['A', 'C']);
    expect(await funnelOf(db, sequence.id)).toEqual({ sent: 2, 'skipped step_removed': 1 });
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ status: 'finished' }]);
  });

  test('is over when its last email is removed while somebody waits for it', async () => {
    const { clock, sequence, worker } = await aRun(['A', 'B']);
    await remove(sequence, 'B');
    clock.advance({ days: 1 });
    await worker.runDry();
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
      { status: 'finished', finished_at: clock.now() },
    ]);
    expect(await guardsOf(db, sequence.id)).toEqual([{ active_enrollments: 0, entries: 1 }]);
  });

  test('sends an email that is put before the one waited for first, then that one', async () => {
    const { clock, sequence, worker } = await aRun(['A', 'C']);
    const inserted = await aStep(db, sequence, { subject: 'B', delay_seconds: 2 * DAY }, 1);
    clock.advance({ days: 1 });
    await worker.runDry();
    expect(await sent(sequence)).toEqual(['A']);
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ next_step_id: inserted.id }]);
    expect(await funnelOf(db, sequence.id)).toEqual({ sent: 1, waiting: 1 });
    // Two days after the first email, as if it had always stood there.
    clock.advance({ days: 1 });
    await worker.runDry();
    expect(await sent(sequence)).toEqual(['A', 'B']);
    clock.advance({ days: 1 });
    await worker.runDry();
    expect(await sent(sequence)).toEqual(['A', 'B', 'C']);
  });

  test('takes nobody back to an email that is put before what they have got', async () => {
    const { clock, sequence, worker } = await aRun(['A', 'C']);
    await aStep(db, sequence, { subject: 'Before A' }, 0);
    clock.advance({ days: 1 });
    await worker.runDry();
    expect(await sent(sequence)).toEqual(['A', 'C']);
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ status: 'finished' }]);
  });

  test('follows a new order of what is still ahead', async () => {
    const { clock, sequence, worker } = await aRun(['A', 'B', 'C']);
    await order(sequence, ['A', 'C', 'B']);
    for (let day = 0; day < 3; day++) {
      clock.advance({ days: 1 });
      await worker.runDry();
    }
    expect(await sent(sequence)).toEqual(['A', 'C', 'B']);
    expect(await funnelOf(db, sequence.id)).toEqual({ sent: 3 });
  });

  test('skips an email that is moved before what somebody has got, and sends nothing twice', async () => {
    const { clock, sequence, worker } = await aRun(['A', 'B', 'C']);
    await order(sequence, ['B', 'A', 'C']);
    for (let day = 0; day < 3; day++) {
      clock.advance({ days: 1 });
      await worker.runDry();
    }
    expect(await sent(sequence)).toEqual(['A', 'C']);
    expect(await funnelOf(db, sequence.id)).toEqual({ sent: 2, 'skipped step_moved': 1 });
  });

  test('goes on for those who wait when an email is added at its end', async () => {
    const { clock, sequence, worker } = await aRun(['A', 'B']);
    await aStep(db, sequence, { subject: 'C', delay_seconds: DAY });
    clock.advance({ days: 1 });
    await worker.runDry();
    clock.advance({ days: 1 });
    await worker.runDry();
    expect(await sent(sequence)).toEqual(['A', 'B', 'C']);
  });
});
