import { expect, test } from 'vitest';
import { z } from 'zod';
import { bareServer, withKey } from './bare_server.ts';

const app = await bareServer();
const body = z.object({ name: z.string().optional(), items: z.array(z.unknown()).optional() });
app.post('/api/things/:id', { schema: { body } }, async (request) => request.body);

const nested = (levels: number) => `{"items":${'['.repeat(levels)}${']'.repeat(levels)}}`;

test.each([
  ['a NUL', '{"name":"a\\u0000"}', 'name', 'has characters that are no text'],
  ['half of a surrogate pair', '{"name":"a\\ud83d"}', 'name', 'has characters that are no text'],
  ['a NUL further in', '{"items":[1,{"a":["\\u0000"]}]}', 'items[1].a[0]', 'has characters that are no text'],
  ['a NUL in a name', '{"items":[{"\\u0000":1}]}', 'items[0]', 'has a name with characters that are no text'],
  ['a NUL in a name at the top', '{"\\u0000":1}', 'body', 'has a name with characters that are no text'],
])('%s is refused, with its place', async (_, payload, path, message) => {
  const answer = await post(payload);
  expect(answer.statusCode).toBe(400);
  expect(answer.json().errors).toEqual([{ path, message }]);
});

test('JSON is refused that is too deep to be kept, however deep', async () => {
  for (const levels of [64, 400_000]) {
    const answer = await post(nested(levels));
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors).toMatchObject([{ message: 'is more than 64 levels deep' }]);
  }
  expect((await post(nested(63))).statusCode).toBe(200);
});

test('a NUL in an address is refused, in its path and its query', async () => {
  const answer = await post('{}', '/api/things/a%00b?search=%00');
  expect(answer.statusCode).toBe(400);
  expect(answer.json().errors.map(({ path }: { path: string }) => path)).toEqual(['id', 'search']);
});

test('no more than twenty problems are named', async () => {
  const answer = await post(JSON.stringify({ items: Array(1000).fill('\0') }));
  expect(answer.json().errors).toHaveLength(20);
});

test('text of every script is taken', async () => {
  const name = 'Zoë 😀 \u4f60\u597d \t\n';
  expect((await post(JSON.stringify({ name }))).json()).toEqual({ name });
});

function post(payload: string, url = '/api/things/1') {
  return app.inject({
    method: 'POST',
    url,
    payload,
    headers: { ...withKey, 'content-type': 'application/json' },
  });
}
