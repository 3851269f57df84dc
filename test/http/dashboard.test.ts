import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bareServer } from './bare_server.ts';

const dashboard = await mkdtemp(join(tmpdir(), 'sequitur dashboard '));
await mkdir(join(dashboard, 'assets'));
await writeFile(join(dashboard, 'index.html'), '<title>Sequitur</title>');
await writeFile(join(dashboard, 'assets', 'app-1a2b3c.js'), 'export {}');
afterAll(() => rm(dashboard, { recursive: true }));
const app = await bareServer({ dashboard });

const asBrowser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

test('the dashboard is at / and at every address of its own', async () => {
  for (const url of ['/', '/sequences/42/analytics?range=7d', '/setup?token=x']) {
    const answer = await app.inject({ url, headers: asBrowser });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toMatch('text/html');
    expect(answer.headers['cache-control']).toBe('no-cache');
    expect(answer.body).toBe('<title>Sequitur</title>');
  }
});

test('hashed files are kept for good', async () => {
  const answer = await app.inject('/assets/app-1a2b3c.js');
  expect(answer.headers['content-type']).toMatch('javascript');
  expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
});

test('what is no page load, or not the dashboard’s, is not answered with it', async () => {
  expect((await app.inject({ url: '/assets/gone.js', headers: { accept: '*/*' } })).statusCode).toBe(404);
  expect((await app.inject({ method: 'POST', url: '/sequences', headers: asBrowser })).statusCode).toBe(404);
  for (const url of ['/api/gone', '/p/gone', '/u/gone'])
    expect((await app.inject({ url, headers: asBrowser })).statusCode).toBe(404);
  const outside = await app.inject({ url: '/..%2f..%2fetc/passwd', headers: { accept: '*/*' } });
  expect(outside.statusCode).toBeGreaterThanOrEqual(400);
  expect(outside.statusCode).toBeLessThan(500);
});

test('pages run our own scripts only, and none inline', async () => {
  const { headers } = await app.inject({ url: '/', headers: asBrowser });
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("style-src 'self' 'unsafe-inline'");
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['strict-transport-security']).toBeUndefined();
  const secure = await bareServer({ publicUrl: 'https://mail.example.com' });
  expect((await secure.inject('/healthz')).headers['strict-transport-security']).toMatch(/^max-age=\d+$/);
});

test('a dashboard that is not built says how to build it', async () => {
  const unbuilt = await bareServer();
  const answer = await unbuilt.inject({ url: '/', headers: asBrowser });
  expect(answer.statusCode).toBe(503);
  expect(answer.headers['content-type']).toMatch('text/html');
  expect(answer.body).toContain('npm run build');
});
