import { describe, expect, test } from 'vitest';
import { listAuditEntries } from '../../src/auth/audit.ts';
import { createCursors } from '../../src/http/cursor.ts';
import { registerSequences } from '../../src/sequences/routes.ts';
import { bareServer, withSession } from '../http/bare_server.ts';
import { setup } from '../support/setup.ts';

const { db } = await setup();
let clock = Date.parse('2026-03-02T09:00:00.000Z');

const app = await bareServer();
registerSequences(app, {
  db,
  cursors: createCursors(Buffer.alloc(32, 7)),
  now: () => new Date(clock),
  onChanged: () => {},
});

const step = { subject: 'Hello', html: '<p>Hello</p>' };
const office = { days: ['monday', 'friday'], from: '09:00', to: '17:30' };
const isPro = { property: 'contact.properties.plan', operator: 'equals', value: 'pro' };

describe('the send window of a sequence', () => {
  test('is set when it is made, changed, and taken away again', async () => {
    const made = await send('POST', '/api/sequences', { name: 'Windowed', send_window: office });
    expect(made).toMatchObject({ status: 201, body: { send_window: office } });
    const url = `/api/sequences/${made.body.id}`;
    expect(await send('PATCH', url, { send_window: { ...office, days: ['sunday'] } })).toMatchObject({
      status: 200,
      body: { send_window: { ...office, days: ['sunday'] } },
    });
    await send('PATCH', url, { send_window: { to: '24:00', from: '09:00', days: ['sunday'] } });
    await send('PATCH', url, { send_window: { days: ['sunday'], from: '09:00', to: '24:00' } });
    expect(await send('PATCH', url, { name: 'Still windowed' })).toMatchObject({
      body: { send_window: { to: '24:00' } },
    });
    expect(await send('PATCH', url, { send_window: null })).toMatchObject({ body: { send_window: null } });
    expect(await entriesOf(made.body.id)).toEqual([
      ['sequence.created', undefined],
      ['sequence.updated', ['send_window']],
      ['sequence.updated', ['send_window']],
      ['sequence.updated', ['name']],
      ['sequence.updated', ['send_window']],
    ]);
  });

  test.each([
    ['no day', { ...office, days: [] }, 'send_window.days', /at least one day/],
    ['a day twice', { ...office, days: ['monday', 'monday'] }, 'send_window.days', /each day once/],
    ['a day that is none', { ...office, days: ['mon'] }, 'send_window.days[0]', /monday/],
    ['an end before its start', { ...office, to: '08:00' }, 'send_window.to', /later than `from`/],
    ['a night', { ...office, from: '22:00', to: '06:00' }, 'send_window.to', /on the day on which it begins/],
    ['an hour that is none', { ...office, from: '9:00' }, 'send_window.from', /00:00 to 23:59/],
    ['a start at the end of the day', { ...office, from: '24:00' }, 'send_window.from', /00:00 to 23:59/],
    ['an end after that', { ...office, to: '24:01' }, 'send_window.to', /to 24:00/],
    ['no end', { days: ['monday'], from: '09:00' }, 'send_window.to', /required/],
  ])('with %s is refused', async (_, send_window, path, message) => {
    const { body: made } = await send('POST', '/api/sequences', { name: 'Refusing' });
    for (const refused of [
      await send('PATCH', `/api/sequences/${made.id}`, { send_window }),
      await send('POST', '/api/sequences', { name: 'Refused', send_window }),
    ]) {
      expect(refused.status).toBe(400);
      expect(refused.body.errors).toEqual([{ path, message: expect.stringMatching(message) }]);
    }
  });
});

