import { Writable } from 'node:stream';
import pino from 'pino';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { problem } from '../../src/http/errors.ts';
import { withForms } from '../../src/http/forms.ts';
import { Unavailable } from '../../src/lib/unavailable.ts';
import { bareServer, withKey } from './bare_server.ts';

const lines: string[] = [];
const logger = pino(
  {},
  new Writable({ write: (chunk, _encoding, done) => done(void lines.push(String(chunk))) }),
);
const app = await bareServer({ logger });

const recipient = z.object({ recipient_email: z.email(), name: z.string().max(5).optional() });
const trigger = {
  params: z.object({ id: z.uuid() }),
  querystring: z.object({
    time_range: z.enum(['7d', '30d', 'all']).optional(),
    limit: z.coerce.number().int().max(10).optional(),
  }),
  body: z.union([recipient, z.object({ recipients: z.array(recipient).min(1).max(4) })]),
};
app.post('/api/things/:id', { schema: trigger }, async () => ({ ok: true }));
const named = z.object({ properties: z.record(z.string().min(1), z.unknown()) });
app.post('/api/named', { schema: { body: named } }, async () => ({ ok: true }));
app.post('/api/small', { bodyLimit: 50 }, async () => ({ ok: true }));
withForms(app, (scope) => {
  const schema = { body: z.strictObject({ email: z.email() }) };
  scope.post('/p/form', { schema }, async () => ({ ok: true }));
});
app.get('/api/limited', { config: { rateLimit: { max: 1, timeWindow: 60_000 } } }, async () => ({
  ok: true,
}));
app.get('/api/missing', async () => {
  throw problem.notFound('sequence', 'spring-sale');
});
app.get('/api/busy', async () => {
  throw new Unavailable('Too much waits.', { seconds: 5, cause: new Error('password=hunter2') });
});
app.get('/api/conflict', async () => {
  throw problem.conflict('It has been edited meanwhile.', 'edited_meanwhile');
});
app.get('/api/broken', async () => {
  throw Object.assign(new Error('password=hunter2'), {
    statusCode: 418,
    detail: 'Key (email)=(ada@example.com)',
  });
});
const wrongAnswer = { querystring: z.looseObject({}), response: { 200: z.object({ n: z.number() }) } };
app.get('/api/wrong-answer', { schema: wrongAnswer }, async () => {
  return { n: 'secret' as unknown as number };
});

const thing = '/api/things/01890a5d-ac96-774b-bcce-b302099a8057';

function post(url: string, payload: string | object, headers: Record<string, string> = {}) {
  return app.inject({ method: 'POST', url, headers: { ...withKey, ...headers }, payload });
}

function get(url: string, headers: Record<string, string> = {}) {
  return app.inject({ url, headers: { ...withKey, ...headers } });
}

test('every field’s problem is named at once: in the path, the body and the query', async () => {
  const answer = await post('/api/things/42?time_range=1d&limit=many', {
    recipients: [{ recipient_email: 'ada@example.com' }, { name: 'Bernadette' }, { recipient_email: 7 }],
  });
  expect(answer.statusCode).toBe(400);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(answer.json()).toEqual({
    type: 'urn:sequitur:problem:invalid',
    title: 'Bad Request',
    status: 400,
    detail: expect.stringMatching(/^id is not a UUID; .*; and 3 more\.$/),
    errors: [
      { path: 'id', message: 'is not a UUID' },
      { path: 'recipients[1].recipient_email', message: 'is required' },
      { path: 'recipients[1].name', message: 'must have at most 5 characters' },
      { path: 'recipients[2].recipient_email', message: 'must be text' },
      { path: 'time_range', message: 'must be one of 7d, 30d, all' },
      { path: 'limit', message: 'must be a number' },
    ],
  });
});

test('of the forms that a body may have, the nearest one is explained', async () => {
  const errors = async (body: string | object) =>
    (await post(thing, body, { 'content-type': 'application/json' })).json().errors;
  expect(await errors({ recipient_email: 'ada' })).toEqual([
    { path: 'recipient_email', message: 'is not an email address' },
  ]);
  expect(await errors({ recipients: [] })).toEqual([{ path: 'recipients', message: 'must not be empty' }]);
  for (const body of ['[]', 'null', '7'])
    expect(await errors(body)).toEqual([{ path: 'body', message: 'must be an object' }]);
  expect(await errors('{}')).toEqual([
    { path: 'recipient_email', message: 'is required, or else recipients' },
  ]);
});

test('a parameter that is given twice, and a name that is not allowed, are called so', async () => {
  const twice = await post(`${thing}?limit=1&limit=2&time_range=7d&time_range=30d`, {
    recipient_email: 'a@b.co',
  });
  expect(twice.json().errors).toEqual([
    { path: 'time_range', message: 'may be given only once' },
    { path: 'limit', message: 'may be given only once' },
  ]);
  const named = await post('/api/named', { properties: { '': 1, plan: 2 } });
  expect(named.json().errors).toEqual([{ path: 'properties', message: 'has a name that must not be empty' }]);
});

