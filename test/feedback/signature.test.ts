import { createHmac } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { listAuditEntries } from '../../src/auth/audit.ts';
import { withKey, withSession } from '../http/bare_server.ts';
import { aClock, aContact } from '../support/factories.ts';
import { contactOf, countRows, feedbackOf } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { openServer } from './open_server.ts';

const { db } = await setup();
const clock = aClock();
const { app, post } = await openServer(db, clock);

/** The headers of a request that is signed with `secret`, but for what is given. */
function signed(
  secret: string,
  body: string,
  { id = 'msg_1', at = clock.now(), version = 'v1' }: { id?: string; at?: Date; version?: string } = {},
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `${version},${signature}` };
}

/** What an administrator asks of /api/bounces/secret. */
async function ofSecret(method: 'GET' | 'POST' | 'DELETE', payload?: object) {
  const url = '/api/bounces/secret';
  const answer = await app.inject({ method, url, headers: withSession, ...(payload ? { payload } : {}) });
  return {
    status: answer.statusCode,
    cache: answer.headers['cache-control'],
    ...(answer.body ? answer.json() : {}),
  };
}

let email: string;
let body: string;
beforeEach(async () => {
  email = await aContact(db);
  const said = { type: 'bounce', kind: 'hard', recipient_email: email, occurred_at: '2026-03-01T09:30:00Z' };
  // Not as a program would write it: the bytes are what is signed.
  body = ` ${JSON.stringify(said, null, 2)}\n`;
});

async function isSuppressed(): Promise<boolean> {
  return (await contactOf(db, email))?.suppressed_reason === 'bounced';
}

describe('a signed request', () => {
  let secret: string;
  beforeEach(async () => {
    secret = (await ofSecret('POST')).secret;
  });

  test('needs no key', async () => {
    expect(await post(body, { headers: signed(secret, body) })).toMatchObject({
      status: 200,
      body: { recorded: 1, results: [{ outcome: 'recorded', suppressed: true }] },
    });
    expect(await isSuppressed()).toBe(true);
  });

  test('may come five minutes late or early, and again, and changes nothing the second time', async () => {
    const late = signed(secret, body, { at: new Date(clock.now().getTime() - 300_000) });
    const early = signed(secret, body, { at: new Date(clock.now().getTime() + 300_000) });
    expect((await post(body, { headers: late })).body).toMatchObject({ recorded: 1 });
    expect((await post(body, { headers: late })).body).toMatchObject({ recorded: 0, repeated: 1 });
    expect((await post(body, { headers: early })).body).toMatchObject({ recorded: 0, repeated: 1 });
    const { id = '' } = (await contactOf(db, email)) ?? {};
    expect(await feedbackOf(db, id)).toHaveLength(1);
  });

  test('may bear several signatures, one of which is good', async () => {
    const { 'webhook-signature': good, ...rest } = signed(secret, body);
    const others = `v1a,b25seSBhIHRoaW5n v1,${Buffer.alloc(32).toString('base64')} v1,c2hvcnQ=`;
    const headers = { ...rest, 'webhook-signature': `${others} ${good}` };
    expect((await post(body, { headers })).status).toBe(200);
  });

  test('is refused where its signature is that of something else', async () => {
    const headers = signed(secret, body);
    const other = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
    const wrong: [string, Record<string, string>][] = [
      [body.trim(), headers],
      [body.replace('hard', 'soft'), headers],
      [body, { ...headers, 'webhook-id': 'msg_2' }],
      [body, { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) }],
      [body, { ...headers, 'webhook-signature': `${headers['webhook-signature']?.slice(0, -4)}AAA=` }],
      [body, { ...headers, 'webhook-signature': 'v1,' + '=' }],
      [body, { ...headers, 'webhook-signature': 'v1,short' }],
      [body, signed(other, body)],
      ['{"type":', headers],
    ];
    for (const [sent, under] of wrong) {
      const answer = await post(sent, { headers: under });
      expect(answer).toMatchObject({ status: 401, body: { type: 'urn:sequitur:problem:signature_wrong' } });
    }
    expect(await isSuppressed()).toBe(false);
  });

  test('that is too old, or of a future, is told by how much', async () => {
    for (const [seconds, words] of [
      [301, '301 s ago'],
      [-301, '301 s from now'],
    ] as const) {
      const headers = signed(secret, body, { at: new Date(clock.now().getTime() - seconds * 1000) });
      const answer = await post(body, { headers });
      expect(answer).toMatchObject({ status: 401, body: { type: 'urn:sequitur:problem:signature_stale' } });
      expect(answer.body.detail).toContain(words);
    }
    expect(await isSuppressed()).toBe(false);
  });

  test('is told which header is missing or malformed', async () => {
    const good = signed(secret, body);
    const { 'webhook-id': _, ...nameless } = good;
    const { 'webhook-timestamp': __, ...timeless } = good;
    const { 'webhook-signature': ___, ...unsigned } = good;
    for (const [headers, words] of [
      [nameless, 'webhook-id is missing'],
      [timeless, 'webhook-timestamp is missing'],
      [
        { ...good, 'webhook-timestamp': '2026-03-02T09:00:00Z' },
        'webhook-timestamp is not a number of seconds',
      ],
      [{ ...good, 'webhook-timestamp': '-1' }, 'webhook-timestamp is not a number of seconds'],
      [{ ...good, 'webhook-signature': '' }, 'webhook-signature has no signature of the form v1,<base64>'],
      [signed(secret, body, { version: 'v2' }), 'webhook-signature has no signature of the form v1,<base64>'],
    ] as const) {
      const answer = await post(body, { headers });
      expect(answer).toMatchObject({
        status: 401,
        body: { type: 'urn:sequitur:problem:signature_malformed' },
      });
      expect(answer.body.detail).toContain(words);
    }
    expect(await post(body, { headers: unsigned })).toMatchObject({
      status: 401,
      body: { type: 'urn:sequitur:problem:unauthenticated' },
    });
    expect(await isSuppressed()).toBe(false);
  });

  test('is not looked at where too many of its address were wrong, and good ones do not count', async () => {
    const from = async (remoteAddress: string, under: Record<string, string>) => {
      const headers = { 'content-type': 'application/json', ...under };
      const url = '/api/bounces';
      const answer = await app.inject({ method: 'POST', url, remoteAddress, headers, payload: body });
      return [answer.statusCode, Number(answer.headers['retry-after'] ?? 0)] as const;
    };
    const good = signed(secret, body);
    const wrong = signed(secret, 'something else');
    for (let n = 0; n < 40; n += 1) expect(await from('192.0.2.1', good)).toEqual([200, 0]);
    for (let n = 0; n < 30; n += 1) expect(await from('192.0.2.1', wrong)).toEqual([401, 0]);
    for (const under of [wrong, good]) {
      const [status, seconds] = await from('192.0.2.1', under);
      expect(status).toBe(429);
      expect(seconds).toBeGreaterThan(0);
    }
    expect(await from('192.0.2.2', good)).toEqual([200, 0]);
  });

  test('without a body is refused, whatever it says of itself', async () => {
    const headers = signed(secret, '');
    expect((await post(undefined, { headers })).status).toBe(401);
    const good = await post('', { headers });
    expect(good).toMatchObject({ status: 400, body: { type: 'urn:sequitur:problem:not_json' } });
    expect((await post('{}', { headers })).status).toBe(401);
  });

  test('that has a key as well counts by its key', async () => {
    const bad = { ...signed(secret, 'something else'), ...withKey };
    expect((await post(body, { headers: bad })).status).toBe(200);
    const headers = { ...signed(secret, body), authorization: 'Bearer unknown' };
    expect((await post(body, { headers })).status).toBe(401);
  });

  test('opens nothing but this one address', async () => {
    for (const url of ['/api/bounces/secret', '/api/audit']) {
      const answer = await app.inject({ method: 'GET', url, headers: signed(secret, '') });
      expect([401, 404]).toContain(answer.statusCode);
    }
  });
});

