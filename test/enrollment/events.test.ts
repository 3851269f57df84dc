import { afterEach, expect, test } from 'vitest';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { newId } from '../../src/lib/uuid.ts';
import { createEventTrigger, type NewEventTrigger } from '../../src/sequences/event_triggers.ts';
import { withKey } from '../http/bare_server.ts';
import { aClock, anAddress, aSequence, aWorker, expectCleanRecount } from '../support/factories.ts';
import { capturedOf, countRows, triggersOf } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { openServer } from './open_server.ts';

const { db } = await setup();
const clock = aClock();
const app = await openServer(db, clock);

afterEach(() => expectCleanRecount(db));

async function anEventTrigger(some: NewEventTrigger): Promise<string> {
  const change = { by: 'Ada Admin', now: new Date() };
  const made = await inTransaction(db, (tx) => createEventTrigger(tx, some, change));
  if (made.outcome !== 'created') throw new Error(made.outcome);
  return made.trigger.id;
}

async function report(event: Record<string, unknown>) {
  const answer = await app.inject({
    method: 'POST',
    url: '/api/events',
    headers: withKey,
    payload: { recipient_email: anAddress(), ...event },
  });
  return { status: answer.statusCode, body: answer.json() };
}

/** An event name that nothing else listens for. */
function aName(): string {
  return `order ${newId()}`;
}

test('an event starts every sequence whose filters its properties meet, and no other', async () => {
  const event_name = aName();
  const [large, any, small] = [await aSequence(db), await aSequence(db), await aSequence(db)];
  const totalAbove = (value: number) =>
    ({ property: 'order.total', operator: 'greater_than', value }) as const;
  const largeTrigger = await anEventTrigger({
    event_name,
    sequence_id: large.id,
    filters: [totalAbove(100)],
  });
  const anyTrigger = await anEventTrigger({ event_name, sequence_id: any.id });
  await anEventTrigger({
    event_name,
    sequence_id: small.id,
    filters: [totalAbove(100), { property: 'first', operator: 'exists' }],
  });
  await anEventTrigger({ event_name, sequence_id: small.id, enabled: false });
  const { status, body } = await report({ name: event_name, properties: { order: { total: 250 } } });
  expect(status).toBe(202);
  expect(body.name).toBe(event_name);
  expect(body.results).toMatchObject([
    {
      event_trigger_id: largeTrigger,
      sequence_id: large.id,
      outcome: 'accepted',
      reason: null,
      repeated: false,
    },
    { event_trigger_id: anyTrigger, sequence_id: any.id, outcome: 'accepted', reason: null, repeated: false },
  ]);
  expect(await triggersOf(db, large.id)).toMatchObject([
    { source: 'event_trigger', context: { order: { total: 250 }, event: event_name } },
  ]);
  expect(await triggersOf(db, small.id)).toEqual([]);
});

test('an event that nothing listens for is no error, and writes nothing', async () => {
  const before = await countRows(db);
  const name = aName();
  expect(await report({ name })).toMatchObject({
    status: 202,
    body: {
      results: [],
      note: `No enabled event trigger and no goal listens for "${name}": nothing was started or ended.`,
    },
  });
  expect(await countRows(db)).toEqual(before);
});

test('an event whose properties meet no filters is told so', async () => {
  const name = aName();
  const { id: sequence_id } = await aSequence(db);
  const filters = [{ property: 'total', operator: 'greater_than', value: 100 }] as const;
  await anEventTrigger({ event_name: name, sequence_id, filters: [...filters] });
  const missed = await report({ name, properties: { total: 5 } });
  expect(missed.body.results).toEqual([]);
  expect(missed.body.note).toBe(
    `Every event trigger and goal that listens for "${name}" has filters that its properties do not meet: nothing was started or ended.`,
  );
  expect((await report({ name, properties: { total: 500 } })).body.note).toBeNull();
});