test('a body that was not sent is required', async () => {
  const answer = await app.inject({ method: 'POST', url: thing, headers: withKey });
  expect(answer.json().errors).toEqual([{ path: 'body', message: 'is required' }]);
});

test('a body that is not JSON, too large, or of an unknown kind says so', async () => {
  const json = { 'content-type': 'application/json' };
  const cases = [
    [await post(thing, '{"a":', json), 400, 'not_json', 'The body is not valid JSON.'],
    [await post(thing, '', json), 400, 'not_json', 'The body is empty, but Content-Type says JSON.'],
    [
      await post('/api/small', { text: 'x'.repeat(60) }),
      413,
      'too_large',
      'The body is larger than this address takes.',
    ],
    [
      await post(thing, '{}', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'unsupported_media_type',
      'The body came as "application/x-www-form-urlencoded". Send it as JSON, with Content-Type: application/json.',
    ],
    [
      await post(thing, '{}', { 'content-type': 'text/plain; charset=utf-8' }),
      415,
      'unsupported_media_type',
      'The body came as "text/plain". Send it as JSON, with Content-Type: application/json.',
    ],
    [
      await post(thing, '{}', { 'content-type': '' }),
      415,
      'unsupported_media_type',
      'The body came without a Content-Type. Send it as JSON, with Content-Type: application/json.',
    ],
  ] as const;
  for (const [answer, status, kind, detail] of cases) {
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ status, type: `urn:sequitur:problem:${kind}`, detail });
  }
});

test('the default limit of a body is 1 MB', async () => {
  const send = (bytes: number) =>
    post(thing, `{"recipient_email":"a@example.com","x":"${'x'.repeat(bytes - 42)}"}`, {
      'content-type': 'application/json',
    });
  expect((await send(1_048_576)).statusCode).toBe(200);
  expect((await send(1_048_577)).statusCode).toBe(413);
});

test('what routes throw keeps its kind and its words', async () => {
  const missing = await get('/api/missing');
  expect(missing.statusCode).toBe(404);
  expect(missing.json().detail).toBe('There is no sequence "spring-sale".');
  const conflict = await get('/api/conflict');
  expect(conflict.statusCode).toBe(409);
  expect(conflict.json().type).toBe('urn:sequitur:problem:edited_meanwhile');
});

test('an address that is not there, or badly written, is a problem too', async () => {
  for (const method of ['GET', 'PUT'] as const) {
    const answer = await app.inject({ method, url: '/api/nothing?token=secret' });
    expect(answer.statusCode).toBe(404);
    expect(answer.json().detail).toBe(`Nothing answers ${method} /api/nothing.`);
  }
  const bad = await app.inject({ url: '/api/%zz' });
  expect(bad.statusCode).toBe(400);
  expect(bad.headers['content-type']).toMatch(/^application\/problem\+json/);
});

test('too many requests are told when to come back', async () => {
  expect((await get('/api/limited')).statusCode).toBe(200);
  const answer = await get('/api/limited');
  expect(answer.statusCode).toBe(429);
  expect(answer.json().type).toBe('urn:sequitur:problem:too_many');
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
});

test('what cannot be done at the moment is told when to come again, and why is found in the log', async () => {
  lines.length = 0;
  const answer = await get('/api/busy');
  expect(answer.statusCode).toBe(503);
  expect(answer.headers['retry-after']).toBe('5');
  expect(answer.json()).toMatchObject({
    type: 'urn:sequitur:problem:unavailable',
    detail: 'Too much waits. Try again in 5 s.',
  });
  expect(lines.join('')).toContain('hunter2');
});

test('an unexpected failure keeps its inside to itself, and is found in the log', async () => {
  for (const url of ['/api/broken', '/api/wrong-answer']) {
    lines.length = 0;
    const answer = await get(`${url}?search=ada@example.com`, { cookie: 'session=abc' });
    expect(answer.statusCode).toBe(500);
    const document = answer.json();
    expect(document).toEqual({
      type: 'urn:sequitur:problem:internal',
      title: 'Internal Server Error',
      status: 500,
      detail: 'Something went wrong here. It has been logged.',
      instance: expect.stringMatching(/^urn:uuid:/),
    });
    const log = lines.join('');
    expect(log).toContain(document.instance.slice('urn:uuid:'.length));
    expect(log).not.toMatch(/ada@example\.com|session=abc|Bearer/);
  }
});

test('a browser outside the API gets a page, with what it was sent made harmless', async () => {
  const headers = { accept: 'text/html,*/*', 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await post('/p/form', 'email=x&%3Cb%3E=1', headers);
  expect(answer.statusCode).toBe(400);
  expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(answer.body).toContain('email is not an email address');
  expect(answer.body).not.toContain('<b>');
  expect((await post('/p/form', { email: 'x' })).headers['content-type']).toMatch(/problem\+json/);
});