describe('the secret', () => {
  beforeEach(async () => {
    await ofSecret('DELETE');
  });

  const statusOf = async (secret: string) => (await post(body, { headers: signed(secret, body) })).status;

  test('is there once it was made, is shown once, and is good for libraries', async () => {
    expect(await ofSecret('GET')).toMatchObject({ exists: false, created_at: null, previous_until: null });
    const made = await ofSecret('POST');
    expect(made).toEqual({
      status: 201,
      cache: 'no-store',
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
      created_at: clock.now().toISOString(),
      previous_until: null,
    });
    const told = await ofSecret('GET');
    expect(told).toMatchObject({ status: 200, exists: true, created_at: clock.now().toISOString() });
    expect(JSON.stringify(told)).not.toContain(made.secret.slice(6));
  });

  test('is replaced without a gap: the one before is good for a day more', async () => {
    const { secret: first } = await ofSecret('POST');
    const { secret: second, previous_until } = await ofSecret('POST');
    expect(previous_until).toBe(new Date(clock.now().getTime() + 86_400_000).toISOString());
    expect([await statusOf(first), await statusOf(second)]).toEqual([200, 200]);
    clock.advance({ days: 1 });
    expect([await statusOf(first), await statusOf(second)]).toEqual([401, 200]);
    expect(await ofSecret('GET')).toMatchObject({ exists: true, previous_until: null });
  });

  test('that has leaked ends at once', async () => {
    const { secret: first } = await ofSecret('POST');
    const { secret: second } = await ofSecret('POST', { keep_previous_hours: 0 });
    expect([await statusOf(first), await statusOf(second)]).toEqual([401, 200]);
    expect(await ofSecret('DELETE')).toMatchObject({ status: 204 });
    const answer = await post(body, { headers: signed(second, body) });
    expect(answer).toMatchObject({ status: 401, body: { type: 'urn:sequitur:problem:no_signing_secret' } });
  });

  test('made by two administrators at once is one of the two, and the other stays good beside it', async () => {
    await ofSecret('POST');
    const both = await Promise.all([ofSecret('POST'), ofSecret('POST')]);
    expect(await Promise.all(both.map(({ secret }) => statusOf(secret)))).toEqual([200, 200]);
  });

  test('is for administrators, and each change is in the log', async () => {
    for (const method of ['GET', 'POST', 'DELETE'] as const) {
      const answer = await app.inject({ method, url: '/api/bounces/secret', headers: withKey });
      expect(answer.statusCode).toBe(403);
    }
    const { secret } = await ofSecret('POST');
    await ofSecret('POST', { keep_previous_hours: 1 });
    await ofSecret('DELETE');
    await ofSecret('DELETE');
    const entries = await listAuditEntries(db, undefined, 3);
    expect(entries.map(({ action, detail }) => [action, detail]).reverse()).toEqual([
      ['bounce_secret.created', {}],
      ['bounce_secret.renewed', { keep_previous_hours: 1 }],
      ['bounce_secret.removed', {}],
    ]);
    expect(JSON.stringify(entries)).not.toContain(secret.slice(6));
    const before = await countRows(db);
    expect((await ofSecret('POST', { keep_previous_hours: 169 })).status).toBe(400);
    expect(await countRows(db)).toEqual(before);
  });
});