describe('the hour and the conditions of a step', () => {
  test('are kept with each revision', async () => {
    const { body: made } = await send('POST', '/api/sequences', { name: 'Stepped' });
    const steps = `/api/sequences/${made.id}/steps`;
    const { body: plain } = await send('POST', steps, step);
    expect(plain).toMatchObject({ send_at: null, skip_if: [] });
    const edited = await send('PATCH', `${steps}/${plain.id}`, { send_at: '09:00', skip_if: [isPro] });
    expect(edited).toMatchObject({ status: 200, body: { revision: 2, send_at: '09:00', skip_if: [isPro] } });
    const { operator, value, property } = isPro;
    const same = await send('PATCH', `${steps}/${plain.id}`, { skip_if: [{ value, operator, property }] });
    expect(same.body.revision).toBe(2);
    const cleared = await send('PATCH', `${steps}/${plain.id}`, { send_at: null, skip_if: [] });
    expect(cleared.body).toMatchObject({ revision: 3, send_at: null, skip_if: [], subject: 'Hello' });
    expect((await send('GET', `${steps}/${plain.id}/revisions`)).body.revisions).toMatchObject([
      { revision: 3, send_at: null, skip_if: [] },
      { revision: 2, send_at: '09:00', skip_if: [isPro] },
      { revision: 1, send_at: null, skip_if: [] },
    ]);
    const { body: another } = await send('POST', steps, { ...step, send_at: '23:59', skip_if: [isPro] });
    expect((await send('GET', `/api/sequences/${made.id}`)).body.steps).toMatchObject([
      { id: plain.id, send_at: null },
      { id: another.id, send_at: '23:59', skip_if: [isPro] },
    ]);
  });

  test.each([
    ['an hour past the day', { send_at: '24:00' }, 'send_at', /00:00 to 23:59/],
    ['an hour of one digit', { send_at: '9:00' }, 'send_at', /two digits/],
    ['no clear hour', { send_at: 'nine' }, 'send_at', /must be a time/],
    [
      'a bare property',
      { skip_if: [{ ...isPro, property: 'plan' }] },
      'skip_if[0].property',
      /contact\.prop/,
    ],
    ['all of them', { skip_if: [{ ...isPro, property: 'context' }] }, 'skip_if[0].property', /context\./],
    [
      'another field',
      { skip_if: [{ ...isPro, property: 'contact.email' }] },
      'skip_if[0].property',
      /contact/,
    ],
    ['no value', { skip_if: [{ ...isPro, value: undefined }] }, 'skip_if[0].value', /required/],
    ['no number', { skip_if: [{ ...isPro, operator: 'less_than' }] }, 'skip_if[0].value', /number/],
    ['no such operator', { skip_if: [{ ...isPro, operator: 'is' }] }, 'skip_if[0].operator', /equals/],
    ['too many', { skip_if: Array(21).fill(isPro) }, 'skip_if', /20/],
  ])('with %s are refused', async (_, fields, path, message) => {
    const { body: made } = await send('POST', '/api/sequences', { name: 'Refusing steps' });
    const refused = await send('POST', `/api/sequences/${made.id}/steps`, { ...step, ...fields });
    expect(refused.status).toBe(400);
    expect(refused.body.errors).toEqual([{ path, message: expect.stringMatching(message) }]);
  });
});

test('a sequence says when it last ceased to be active', async () => {
  const { body: made } = await send('POST', '/api/sequences', { name: 'Paused' });
  const url = `/api/sequences/${made.id}`;
  await send('POST', `${url}/steps`, step);
  const paused_at = async (status: string) => {
    clock += 60_000;
    return (await send('POST', `${url}/status`, { status })).body.paused_at;
  };
  expect(await paused_at('active')).toBeNull();
  const since = await paused_at('paused');
  expect(since).toBe(new Date(clock).toISOString());
  expect(await paused_at('archived')).toBe(since);
  expect(await paused_at('paused')).toBe(since);
  expect(await paused_at('active')).toBe(since);
  expect(await paused_at('archived')).toBe(new Date(clock).toISOString());
});

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever JSON is answered
type Answer = { status: number; body: any };

async function send(method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object): Promise<Answer> {
  const answer = await app.inject({
    method,
    url,
    headers: { ...withSession },
    ...(payload && { payload }),
  });
  return { status: answer.statusCode, body: answer.json() };
}

async function entriesOf(id: string): Promise<unknown[]> {
  const entries = await listAuditEntries(db, undefined, 1000);
  const ofThis = entries.filter(({ object_id }) => object_id === id);
  return ofThis
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ action, detail }) => [action, (detail as { fields?: string[] } | null)?.fields]);
}
