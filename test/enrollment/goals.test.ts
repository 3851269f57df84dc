import { afterEach, beforeEach, expect, test } from 'vitest';
import { inLane } from '../../src/db/lanes.ts';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { newId } from '../../src/lib/uuid.ts';
import { createEventTrigger } from '../../src/sequences/event_triggers.ts';
import type { Filter } from '../../src/sequences/filters.ts';
import { addGoal } from '../../src/sequences/goals.ts';
import { withKey } from '../http/bare_server.ts';
import {
  aClock,
  aGate,
  anAddress,
  anIntake,
  aSequence,
  aWorker,
  DIRECTORY,
  expectCleanRecount,
  statusOf,
  trigger,
} from '../support/factories.ts';
import {
  capturedOf,
  contactOf,
  countRows,
  enrollmentsOf,
  executionsOf,
  funnelOf,
  giveLanesBack,
  guardsOf,
  moveContact,
  triggersOf,
} from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { openServer } from './open_server.ts';

const { db } = await setup();
const clock = aClock();
const app = await openServer(db, clock);
const intake = anIntake(db, { clock });

beforeEach(() => giveLanesBack(db));
afterEach(() => expectCleanRecount(db));

const CHANGE = { by: 'Ada Admin', now: new Date('2026-02-01T09:00:00.000Z') };

async function aGoal({ id }: { id: string }, event_name: string, filters: Filter[] = []): Promise<string> {
  const added = await inTransaction(db, (tx) => addGoal(tx, id, { event_name, filters }, CHANGE));
  if (added.outcome !== 'added') throw new Error(added.outcome);
  return added.goal.id;
}

async function startsWith({ id: sequence_id }: { id: string }, event_name: string): Promise<void> {
  await inTransaction(db, (tx) => createEventTrigger(tx, { event_name, sequence_id }, CHANGE));
}

async function report(event: Record<string, unknown>) {
  const payload = { recipient_email: anAddress(), ...event };
  const answer = await app.inject({ method: 'POST', url: '/api/events', headers: withKey, payload });
  return { status: answer.statusCode, body: answer.json() };
}

/** An event name that nothing else listens for. */
function aName(): string {
  return `order ${newId()}`;
}

/** Somebody who had the first of two emails, and waits a day for the second. */
async function someoneUnderWay() {
  const sequence = await aSequence(db, { steps: [{}, { delay_seconds: 86_400 }] });
  const email = anAddress();
  await trigger(intake, sequence, { email });
  const worker = aWorker(db, { clock });
  await worker.runDry();
  return { sequence, email, worker };
}

test('a goal ends the run of its person and of nobody else, and is counted as the reason', async () => {
  const name = aName();
  const { sequence, email, worker } = await someoneUnderWay();
  const other = anAddress();
  await trigger(intake, sequence, { email: other });
  await worker.runDry();
  const goal_id = await aGoal(sequence, name);
  const { status, body } = await report({ name, recipient_email: email });
  expect(status).toBe(202);
  expect(body).toEqual({
    name,
    note: null,
    results: [],
    goals: [{ goal_id, sequence_id: sequence.id, ended: 1, repeated: false }],
  });
  expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
    { status: 'exited', exit_reason: 'goal', finished_at: clock.now(), next_step_id: null },
    { status: 'active' },
  ]);
  expect(await funnelOf(db, sequence.id)).toEqual({ sent: 2, 'exited goal': 1, waiting: 1 });
  clock.advance({ days: 2 });
  await worker.runDry();
  const mails = (await capturedOf(db, sequence.id)).map(({ recipient }) => recipient);
  expect(mails.filter((recipient) => recipient.includes(email))).toHaveLength(1);
  expect(mails.filter((recipient) => recipient.includes(other))).toHaveLength(2);
});

test('an event that does not meet the filters of a goal ends nothing, and is told so', async () => {
  const name = aName();
  const { sequence, email } = await someoneUnderWay();
  await aGoal(sequence, name, [{ property: 'order.total', operator: 'greater_than', value: 50 }]);
  const small = await report({ name, recipient_email: email, properties: { order: { total: 5 } } });
  expect(small.body).toMatchObject({ goals: [], note: expect.stringContaining('do not meet') });
  expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ status: 'active' }]);
  const large = await report({ name, recipient_email: email, properties: { order: { total: 51 } } });
  expect(large.body).toMatchObject({ goals: [{ ended: 1 }], note: null });
});

test('an event that meets two goals of a sequence is one', async () => {
  const name = aName();
  const { sequence, email } = await someoneUnderWay();
  const first = await aGoal(sequence, name);
  await aGoal(sequence, name);
  expect((await report({ name, recipient_email: email })).body.goals).toMatchObject([{ goal_id: first }]);
});

test('every run of the person ends, also while the sequence is paused', async () => {
  const name = aName();
  const sequence = await aSequence(db, { reentry: 'every_time', steps: [{ delay_seconds: 60 }] });
  const email = anAddress();
  await trigger(intake, sequence, { email });
  await trigger(intake, sequence, { email });
  await statusOf(db, sequence, 'paused');
  await aGoal(sequence, name);
  expect((await report({ name, recipient_email: email })).body.goals).toMatchObject([{ ended: 2 }]);
  expect(await guardsOf(db, sequence.id)).toEqual([{ active_enrollments: 0, entries: 2 }]);
});

