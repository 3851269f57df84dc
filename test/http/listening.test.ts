import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { bareServer, withKey } from './bare_server.ts';

const app = await bareServer();
app.post('/api/echo', async (request) => request.body);
app.get('/api/address', async (request) => ({ address: request.ip, host: request.host }));
const origin = await app.listen({ port: 0, host: '127.0.0.1' });
const { port } = new URL(origin);

/** Sends bytes as they are and gives all that comes back until the server hangs up. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
  });
}

test('a body is echoed over a real connection', async () => {
  const headers = { ...withKey, 'content-type': 'application/json' };
  const answer = await fetch(`${origin}/api/echo`, { method: 'POST', headers, body: '{"name":"Zoë"}' });
  expect(await answer.json()).toEqual({ name: 'Zoë' });
});

test('a body without a stated length is cut off at the limit', async () => {
  const piece = new TextEncoder().encode(' '.repeat(65_536));
  let pieces = 0;
  const endless = new ReadableStream({
    pull(controller) {
      pieces += 1;
      if (pieces > 1_000) controller.close();
      else controller.enqueue(piece);
    },
  });
  const headers = { ...withKey, 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: endless, duplex: 'half' } as RequestInit;
  const outcome = await fetch(`${origin}/api/echo`, init).then(
    (answer) => answer.status,
    () => 'hung up',
  );
  expect([413, 'hung up']).toContain(outcome);
  expect(pieces).toBeLessThan(1_000);
});

test('a proxy on this machine says for whom it asks', async () => {
  const passedOn = { ...withKey, 'x-forwarded-for': '203.0.113.9', 'x-forwarded-host': 'mail.example.com' };
  const answer = await fetch(`${origin}/api/address`, { headers: passedOn });
  expect(await answer.json()).toEqual({ address: '203.0.113.9', host: 'mail.example.com' });
});

test('a request that is no HTTP does not harm the server', async () => {
  expect(await raw('hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  expect(await raw(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 431 /,
  );
  expect((await fetch(`${origin}/healthz`)).status).toBe(200);
});

test('closing does not wait for browsers that keep their connection open', async () => {
  const other = await bareServer();
  const address = await other.listen({ port: 0, host: '127.0.0.1' });
  await (await fetch(`${address}/healthz`)).json();
  const start = performance.now();
  await other.close();
  expect(performance.now() - start).toBeLessThan(1_000);
});