test('the properties of the event are at hand in the email', async () => {
  const name = aName();
  const sequence = await aSequence(db, {
    steps: [{ subject: 'Order {{ context.number }}: {{ context.event }}' }],
  });
  await anEventTrigger({ event_name: name, sequence_id: sequence.id });
  await report({ name, recipient_name: 'Ada', properties: { number: 4711 } });
  await aWorker(db, { clock }).runDry();
  expect(await capturedOf(db, sequence.id)).toMatchObject([
    { subject: `Order 4711: ${name}`, text: expect.stringContaining('Hello Ada') },
  ]);
});

test('a property called event takes nothing from the name of the event, and is kept under another', async () => {
  const [name, elsewhere] = [aName(), aName()];
  const sequence = await aSequence(db, {
    reentry: 'every_time',
    steps: [{ subject: '{{ context.event }}, {{ context.event_property }}' }],
  });
  const other = await aSequence(db);
  const filters = [{ property: 'event', operator: 'equals', value: elsewhere }] as const;
  await anEventTrigger({ event_name: name, sequence_id: sequence.id, filters: [...filters] });
  await anEventTrigger({ event_name: elsewhere, sequence_id: other.id });
  await report({ name, properties: { event: elsewhere } });
  await report({ name, properties: { event: elsewhere, event_property: 1, event_property_: null } });
  expect((await triggersOf(db, sequence.id)).map(({ context }) => context)).toEqual([
    { event: name, event_property: elsewhere },
    { event: name, event_property: 1, event_property_: null, event_property__: elsewhere },
  ]);
  expect(await triggersOf(db, other.id)).toEqual([]);
  await aWorker(db, { clock }).runDry();
  expect((await capturedOf(db, sequence.id)).map(({ subject }) => subject).toSorted()).toEqual(
    [`${name}, 1`, `${name}, ${elsewhere}`].toSorted(),
  );
});

test('an event that is handed in again with its id starts nothing twice', async () => {
  const name = aName();
  const sequence = await aSequence(db, { reentry: 'every_time' });
  await anEventTrigger({ event_name: name, sequence_id: sequence.id });
  const event = { name, id: newId(), recipient_email: anAddress() };
  const first = await report(event);
  const again = await Promise.all([report(event), report(event)]);
  for (const { body } of again) {
    expect(body.results).toEqual([{ ...first.body.results[0], repeated: true }]);
  }
  expect(await triggersOf(db, sequence.id)).toHaveLength(1);
  await report({ ...event, id: newId() });
  await report({ ...event, id: undefined });
  expect(await triggersOf(db, sequence.id)).toHaveLength(3);
});

test('an event that meets two triggers of one sequence starts it once, with an id or without', async () => {
  const name = aName();
  const sequence = await aSequence(db, { reentry: 'every_time' });
  const first = await anEventTrigger({ event_name: name, sequence_id: sequence.id });
  await anEventTrigger({ event_name: name, sequence_id: sequence.id });
  for (const id of [undefined, newId()]) {
    expect((await report({ name, id })).body.results).toMatchObject([{ event_trigger_id: first }]);
  }
  expect(await triggersOf(db, sequence.id)).toHaveLength(2);
});

test.each([
  ['no name', { name: undefined }, 'name'],
  ['a blank name', { name: ' ' }, 'name'],
  ['no email', { recipient_email: undefined }, 'recipient_email'],
  ['properties that are a list', { properties: [] }, 'properties'],
  ['properties over 16 kB', { properties: { text: 'x'.repeat(16_384) } }, 'properties'],
  ['an id that cannot be kept', { id: 'no text \0' }, 'id'],
])('%s is refused, and nothing is written', async (_name, event, path) => {
  const before = await countRows(db);
  const { status, body } = await report({ name: aName(), ...event });
  expect(status).toBe(400);
  expect(body.errors).toMatchObject([{ path }]);
  expect(await countRows(db)).toEqual(before);
});