test('of somebody whom nobody knows a goal ends nothing and makes no contact', async () => {
  const name = aName();
  await aGoal(await aSequence(db), name);
  const before = await countRows(db);
  expect((await report({ name })).body).toMatchObject({ goals: [{ ended: 0 }], note: null });
  expect(await countRows(db)).toEqual(before);
});

test('an event that is handed in again with its id does not end a run that began after it', async () => {
  const name = aName();
  const sequence = await aSequence(db, { reentry: 'every_time', steps: [{ delay_seconds: 60 }] });
  await aGoal(sequence, name);
  const event = { name, id: newId(), recipient_email: anAddress() };
  const email = event.recipient_email;
  expect((await report(event)).body.goals).toMatchObject([{ ended: 0, repeated: false }]);
  await trigger(intake, sequence, { email });
  const again = await Promise.all([report(event), report(event)]);
  for (const { body } of again) expect(body.goals).toMatchObject([{ ended: 0, repeated: true }]);
  expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ status: 'active' }]);
  const another = { ...event, id: newId() };
  const both = await Promise.all([report(another), report(another)]);
  const goals = both.map(({ body }) => body.goals[0]);
  expect(goals.map(({ ended }) => ended)).toEqual([1, 1]);
  expect(goals.map(({ repeated }) => repeated).toSorted()).toEqual([false, true]);
  expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ exit_reason: 'goal' }]);
});

test('one event is the goal of one sequence and starts another', async () => {
  const name = aName();
  const { sequence: cart, email } = await someoneUnderWay();
  const thanks = await aSequence(db);
  await aGoal(cart, name);
  await startsWith(thanks, name);
  const { body } = await report({ name, recipient_email: email, id: newId() });
  expect(body.goals).toMatchObject([{ sequence_id: cart.id, ended: 1 }]);
  expect(body.results).toMatchObject([{ sequence_id: thanks.id, outcome: 'accepted' }]);
  expect(await enrollmentsOf(db, cart.id)).toMatchObject([{ exit_reason: 'goal' }]);
  expect(await enrollmentsOf(db, thanks.id)).toMatchObject([{ status: 'active' }]);
});

test('an event that both ends and starts a sequence ends the run that there was and starts another', async () => {
  const name = aName();
  const sequence = await aSequence(db, { reentry: 'once_at_a_time', steps: [{ delay_seconds: 60 }] });
  await aGoal(sequence, name);
  await startsWith(sequence, name);
  const event = { name, id: newId(), recipient_email: anAddress() };
  expect((await report(event)).body).toMatchObject({
    goals: [{ ended: 0 }],
    results: [{ outcome: 'accepted' }],
  });
  expect((await report({ ...event, id: newId() })).body).toMatchObject({
    goals: [{ ended: 1 }],
    results: [{ outcome: 'accepted' }],
  });
  expect((await report(event)).body).toMatchObject({
    goals: [{ repeated: true }],
    results: [{ repeated: true }],
  });
  expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ exit_reason: 'goal' }, { status: 'active' }]);
});

test('and where the sequence may be entered once only, it is over', async () => {
  const name = aName();
  const { sequence, email } = await someoneUnderWay();
  await aGoal(sequence, name);
  await startsWith(sequence, name);
  expect((await report({ name, recipient_email: email })).body).toMatchObject({
    goals: [{ ended: 1 }],
    results: [{ outcome: 'suppressed', reason: 'once_only' }],
  });
  expect(await triggersOf(db, sequence.id)).toHaveLength(2);
});

test('a mail that is with the server when the goal is reached counts as sent, and is the last', async () => {
  const name = aName();
  const sequence = await aSequence(db, { steps: [{}, {}] });
  await aGoal(sequence, name);
  const email = anAddress();
  await trigger(intake, sequence, { email });
  const gate = aGate();
  const worker = aWorker(db, { clock, transport: gate });
  const round = worker.runOnce();
  await gate.reached(1);
  expect((await report({ name, recipient_email: email })).body.goals).toMatchObject([{ ended: 1 }]);
  gate.open();
  await round;
  await worker.runDry();
  expect(await executionsOf(db, sequence.id)).toHaveLength(1);
  expect(await funnelOf(db, sequence.id)).toEqual({ sent: 1 });
  expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ status: 'exited', exit_reason: 'goal' }]);
});

test('a goal finds the runs of somebody whose address has changed', async () => {
  const name = aName();
  const sequence = await aSequence(db, { steps: [{ delay_seconds: 60 }] });
  await aGoal(sequence, name);
  const email = anAddress(3);
  const { contact_id } = await trigger(intake, sequence, { email });
  const moved = { lane: 4, email: anAddress(4) };
  await inLane(db, 4, (tx) => moveContact(tx, DIRECTORY.secret, { lane: 3, contact_id }, moved));
  const event = { name, id: newId(), recipient_email: moved.email };
  expect((await report(event)).body.goals).toMatchObject([{ ended: 1, repeated: false }]);
  expect((await report(event)).body.goals).toMatchObject([{ ended: 1, repeated: true }]);
  expect(await contactOf(db, email)).toBeUndefined();
});
