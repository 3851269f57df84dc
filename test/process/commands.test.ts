import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { setup } from '../support/setup.ts';
import { anEmptyDatabase, urlOf } from './databases.ts';
import { Installation } from './installation.ts';
import { countTables, makeEmptySchema, spoilTotals } from './probe.sql.ts';

const { connection, db } = await setup();

/** An installation on the database of this file. */
function onServer(env: Record<string, string> = {}): Promise<Installation> {
  return Installation.make({ DATABASE_URL: urlOf(connection), ...env });
}

const BUT_START_AND_MIGRATE = [
  ['recount'],
  ['sql', 'SELECT 1'],
  ['api-key', 'create', 'the shop'],
  ['api-key', 'list'],
  ['admin', 'create', '--email', 'ada@example.com'],
];

describe('commands without a server', () => {
  test('refuse a data directory that holds no database, and make none', async () => {
    const installation = await Installation.make();
    const answers = await Promise.all(BUT_START_AND_MIGRATE.map((args) => installation.run(args)));
    for (const { code, out, err } of answers) {
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toMatch(
        /^There is no Sequitur database in \S.*\/data \(DATA_DIR\)\. Start it first with .*\n$/,
      );
    }
    expect(await installation.hasData()).toBe(false);
  }, 120_000);

  test('name the demo’s database where that is what the data directory holds', async () => {
    const installation = await Installation.make();
    const demo = join(installation.dataDir, 'demo');
    await mkdir(demo, { recursive: true });
    const { code, err } = await installation.run(['recount']);
    expect(code).toBe(1);
    expect(err).toContain(`The demo's is in ${demo}.`);
  }, 120_000);

  test('refuse a database server’s database without a schema of Sequitur’s, also with an empty one', async () => {
    const url = await anEmptyDatabase();
    const installation = await Installation.make({ DATABASE_URL: url });
    const empty = openDatabase(url, { max: 1 });
    onTestFinished(() => empty.destroy());
    for (const prepare of [async () => {}, makeEmptySchema]) {
      await prepare(empty);
      const answers = await Promise.all(BUT_START_AND_MIGRATE.map((args) => installation.run(args)));
      for (const { code, out, err } of answers) {
        expect({ code, out }).toEqual({ code: 1, out: '' });
        expect(err).toContain('(DATABASE_URL). Start it first');
      }
    }
    expect(await countTables(empty)).toBe(0);
  }, 120_000);

  test('do their work on a database that was made before, and leave nothing running', async () => {
    const installation = await Installation.make();
    const made = await installation.run(['migrate']);
    expect(made).toMatchObject({ code: 0, err: expect.stringMatching(/^Setting up PostgreSQL in /) });
    expect(await installation.postgres()).toBeUndefined();
    const key = await installation.run(['api-key', 'create', 'the shop']);
    expect(key).toMatchObject({ code: 0, out: expect.stringMatching(/^sq_\S+\n$/) });
    expect(await installation.postgres()).toBeUndefined();
    const recount = await installation.run(['recount']);
    expect(recount).toMatchObject({ code: 0, err: 'Every counter agrees with its rows.\n' });
    expect(recount.out).toMatch(/workspace_totals +1 key +agree/);
    expect(await installation.postgres()).toBeUndefined();
  }, 120_000);
});

test('Ctrl-C ends a command in the middle of its work, and stops the PostgreSQL that it started', async () => {
  const installation = await Installation.make();
  await installation.run(['migrate']);
  const command = installation.launch(['sql', 'SELECT pg_sleep(60)']);
  await expect.poll(() => installation.postgres(), { timeout: 30_000 }).toBeDefined();
  command.kill('SIGINT');
  command.kill('SIGINT');
  expect(await command.finished).toMatchObject({ code: 130, out: '' });
  expect(await installation.postgres()).toBeUndefined();
}, 120_000);

describe('a database that cannot be used', () => {
  test('is one sentence with the cause and without the password, for every command', async () => {
    const database = urlOf({ ...connection, database: 'no_such_database', password: 'hush' });
    const role = urlOf({ ...connection, user: 'no_such_role', password: 'hush' });
    const cases = [
      ['postgres://ada:hush@127.0.0.1:1/shop', 'nothing listens there'],
      ['postgres://ada:hush@db.invalid/shop', 'its host name cannot be found'],
      [database, 'database "no_such_database" does not exist'],
      [role, 'no_such_role'],
    ] as const;
    for (const [DATABASE_URL, cause] of cases) {
      const installation = await Installation.make({ DATABASE_URL });
      const commands = [['start'], ['migrate'], ['recount'], ['sql', 'SELECT 1']];
      for (const { code, out, err } of await Promise.all(commands.map((args) => installation.run(args)))) {
        expect({ code, out }).toEqual({ code: 1, out: '' });
        expect(err).toMatch(
          /^The database of DATABASE_URL, postgres:\/\/\S+:\*\*\*@.*, cannot be used: .*\.\n$/,
        );
        expect(err).toContain(cause);
        expect(err).not.toContain('hush');
      }
    }
  }, 120_000);

  test('is one sentence within a second where the data directory is none, as in /proc', async () => {
    const installation = await Installation.make();
    const places =
      process.platform === 'linux' ? ['/proc/x/data', '/proc/self', '/dev/null/data'] : ['/dev/null/data'];
    for (const DATA_DIR of places) {
      const begun = performance.now();
      const { code, err } = await installation.run(['migrate'], { DATA_DIR });
      expect(performance.now() - begun).toBeLessThan(5_000);
      expect(code).toBe(1);
      expect(err).toMatch(/^Cannot .*\. Set DATA_DIR to a directory that you may write to\.\n$/);
    }
  }, 60_000);
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

describe('recount --repair', () => {
  test('exits with 0 because a recount after the repair finds nothing, and says so', async () => {
    await spoilTotals(db);
    const installation = await onServer();
    const found = await installation.run(['recount']);
    expect(found).toMatchObject({ code: 1, err: '1 key differs from the rows.\n' });
    const repaired = await installation.run(['recount', '--repair']);
    expect(repaired).toMatchObject({
      code: 0,
      err: '1 key differed from the rows. The repair was recounted: every counter agrees with its rows now.\n',
    });
    const after = await installation.run(['recount', '--json']);
    expect(JSON.parse(after.out)).toMatchObject({ differing: 0, remaining: 0 });
    // The night's own, where it is night, stands beside those of the command.
    const runs = "SELECT differing, repaired FROM recounts WHERE trigger <> 'nightly' ORDER BY started_at";
    const kept = (await installation.run(['sql', '--json', runs])).out.trim().split('\n');
    expect(kept.map((line) => JSON.parse(line))).toEqual([
      { differing: 1, repaired: false },
      { differing: 1, repaired: true },
      { differing: 0, repaired: false },
      { differing: 0, repaired: false },
    ]);
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
      [`COMMIT; ${insert}`, 'more than one statement'],
      [`SELECT 1; ROLLBACK; BEGIN; ${insert}; COMMIT`, 'more than one statement'],
      [`SET TRANSACTION READ WRITE; ${insert}`, 'more than one statement'],
      [' ', 'There is no query to run.'],
      ['/* nothing */', 'There is no query to run.'],
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
