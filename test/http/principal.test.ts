import { expect, test } from 'vitest';
import { principalOf } from '../../src/http/principal.ts';
import { bareServer, PUBLIC_URL, withKey, withSession } from './bare_server.ts';

const app = await bareServer();
app.all('/api/me', async (request) => principalOf(request));
app.post('/api/open', { config: { public: true } }, async () => ({ open: true }));
app.get('/api/people-only', { config: { administratorsOnly: true } }, async () => ({ ok: true }));
app.post('/p/offer', async () => ({ ok: true }));

function me(headers: Record<string, string>, method: 'GET' | 'POST' = 'GET') {
  return app.inject({ method, url: '/api/me', headers });
}

test('a session and a key are known for who they are', async () => {
  const session = await me(withSession);
  expect(session.json()).toMatchObject({ kind: 'administrator', name: 'Ada' });
  expect(session.headers['set-cookie']).toEqual(['session=ada; Max-Age=60']);
  expect((await me(withKey)).json()).toEqual({ kind: 'api_key', id: '2', name: 'Shop' });
});

test('everything under /api needs one of them', async () => {
  const cases = [{}, { cookie: 'session=eve' }, { authorization: 'Bearer unknown' }];
  for (const headers of cases) {
    const answer = await me(headers as Record<string, string>);
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.json().type).toBe('urn:sequitur:problem:unauthenticated');
  }
  expect((await app.inject({ method: 'POST', url: '/api/open' })).statusCode).toBe(200);
  expect((await app.inject({ method: 'POST', url: '/p/offer' })).statusCode).toBe(200);
});

test('a wrong key is refused even beside a good session; a proxy’s own sign-in is not in the way', async () => {
  expect((await me({ ...withSession, authorization: 'Bearer unknown' })).statusCode).toBe(401);
  expect((await me({ ...withSession, authorization: 'Basic b3BzOnNlY3JldA==' })).statusCode).toBe(200);
});

test('a route for administrators is forbidden to keys', async () => {
  const url = '/api/people-only';
  expect((await app.inject({ url, headers: withSession })).statusCode).toBe(200);
  const answer = await app.inject({ url, headers: withKey });
  expect(answer.statusCode).toBe(403);
  expect(answer.json().type).toBe('urn:sequitur:problem:forbidden');
});

test('a change that another site’s page makes a browser send is refused', async () => {
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example.net' },
    { origin: 'https://sequitur.example.com:8443' },
    { origin: 'null' },
    { origin: 'https://evil.example.net', 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ];
  for (const headers of foreign) {
    const answer = await me({ ...withSession, ...headers, host: 'sequitur.example.com' }, 'POST');
    expect(answer.statusCode).toBe(403);
    expect(answer.json().type).toBe('urn:sequitur:problem:foreign_origin');
    expect((await app.inject({ method: 'POST', url: '/api/open', headers })).statusCode).toBe(403);
    expect((await me({ ...withKey, ...headers }, 'POST')).statusCode).toBe(200);
    expect((await me({ ...withSession, ...headers })).statusCode).toBe(200);
  }
});

test('our own pages may make changes, under whichever name the browser reached them', async () => {
  const own: Record<string, string>[] = [
    { origin: PUBLIC_URL },
    { origin: 'http://127.0.0.1:3000', host: '127.0.0.1:3000' },
    { origin: 'http://localhost:5173', 'sec-fetch-site': 'same-origin', host: '127.0.0.1:3000' },
    {},
  ];
  for (const headers of own) expect((await me({ ...withSession, ...headers }, 'POST')).statusCode).toBe(200);
});
