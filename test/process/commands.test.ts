import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { newId } from '../../src/lib/uuid.ts';
import { createDatabase, dropDatabase } from '../support/databases.sql.ts';
import { setup } from '../support/setup.ts';
import { Installation } from './installation.ts';

const { connection } = await setup();

/** A database of the server that the tests use, as `DATABASE_URL` names it. */
function urlOf({
  host = '',
  port = 5432,
  user = '',
  password = '',
  database = '',
}: typeof connection): string {
  const secret = typeof password === 'string' && password ? `:${encodeURIComponent(password)}` : '';
  const at = host.startsWith('/')
    ? `localhost:${port}/${database}?host=${encodeURIComponent(host)}`
    : `${host}:${port}/${database}`;
  return `postgres://${encodeURIComponent(user)}${secret}@${at}`;
}

/** A database without anything in it, dropped when the test is finished. */
async function anEmptyDatabase(): Promise<string> {
  const server = inject('server');
  const root = openDatabase(inject('root'), { max: 1 });
  const name = `test_${newId().replaceAll('-', '')}`;
  await createDatabase(root, { name, owner: String(server.user) });
  onTestFinished(async () => {
    await dropDatabase(root, name);
    await root.destroy();
  });
  return urlOf({ ...server, database: name });
}

/** An installation on the database of this file. */
function onServer(env: Record<string, string> = {}): Promise<Installation> {
  return Installation.make({ DATABASE_URL: urlOf(connection), ...env });
}

describe('commands without a server', () => {
  test('make an empty data directory theirs, do their work, and leave nothing running', async () => {
    const installation = await Installation.make();
    const made = await installation.run(['api-key', 'create', 'the shop']);
    expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^sq_\S+\n$/) });
    expect(await installation.postgres()).toBeUndefined();
    const recount = await installation.run(['recount']);
    expect(recount).toMatchObject({ code: 0, err: expect.stringContaining('Every counter agrees') });
    expect(await installation.postgres()).toBeUndefined();
  }, 120_000);
});

