import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { SmtpSink } from '../support/smtp_sink.ts';
import { Installation, isAlive } from './installation.ts';

/** Two seconds of a machine that does nothing else, and more where everybody gets but a share of it. */
function twoSeconds(): number {
  const [load = 0] = loadavg();
  return 2_000 * Math.max(1, load / availableParallelism());
}

/** The server's process and those that it has made. */
async function familyOf(installation: Installation): Promise<number[]> {
  const { out } = await installation.run(['sql', '--json', 'SELECT pid FROM pg_stat_activity']);
  const pids = out
    .trim()
    .split('\n')
    .map((line) => Number(JSON.parse(line).pid));
  return [(await installation.postgres()) ?? 0, ...pids].filter(isAlive);
}

describe('a configuration that is wrong', () => {
  test('stops every command with one message that names all problems, before anything is touched', async () => {
    const installation = await Installation.make();
    const env = {
      PORT: '99999',
      DATABASE_URL: 'mysql://localhost',
      SMTP_URL: 'http://mail.example.com',
      MAIL_FROM: 'nobody',
      PUBLIC_URL: 'mail.example.com',
      TIME_ZONE: 'Mars/Olympus',
      EXAMPLES: 'maybe',
      LOG_LEVEL: 'loud',
      ADMIN_EMAIL: 'ada@example.com',
    };
    const answers = await Promise.all(
      ['start', 'migrate', 'recount'].map((command) => installation.run([command], env)),
    );
    for (const { code, out, err } of answers) {
      expect(code).toBe(1);
      expect(out).toBe('');
      const [first, ...problems] = err.trimEnd().split('\n');
      expect(first).toBe('Sequitur cannot start with this configuration:');
      expect(problems.map((line) => line.split(' ')[3]).toSorted()).toEqual(Object.keys(env).toSorted());
    }
    expect(await installation.hasData()).toBe(false);
  });

  test('of a first administrator stops the start as well, and leaves nothing running', async () => {
    const installation = await Installation.make({ ADMIN_EMAIL: 'ada@example.com', ADMIN_PASSWORD: 'short' });
    const { code, err } = await installation.run(['start']);
    expect(code).toBe(1);
    expect(err).toContain('ADMIN_PASSWORD must have at least 10 characters');
    expect(await installation.postgres()).toBeUndefined();
  }, 120_000);

  test('of a port that is in use says so, and leaves nothing running', async () => {
    const installation = await Installation.make();
    const taken = createServer().listen(installation.port, '127.0.0.1');
    await once(taken, 'listening');
    const { code, err } = await installation.run(['start']);
    const demo = await installation.run(['demo']);
    taken.close();
    expect(code).toBe(1);
    expect(err).toBe(
      `Port ${installation.port} on 127.0.0.1 is in use. Stop what uses it, or choose another one with --port or PORT.\n`,
    );
    expect(demo).toMatchObject({ code: 1, err });
    expect(await installation.hasData()).toBe(false);
  }, 120_000);
});

describe('what a server says', () => {
  test('is one JSON object a line where it is no terminal, from the first line to the last', async () => {
    const installation = await Installation.make({ LOG_LEVEL: 'info' });
    const server = await installation.start();
    server.kill('SIGINT');
    const { out, err } = await server.finished;
    const messages = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).msg as string);
    expect(messages[0]).toMatch(/^Setting up PostgreSQL in /);
    expect(messages).toContain(`Sequitur is at http://localhost:${installation.port}`);
    expect(messages).toContainEqual(expect.stringMatching(/^Set it up within a day at http/));
    expect(messages).toContain('Stopping …');
    expect(err).toBe('');
  }, 120_000);
});

describe('Ctrl-C', () => {
  test('stops a server with everything open that can be, PostgreSQL too', async () => {
    const reached = Promise.withResolvers<void>();
    await using sink = await SmtpSink.start({
      onMessage: () => {
        reached.resolve();
        return 'silence';
      },
    });
    const installation = await Installation.make({
      SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
      EXAMPLES: 'on',
    });
    const server = await installation.start();
    const key = (await installation.run(['api-key', 'create'])).out.trim();
    const postgres = (await installation.postgres()) ?? 0;
    expect(isAlive(postgres)).toBe(true);

    const headers = { authorization: `Bearer ${key}` };
    const stream = await fetch(`${installation.url}/api/stream`, { headers });
    expect(stream.status).toBe(200);
    const idle = connect(installation.port, '127.0.0.1');
    await once(idle, 'connect');
    idle.on('error', () => {});
    const page = await fetch(`${installation.url}/p/spring-sale`, {
      method: 'POST',
      body: new URLSearchParams({ email: 'ada@example.com' }),
    });
    expect(page.status).toBe(200);
    await reached.promise;

    const limit = twoSeconds();
    const begun = performance.now();
    server.kill('SIGINT');
    const { code, out } = await server.finished;
    expect(performance.now() - begun).toBeLessThan(limit);
    expect(code).toBe(0);
    expect(out).toContain('Stopping');
    expect(isAlive(postgres)).toBe(false);
    expect(await installation.postgres()).toBeUndefined();
    await stream.body?.cancel().catch(() => {});
  }, 120_000);

  test('twice in a row, as npm hands it on, is one; PostgreSQL is stopped all the same', async () => {
    const installation = await Installation.make();
    const server = await installation.start();
    server.kill('SIGINT');
    server.kill('SIGINT');
    expect((await server.finished).code).toBe(0);
    expect(await installation.postgres()).toBeUndefined();
  }, 120_000);

  test('in the middle of starting leaves nothing running, whenever it comes', async () => {
    const installation = await Installation.make();
    for (const ms of [400, 900, 1_600]) {
      const server = installation.launch(['start']);
      await wait(ms);
      server.kill('SIGINT');
      const { code, err } = await server.finished;
      expect([0, 'SIGINT']).toContain(code);
      expect(err).not.toContain('failed');
      expect(await installation.postgres()).toBeUndefined();
    }
  }, 120_000);
});

