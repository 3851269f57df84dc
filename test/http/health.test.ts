import { expect, test } from 'vitest';
import { bareServer, withKey } from './bare_server.ts';

test('/healthz answers while the process does', async () => {
  const app = await bareServer({ checks: { database: async () => ({ ready: false, reason: 'is away' }) } });
  const answer = await app.inject('/healthz');
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toEqual({ status: 'up' });
});

test('/readyz is ready when every part is', async () => {
  const ready = async () => ({ ready: true }) as const;
  const app = await bareServer({ checks: { database: ready, lanes: ready } });
  const answer = await app.inject('/readyz');
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toEqual({ status: 'ready', checks: ['database', 'lanes'] });
});

test('/readyz names every part that is not ready, the ones that fail or hang included', async () => {
  const app = await bareServer({
    checks: {
      database: async () => {
        throw new Error('connect ECONNREFUSED /tmp/secret.sock');
      },
      lanes: async () => ({ ready: true }),
      settle_backlog: async () => ({ ready: false, reason: 'is 4,000 results behind' }),
      stuck: () => new Promise(() => {}),
    },
  });
  const answer = await app.inject('/readyz');
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toMatchObject({
    type: 'urn:sequitur:problem:not_ready',
    errors: [
      { path: 'database', message: 'cannot be reached' },
      { path: 'settle_backlog', message: 'is 4,000 results behind' },
      { path: 'stuck', message: 'does not answer' },
    ],
  });
  expect(answer.body).not.toContain('secret.sock');
});

test('/metrics is for this machine, and elsewhere for those who may sign in', async () => {
  const app = await bareServer();
  await app.inject('/healthz');
  const local = await app.inject('/metrics');
  expect(local.statusCode).toBe(200);
  expect(local.body).toContain('process_cpu_user_seconds_total');
  expect(local.body).toMatch(/sequitur_http_request_duration_seconds_count\{.*route="\/healthz".*\} 1/);
  const far = { url: '/metrics', remoteAddress: '203.0.113.9' };
  expect((await app.inject(far)).statusCode).toBe(401);
  expect((await app.inject({ ...far, headers: withKey })).statusCode).toBe(200);
  const passedOn = await app.inject({ url: '/metrics', headers: { 'x-forwarded-for': '203.0.113.9' } });
  expect(passedOn.statusCode).toBe(401);
});