describe('commands beside a server', () => {
  test('share its database, and leave it running', async () => {
    const installation = await Installation.make({ EXAMPLES: 'on' });
    await installation.start();
    const postgres = await installation.postgres();
    const [key, admin, migrate, recount, sql] = await Promise.all([
      installation.run(['api-key', 'create', 'the shop']),
      installation.run(['admin', 'create', '--email', 'ada@example.com']),
      installation.run(['migrate']),
      installation.run(['recount', '--json']),
      installation.run(['sql', 'SELECT count(*) AS n FROM sequences']),
    ]);
    expect([key, admin, migrate, recount, sql].map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    expect(JSON.parse(recount.out)).toMatchObject({ differing: 0 });
    expect(sql.out).toMatch(/^n\n-\n3\n$/);
    const bearer = { headers: { authorization: `Bearer ${key.out.trim()}` } };
    expect((await fetch(`${installation.url}/api/sequences/analytics/summary`, bearer)).status).toBe(200);
    const signIn = await fetch(`${installation.url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ada@example.com', password: admin.out.trim() }),
    });
    expect(signIn.status).toBe(200);
    expect(await installation.postgres()).toBe(postgres);
    expect((await fetch(`${installation.url}/readyz`)).status).toBe(200);
  }, 120_000);
});

describe('migrate', () => {
  test('twenty times at once on an empty database is done once, and nobody fails', async () => {
    const installation = await Installation.make({ DATABASE_URL: await anEmptyDatabase() });
    const answers = await Promise.all(Array.from({ length: 20 }, () => installation.run(['migrate'])));
    expect(answers.map(({ code }) => code)).toEqual(Array(20).fill(0));
    const made = answers.flatMap(({ out }) => out.split('\n').filter(Boolean));
    expect(made.toSorted()).toEqual([...new Set(made)].toSorted());
    expect(made[0]).toMatch(/^0001_/);
    expect((await installation.run(['migrate'])).err).toContain('The schema is up to date');
    expect(await installation.run(['recount'])).toMatchObject({ code: 0 });
  }, 120_000);
});

describe('admin create', () => {
  test('says what is wrong with an address or a password, and refuses one that is taken', async () => {
    const installation = await onServer();
    const wrong = await installation.run(['admin', 'create', '--email', 'nobody', '--password', 'short']);
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain('email');
    expect(wrong.err).toContain('password must have at least 10 characters');
    const args = ['admin', 'create', '--email', 'bob@example.com', '--password', 'a long enough phrase'];
    expect(await installation.run(args)).toMatchObject({ code: 0, out: '' });
    expect(await installation.run(args)).toMatchObject({ code: 1, err: expect.stringContaining('already') });
    expect((await installation.run(['admin', 'create'])).code).toBe(2);
  }, 120_000);
});

describe('sql', () => {
  test('prints rows as a table or as JSON Lines, and PostgreSQL’s own words where a query fails', async () => {
    const installation = await onServer();
    const query = "SELECT 1 AS one, NULL AS nothing, '{\"a\":1}'::jsonb AS object, 'ä 🎉' AS text";
    const [table, lines, empty, failed] = await Promise.all([
      installation.run(['sql', query]),
      installation.run(['sql', '--json', `${query} UNION ALL ${query}`]),
      installation.run(['sql', 'SELECT key, status FROM sequences']),
      installation.run(['sql', 'SELECT nonsense FROM sequences']),
    ]);
    expect(table.code).toBe(0);
    expect(table.out.split('\n').map((line) => line.trim())).toEqual([
      'one  nothing  object   text',
      '---  -------  -------  ----',
      '1             {"a":1}  ä 🎉',
      '',
    ]);
    expect(table.err).toBe('(1 row)\n');
    const row = { one: 1, nothing: null, object: { a: 1 }, text: 'ä 🎉' };
    expect(
      lines.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([row, row]);
    expect(empty).toMatchObject({ code: 0, err: '(0 rows)\n', out: expect.stringContaining('key  status') });
    expect(failed).toMatchObject({ code: 1, out: '' });
    expect(failed.err).toContain('column "nonsense" does not exist');
    expect(failed.err).not.toContain('    at ');
  }, 120_000);

  test('writes nothing, whatever it is given', async () => {
    const installation = await onServer();
    const insert = "INSERT INTO settings (key, value) VALUES ('x', '1')";
    const cases = [
      [insert, 'read-only'],
      [`WITH made AS (${insert} RETURNING key) SELECT * FROM made`, 'read-only'],
      [`COMMIT; ${insert}`, 'multiple commands'],
      [`SELECT 1; ROLLBACK; BEGIN; ${insert}; COMMIT`, 'multiple commands'],
      [`SET TRANSACTION READ WRITE; ${insert}`, 'multiple commands'],
    ] as const;
    const answers = await Promise.all(cases.map(([query]) => installation.run(['sql', query])));
    for (const [i, [, message]] of cases.entries()) {
      expect(answers[i]).toMatchObject({ code: 1, out: '', err: expect.stringContaining(message) });
    }
    const kept = await installation.run(['sql', '--json', "SELECT key FROM settings WHERE key = 'x'"]);
    expect(kept).toMatchObject({ code: 0, out: '' });
  }, 120_000);
});

describe('usage', () => {
  test('is explained by --help, and by exit code 2 where it is wrong', async () => {
    const installation = await Installation.make();
    const [help, version, unknown, missing] = await Promise.all([
      installation.run(['--help']),
      installation.run(['--version']),
      installation.run(['nonsense']),
      installation.run(['sql']),
    ]);
    expect(help).toMatchObject({ code: 0, out: expect.stringContaining('recount') });
    expect(version.out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('nonsense') });
    expect(missing.code).toBe(2);
    expect(await installation.hasData()).toBe(false);
  }, 120_000);
});
