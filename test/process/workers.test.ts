import { describe, expect, test, vi } from 'vitest';
import { SmtpSink } from '../support/smtp_sink.ts';
import { freePort, Installation, isAlive, type Running } from './installation.ts';

const PATIENCE_MS = 60_000;

/** An installation with the examples, whose mail goes to `sink`. */
function anInstallation(sink: SmtpSink, env: Record<string, string> = {}): Promise<Installation> {
  const SMTP_URL = `smtp://127.0.0.1:${sink.port}`;
  return Installation.make({ EXAMPLES: 'on', LOG_LEVEL: 'info', SMTP_URL, ...env });
}

function until<T>(look: () => T | Promise<T>): Promise<NonNullable<T>> {
  return vi.waitUntil(look, { timeout: PATIENCE_MS, interval: 50 }) as Promise<NonNullable<T>>;
}

/** The processes that said `words`, in the order in which they did. */
function whoSaid({ said }: Running, words: string): number[] {
  const lines = said.out.split('\n').filter((line) => line.includes(words));
  return lines.map((line) => JSON.parse(line).pid as number);
}

/** Fills in the example's page, and resolves when the mail has arrived. */
async function fillIn(installation: Installation, sink: SmtpSink, email: string): Promise<void> {
  const body = new URLSearchParams({ email });
  const answer = await fetch(`${installation.url}/p/spring-sale`, { method: 'POST', body });
  expect(answer.status).toBe(200);
  await until(() => sink.mails.some(({ to }) => to.includes(email)));
}

async function read(url: string, key: string): Promise<Record<string, unknown>> {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
  return (await answer.json()) as Record<string, unknown>;
}

describe('a server with workers of its own', () => {
  test('replaces one that dies, and takes them with it however it ends', async () => {
    await using sink = await SmtpSink.start();
    const installation = await anInstallation(sink, { WORKERS: '2' });
    const server = await installation.start();
    const workers = () => whoSaid(server, 'A worker is sending');
    await until(() => workers().length === 2);
    const [first = 0, second = 0] = workers();
    expect([first, second]).not.toContain(server.pid);

    process.kill(first, 'SIGKILL');
    await until(() => workers().length === 3);
    expect(server.said.out).toContain('A process that sends has ended (SIGKILL): starting another one');
    await fillIn(installation, sink, 'ada@example.com');

    server.kill('SIGKILL');
    await until(() => !workers().some(isAlive));
  }, 120_000);

  test('stops with all of them', async () => {
    await using sink = await SmtpSink.start();
    const installation = await anInstallation(sink, { WORKERS: '2' });
    const server = await installation.start();
    const workers = () => whoSaid(server, 'A worker is sending');
    await until(() => workers().length === 2);
    server.kill('SIGTERM');
    expect((await server.finished).code).toBe(0);
    expect(workers().filter(isAlive)).toEqual([]);
    expect(await installation.postgres()).toBeUndefined();
  }, 120_000);
});

describe('a worker of a server', () => {
  test('that hangs is killed at a stop, and leaves no PostgreSQL behind', async () => {
    const installation = await Installation.make({ LOG_LEVEL: 'info', WORKERS: '1' });
    const server = await installation.start();
    const workers = () => whoSaid(server, 'A worker is sending');
    await until(() => workers().length === 1);
    process.kill(workers()[0] ?? 0, 'SIGSTOP');
    server.kill('SIGTERM');
    expect((await server.finished).code).toBe(0);
    expect(workers().filter(isAlive)).toEqual([]);
    expect(await installation.postgres()).toBeUndefined();
  }, 120_000);

  test('ends also where its server had gone before it could listen', async () => {
    const installation = await Installation.make({ LOG_LEVEL: 'info' });
    await installation.start();
    // A channel that was closed is none.
    const { code, out } = await installation.run(['worker', '--attached']);
    expect(code).toBe(0);
    expect(out).not.toContain('A worker is sending');
  }, 120_000);
});

describe('a server and a worker apart', () => {
  test('send what comes in, and say so where nobody does, or the mail server is away', async () => {
    await using sink = await SmtpSink.start();
    const installation = await anInstallation(sink);
    const server = installation.launch(['api']);
    await until(() => server.said.out.includes('Sequitur is at'));
    const key = (await installation.run(['api-key', 'create'])).out.trim();
    const trouble = async () => {
      const { mail } = await read(`${installation.url}/api/workspace`, key);
      return (mail as { trouble: { outcome: string } | null }).trouble?.outcome;
    };
    expect(await trouble()).toBe('no_worker');
    expect((await fetch(`${installation.url}/readyz`)).status).toBe(200);

    const port = await freePort();
    const worker = installation.launch(['worker', '--port', String(port)]);
    await fillIn(installation, sink, 'ada@example.com');
    expect(await trouble()).toBeUndefined();
    expect(await read(`http://127.0.0.1:${port}/readyz`, key)).toMatchObject({ status: 'ready' });
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(metrics).toMatch(/^sequitur_lanes_held 32$/m);
    expect((await fetch(`http://127.0.0.1:${port}/elsewhere`)).status).toBe(404);
    worker.kill('SIGTERM');
    expect((await worker.finished).code).toBe(0);
    expect(await trouble()).toBe('no_worker');

    const away = { SMTP_URL: `smtp://127.0.0.1:${await freePort()}` };
    installation.launch(['worker'], away);
    await until(async () => (await trouble()) === 'connection_failed');
  }, 120_000);

  test('refuse a data directory without a database', async () => {
    const installation = await Installation.make();
    const { code, err } = await installation.run(['worker']);
    expect(code).toBe(1);
    expect(err).toContain('There is no Sequitur database in');
    expect(await installation.hasData()).toBe(false);
  });
});
