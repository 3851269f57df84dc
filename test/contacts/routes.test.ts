import { beforeEach, describe, expect, test } from 'vitest';
import { listAuditEntries } from '../../src/auth/audit.ts';
import { findContact } from '../../src/contacts/contacts.ts';
import { registerContacts } from '../../src/contacts/routes.ts';
import { laneOf } from '../../src/db/lanes.ts';
import { createCursors } from '../../src/http/cursor.ts';
import { newId } from '../../src/lib/uuid.ts';
import { bareServer, withSession } from '../http/bare_server.ts';
import { setup } from '../support/setup.ts';
import { eraseContact } from './erase.sql.ts';

const { db } = await setup();
const ended: [id: string, reason: string][] = [];
const announced: [lane: number, sequenceIds: string[]][] = [];
let runsFail = false;
let clock = Date.parse('2026-03-02T09:00:00.000Z');

const app = await bareServer();
registerContacts(app, {
  db,
  directory: { lanes: 32, secret: Buffer.alloc(32, 7) },
  cursors: createCursors(Buffer.alloc(32, 7)),
  now: () => new Date(clock),
  endRuns: async (_tx, contact, reason) => {
    if (runsFail) throw new Error('the ledger cannot be written');
    ended.push([contact.id, reason]);
    return ['a sequence'];
  },
  onCommitted: (lane, sequenceIds) => announced.push([lane, sequenceIds]),
});

beforeEach(() => {
  ended.length = 0;
  announced.length = 0;
  clock += 60_000;
});

describe('contacts over HTTP', () => {
  test('need a session or a key', async () => {
    const answer = await app.inject({ method: 'GET', url: '/api/contacts' });
    expect(answer.statusCode).toBe(401);
  });

  test('are made, read and changed', async () => {
    const person = {
      name: 'Ada Lovelace',
      external_user_id: 'user_1',
      properties: { plan: 'pro', address: { city: 'London' } },
      time_zone: 'Europe/London',
    };
    const made = await post('/api/contacts', { email: ' Ada@Example.COM', ...person });
    expect(made).toEqual({
      status: 201,
      body: {
        id: made.body.id,
        email: 'ada@example.com',
        ...person,
        unsubscribed_at: null,
        suppressed_at: null,
        suppressed_reason: null,
        erased_at: null,
        created_at: new Date(clock).toISOString(),
        updated_at: new Date(clock).toISOString(),
      },
    });
    const url = `/api/contacts/${made.body.id}`;
    expect(await get(url)).toEqual({ status: 200, body: made.body });
    const patched = await send('PATCH', url, { properties: { plan: null, seats: 2 }, name: null });
    expect(patched.body).toMatchObject({
      name: null,
      external_user_id: 'user_1',
      time_zone: 'Europe/London',
    });
    expect(patched.body.properties).toEqual({ seats: 2, address: { city: 'London' } });
    expect(await send('PATCH', url, {})).toEqual(patched);
    expect(await auditOf(made.body.id)).toEqual([
      ['contact.created', {}],
      ['contact.updated', { fields: ['name', 'properties'] }],
    ]);
  });

  test('that exist are a 409 that names them', async () => {
    const { id } = await contact('twice@example.com');
    const again = await post('/api/contacts', { email: 'TWICE@example.com' });
    expect(again).toMatchObject({ status: 409, body: { type: 'urn:sequitur:problem:contact_exists' } });
    expect(again.body.detail).toContain(id);
  });

  test('are refused with the problem of every field', async () => {
    const body = { email: 7, name: '', properties: [], time_zone: 'Mars/Olympus', lane: 3 };
    const refused = await post('/api/contacts', body);
    expect(refused.status).toBe(400);
    expect(pathsOf(refused)).toEqual(['email', 'lane', 'name', 'properties', 'time_zone']);
    const malformed = await post('/api/contacts', { email: 'nobody' });
    expect(malformed).toMatchObject({ status: 400, body: { errors: [{ path: 'email' }] } });
    const large = await post('/api/contacts', {
      email: 'a@example.com',
      properties: { a: 'x'.repeat(17_000) },
    });
    expect(large).toMatchObject({ status: 400, body: { errors: [{ path: 'properties' }] } });
  });

  test('cannot be given another address yet', async () => {
    const { id } = await contact('fixed@example.com');
    const refused = await send('PATCH', `/api/contacts/${id}`, { email: 'other@example.com' });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ path: 'email' }] } });
  });

  test('that are not there are a 404', async () => {
    const url = `/api/contacts/${newId()}`;
    expect(await get(url)).toMatchObject({ status: 404 });
    expect(await send('PATCH', url, { name: 'X' })).toMatchObject({ status: 404 });
    expect(await post(`${url}/suppress`)).toMatchObject({ status: 404 });
    expect(await get('/api/contacts/ada')).toMatchObject({ status: 400 });
  });

  test('are listed newest first, page by page, and searched', async () => {
    for (const n of [1, 2, 3]) {
      clock += 1000;
      await contact(`listed${n}@example.com`);
    }
    const first = await get('/api/contacts?search=listed&limit=2');
    expect(emailsIn(first)).toEqual(['listed3@example.com', 'listed2@example.com']);
    const second = await get(`/api/contacts?search=listed&limit=2&cursor=${first.body.next_cursor}`);
    expect(emailsIn(second)).toEqual(['listed1@example.com']);
    expect(second.body.next_cursor).toBeNull();
    expect((await get('/api/contacts?limit=1')).body.contacts[0]).not.toHaveProperty('lane');
  });
});