describe('a database that does not answer', () => {
  test('is given up at Ctrl-C while the server starts', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const installation = await Installation.make();
    const starting = installation.launch(['start'], { DATABASE_URL: `postgres://u@127.0.0.1:${port}/x` });
    await once(silent, 'connection');
    const begun = performance.now();
    const limit = twoSeconds();
    starting.kill('SIGINT');
    expect((await starting.finished).code).toBe(0);
    expect(performance.now() - begun).toBeLessThan(limit);
    silent.close();
  }, 120_000);

  test('is left behind when it stops answering while the server runs', async () => {
    const installation = await Installation.make();
    const server = await installation.start();
    const postgres = (await installation.postgres()) ?? 0;
    const family = await familyOf(installation);
    for (const pid of family) process.kill(pid, 'SIGSTOP');
    try {
      const begun = performance.now();
      server.kill('SIGINT');
      const { code } = await server.finished;
      expect(performance.now() - begun).toBeLessThan(11_000);
      // Two ways of saying that PostgreSQL may be running still: it says so, or was too slow even for that.
      expect([1, 130]).toContain(code);
    } finally {
      for (const pid of family) process.kill(pid, 'SIGCONT');
    }
    await expect.poll(() => isAlive(postgres), { timeout: 10_000 }).toBe(false);
  }, 120_000);
});

test('a server that is started where one runs says which port is taken, and leaves that one running', async () => {
  const installation = await Installation.make();
  const first = await installation.start();
  const { code, err } = await installation.run(['start']);
  expect(code).toBe(1);
  expect(err).toContain('is in use');
  expect((await fetch(`${installation.url}/healthz`)).status).toBe(200);
  expect(isAlive(first.pid)).toBe(true);
}, 120_000);

test('the start says where mail goes and what is wrong with that, and so does one that captures it again', async () => {
  await using sink = await SmtpSink.start({
    options: {
      allowInsecureAuth: true,
      onAuth: ({ username }, _session, done) => done(null, { user: username }),
    },
  });
  const installation = await Installation.make({ EXAMPLES: 'on' });
  const SMTP_URL = `smtp://shop:hush@127.0.0.1:${sink.port}`;
  const first = await installation.start({
    SMTP_URL,
    MAIL_FROM: 'Shop <hello@example.com>',
    SMPT_URL: SMTP_URL,
  });
  const says = (words: string) => expect.poll(() => first.said.out, { timeout: 10_000 }).toContain(words);
  await says(`Mail goes through 127.0.0.1:${sink.port} as Shop <hello@example.com>`);
  await says(`The unsubscribe links of mails lead to http://localhost:${installation.port}`);
  expect(first.said.out).not.toContain('MAIL_FROM');
  await fetch(`${installation.url}/p/spring-sale`, {
    method: 'POST',
    body: new URLSearchParams({ email: 'ada@example.com' }),
  });
  await expect.poll(() => sink.mails.length, { timeout: 10_000 }).toBe(1);
  expect(first.said.out + first.said.err).not.toContain('hush');
  first.kill('SIGTERM');
  expect(await first.finished).toMatchObject({ code: 0 });

  const second = await installation.start({ SMPT_URL: SMTP_URL });
  for (const words of [
    'SMPT_URL is set, which is no setting of Sequitur; did you mean SMTP_URL?',
    `This workspace has sent mail by SMTP before (127.0.0.1:${sink.port}); it is captured now and will not be sent later.`,
  ])
    await expect.poll(() => second.said.out, { timeout: 10_000 }).toContain(words);
  second.kill('SIGTERM');
  await second.finished;

  const third = await installation.start({ SMTP_URL: 'smtp://127.0.0.1:1' });
  await expect
    .poll(() => third.said.out, { timeout: 10_000 })
    .toContain('Mail is sent as Sequitur <sequitur@localhost>');
  await expect.poll(() => third.said.out, { timeout: 10_000 }).toContain('nobody listens there');
}, 120_000);
