import { expect, test } from 'vitest';
import { z } from 'zod';
import { bareServer, withKey } from './bare_server.ts';

const app = await bareServer();
const answer = async () => ({ ok: true });
const range = z.object({ time_range: z.string().optional(), source: z.string().optional() });
const checked = range.check(({ value, issues }) => {
  if (value.source) issues.push({ code: 'custom', input: value, path: ['source'], message: 'is refused' });
});
app.get('/api/numbers', { schema: { querystring: checked } }, answer);
app.get('/api/plain', { schema: { response: { 200: z.object({ ok: z.boolean() }) } } }, answer);
app.post('/api/things', { schema: { body: z.object({ name: z.string() }) } }, answer);
app.post('/api/loose', { schema: { body: z.looseObject({}) } }, answer);
app.post('/api/stop', { schema: { params: z.object({}) } }, answer);
app.delete('/api/things', { schema: { params: z.object({}) } }, answer);
app.get('/p/page', { schema: { querystring: z.object({}) } }, answer);

async function errorsOf(method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) {
  const said = payload && { payload };
  const { statusCode, body } = await app.inject({ method, url, headers: withKey, ...said });
  return statusCode === 200 ? 'ok' : JSON.parse(body).errors;
}

test('an unknown parameter is refused by name, beside the other problems, and told what there is', async () => {
  expect(await errorsOf('GET', '/api/numbers?time_range=7d')).toBe('ok');
  expect(await errorsOf('GET', '/api/numbers?range=7d')).toEqual([
    { path: 'range', message: 'is not known here (known are time_range, source)' },
  ]);
  expect(await errorsOf('GET', '/api/numbers?source=x')).toEqual([{ path: 'source', message: 'is refused' }]);
  expect(await errorsOf('POST', '/api/things?a=1&b=2', {})).toEqual([
    { path: 'name', message: 'is required' },
    { path: 'a', message: 'is not known here' },
    { path: 'b', message: 'is not known here' },
  ]);
});

test('a route without parameters takes none', async () => {
  expect(await errorsOf('GET', '/api/plain?limit=5')).toEqual([
    { path: 'limit', message: 'is not known here' },
  ]);
  expect(await errorsOf('GET', '/api/openapi.json?x=1')).toEqual([
    { path: 'x', message: 'is not known here' },
  ]);
  expect(await errorsOf('GET', '/api/plain')).toBe('ok');
});

test('an unknown field is refused by name, also where no body is taken, unless a schema is loose', async () => {
  expect(await errorsOf('POST', '/api/things', { name: 'a', nmae: 'b' })).toEqual([
    { path: 'nmae', message: 'is not known here (known are name)' },
  ]);
  expect(await errorsOf('POST', '/api/stop', { reason: 'x' })).toEqual([
    { path: 'reason', message: 'is not known here' },
  ]);
  expect(await errorsOf('DELETE', '/api/things', { reason: 'x' })).toHaveLength(1);
  expect(await errorsOf('POST', '/api/loose', { any: 1 })).toBe('ok');
});

test('where no body is taken, none and an empty one are the same', async () => {
  expect(await errorsOf('POST', '/api/stop')).toBe('ok');
  expect(await errorsOf('POST', '/api/stop', {})).toBe('ok');
  expect(await errorsOf('DELETE', '/api/things')).toBe('ok');
  const headers = { ...withKey, 'content-type': 'application/json' };
  for (const [method, url, status] of [
    ['DELETE', '/api/things', 200],
    ['POST', '/api/stop', 200],
    ['POST', '/api/things', 400],
  ] as const) {
    expect((await app.inject({ method, url, headers, payload: '' })).statusCode).toBe(status);
  }
});

test('pages outside the API let the parameters of campaigns pass', async () => {
  expect(await errorsOf('GET', '/p/page?utm_source=spring')).toBe('ok');
});