describe('mail to a contact, over HTTP', () => {
  test.each([
    ['suppress', 'unsuppress', 'suppressed_at', 'suppressed', 'unsuppressed'],
    ['unsubscribe', 'resubscribe', 'unsubscribed_at', 'unsubscribed', 'resubscribed'],
  ])(
    'is stopped by %s, with what is on its way, and allowed by %s',
    async (stop, allow, field, stopped, allowed) => {
      const { id } = await contact(`${stop}@example.com`);
      const at = new Date(clock).toISOString();
      expect(await post(`/api/contacts/${id}/${stop}`)).toMatchObject({ status: 200, body: { [field]: at } });
      expect(ended).toEqual([[id, stopped]]);
      expect(announced).toEqual([[laneOf(`${stop}@example.com`, 32), ['a sequence']]]);
      clock += 1000;
      expect(await post(`/api/contacts/${id}/${stop}`)).toMatchObject({ status: 200, body: { [field]: at } });
      expect(await post(`/api/contacts/${id}/${allow}`)).toMatchObject({
        status: 200,
        body: { [field]: null },
      });
      expect(await post(`/api/contacts/${id}/${allow}`)).toMatchObject({
        status: 200,
        body: { [field]: null },
      });
      expect(ended).toHaveLength(1);
      expect((await auditOf(id)).map(([action]) => action)).toEqual([
        'contact.created',
        `contact.${stopped}`,
        `contact.${allowed}`,
      ]);
    },
  );

  test('is not stopped where what is on its way cannot be ended', async () => {
    const { id } = await contact('atomic@example.com');
    runsFail = true;
    expect(await post(`/api/contacts/${id}/unsubscribe`)).toMatchObject({ status: 500 });
    runsFail = false;
    expect(await findContact(db, id)).toMatchObject({ unsubscribed_at: null });
    expect((await auditOf(id)).map(([action]) => action)).toEqual(['contact.created']);
  });

  test('of an erased person cannot be decided on', async () => {
    const { id } = await contact('erased@example.com');
    await eraseContact(db, laneOf('erased@example.com', 32), id, new Date(clock));
    for (const verb of ['suppress', 'unsuppress', 'unsubscribe', 'resubscribe']) {
      const refused = await post(`/api/contacts/${id}/${verb}`);
      expect(refused).toMatchObject({ status: 409, body: { type: 'urn:sequitur:problem:erased' } });
    }
    expect(await send('PATCH', `/api/contacts/${id}`, { name: 'Back' })).toMatchObject({ status: 409 });
    expect(await get(`/api/contacts/${id}`)).toMatchObject({ status: 200, body: { name: null } });
  });
});

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever JSON is answered
type Answer = { status: number; body: any };

async function send(method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object): Promise<Answer> {
  const answer = await app.inject({ method, url, headers: withSession, ...(payload && { payload }) });
  return { status: answer.statusCode, body: answer.json() };
}

function get(url: string) {
  return send('GET', url);
}

function post(url: string, payload?: object) {
  return send('POST', url, payload);
}

async function contact(email: string): Promise<{ id: string }> {
  const { status, body } = await post('/api/contacts', { email });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body;
}

function pathsOf({ body }: Answer): string[] {
  return body.errors.map(({ path }: { path: string }) => path).sort();
}

function emailsIn({ body }: Answer): string[] {
  return body.contacts.map(({ email }: { email: string }) => email);
}

async function auditOf(id: string): Promise<[action: string, detail: object][]> {
  const entries = await listAuditEntries(db, undefined, 1000);
  const ofThis = entries.filter(({ object_id }) => object_id === id);
  return ofThis.sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ action, detail }) => [action, detail]);
}
