import { expect, test } from 'vitest';
import { listAuditEntries } from '../../src/auth/audit.ts';
import { createCursors } from '../../src/http/cursor.ts';
import { newId } from '../../src/lib/uuid.ts';
import { MAX_GOALS } from '../../src/sequences/goals.ts';
import { registerSequences } from '../../src/sequences/routes.ts';
import { bareServer, withSession } from '../http/bare_server.ts';
import { setup } from '../support/setup.ts';

const { db } = await setup();
const now = new Date('2026-03-02T09:00:00.000Z');
const app = await bareServer();
const cursors = createCursors(Buffer.alloc(32, 7));
registerSequences(app, { db, cursors, now: () => now, onChanged: () => {} });

async function send(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) {
  const options = { method, url, headers: withSession, ...(payload && { payload }) };
  const answer = await app.inject(options);
  return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() };
}

async function aSequence(name: string): Promise<{ id: string; key: string }> {
  return (await send('POST', '/api/sequences', { name })).body;
}

test('goals are named, listed in their order, changed and removed, and the log says so', async () => {
  const { id, key } = await aSequence('Cart');
  const filters = [{ property: 'order.total', operator: 'greater_than', value: 50 }];
  const made = await send('POST', `/api/sequences/${key}/goals`, { event_name: ' order_paid ', filters });
  expect(made).toMatchObject({ status: 201, body: { sequence_id: id, event_name: 'order_paid', filters } });
  const second = await send('POST', `/api/sequences/${key}/goals`, { event_name: 'left' });
  expect((await send('GET', `/api/sequences/${id}/goals`)).body).toEqual({ goals: [made.body, second.body] });
  const url = `/api/sequences/${key}/goals/${made.body.id}`;
  const patched = await send('PATCH', url, { filters: [] });
  expect(patched).toMatchObject({ status: 200, body: { event_name: 'order_paid', filters: [] } });
  expect(await send('PATCH', url, { filters: [] })).toEqual(patched);
  expect(await send('DELETE', url)).toMatchObject({ status: 204 });
  expect(await send('DELETE', url)).toMatchObject({ status: 404 });
  expect(await send('PATCH', url, {})).toMatchObject({ status: 404 });
  const entries = (await listAuditEntries(db, undefined, 100)).filter(
    ({ object_id }) => object_id === made.body.id,
  );
  expect(entries.map(({ action }) => action).toReversed()).toEqual([
    'goal.added',
    'goal.edited',
    'goal.removed',
  ]);
  expect(entries[1]?.detail).toEqual({ event_name: 'order_paid', sequence_id: id, fields: ['filters'] });
});

test('a goal is of one sequence, and is not found by way of another', async () => {
  const [one, other] = [await aSequence('One'), await aSequence('Other')];
  const { body } = await send('POST', `/api/sequences/${one.id}/goals`, { event_name: 'x' });
  const url = `/api/sequences/${other.id}/goals/${body.id}`;
  expect(await send('PATCH', url, { event_name: 'y' })).toMatchObject({ status: 404 });
  expect(await send('DELETE', url)).toMatchObject({ status: 404 });
  expect(await send('GET', '/api/sequences/no-such-key/goals')).toMatchObject({ status: 404 });
  expect(await send('POST', `/api/sequences/${newId()}/goals`, { event_name: 'x' })).toMatchObject({
    status: 404,
  });
});

test('a goal is refused with every problem of its fields, and so is one too many', async () => {
  const { id } = await aSequence('Many');
  const filters = [{ property: 'a', operator: 'less_than', value: 'many' }];
  const refused = await send('POST', `/api/sequences/${id}/goals`, { event_name: ' ', filters, x: 1 });
  expect(refused.status).toBe(400);
  const paths = refused.body.errors.map(({ path }: { path: string }) => path);
  expect(paths).toEqual(expect.arrayContaining(['event_name', 'filters[0].value']));
  for (let n = 0; n < MAX_GOALS; n++)
    expect((await send('POST', `/api/sequences/${id}/goals`, { event_name: `e${n}` })).status).toBe(201);
  expect(await send('POST', `/api/sequences/${id}/goals`, { event_name: 'more' })).toMatchObject({
    status: 409,
    body: { type: 'urn:sequitur:problem:too_many_goals' },
  });
});
