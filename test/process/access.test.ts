import { describe, expect, test } from 'vitest';
import { setup } from '../support/setup.ts';
import { urlOf } from './databases.ts';
import { type Finished, Installation } from './installation.ts';

const { connection } = await setup();

/** An installation on the database of this file. */
function onServer(env: Record<string, string> = {}): Promise<Installation> {
  return Installation.make({ DATABASE_URL: urlOf(connection), ...env });
}

describe('api-key', () => {
  test('lists keys and revokes one of them, by its name or its id', async () => {
    const installation = await onServer();
    const [list, ...secrets] = await inTurn(
      ['api-key', 'list'],
      ['api-key', 'create', 'the shop'],
      ['api-key', 'create', 'the shop'],
      ['api-key', 'create', 'the newsletter'],
    );
    expect(list).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringMatching(/^There are no keys yet: .*\.\n$/),
    });
    const keys = async () => {
      const { out } = await installation.run(['api-key', 'list', '--json']);
      return out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, string | null>);
    };
    const [newsletter, second, first] = await keys();
    expect(newsletter).toMatchObject({ name: 'the newsletter', last_used_at: null, revoked_at: null });
    expect(secrets.map(({ out }) => out.slice(0, 11))).toEqual([
      first?.prefix,
      second?.prefix,
      newsletter?.prefix,
    ]);

    const [unclear, byId, byName, again, unknown, table] = await inTurn(
      ['api-key', 'revoke', 'the shop'],
      ['api-key', 'revoke', String(first?.id)],
      ['api-key', 'revoke', 'the shop'],
      ['api-key', 'revoke', 'the shop'],
      ['api-key', 'revoke', 'the circus'],
      ['api-key', 'list'],
    );
    expect(unclear).toMatchObject({ code: 1, err: expect.stringContaining(`${second?.id}`) });
    expect(byId).toMatchObject({ code: 0, err: `The key "the shop" (${first?.id}) is revoked.\n` });
    expect(byName).toMatchObject({ code: 0, err: `The key "the shop" (${second?.id}) is revoked.\n` });
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('was revoked before') });
    expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('There is no key "the circus"') });
    expect(table?.out.split('\n')[2]).toMatch(/the newsletter .* never +no$/);
    expect((await keys()).map(({ revoked_at }) => typeof revoked_at)).toEqual(['object', 'string', 'string']);
    const noted = "SELECT detail->>'name' AS name FROM audit_log WHERE action = 'api_key.revoked'";
    expect((await installation.run(['sql', '--json', noted])).out).toBe('{"name":"the shop"}\n'.repeat(2));

    async function inTurn(...commands: string[][]) {
      const answers: Finished[] = [];
      for (const args of commands) answers.push(await installation.run(args));
      return answers;
    }
  }, 120_000);

  test('says in a sentence what a name may not be', async () => {
    const installation = await onServer();
    const [empty, long] = await Promise.all([
      installation.run(['api-key', 'create', ' ']),
      installation.run(['api-key', 'create', 'x'.repeat(101)]),
    ]);
    expect(empty).toMatchObject({ code: 1, out: '', err: 'The name of the key must not be empty.\n' });
    expect(long).toMatchObject({ code: 1, out: '' });
    expect(long.err).toMatch(/^The name of the key must .*100.*\.\n$/);
  }, 60_000);
});

describe('admin password', () => {
  test('takes a new password from standard input, and ends that person’s sessions', async () => {
    const installation = await onServer();
    const email = 'grace@example.com';
    const create = ['admin', 'create', '--email', email, '--password', 'the old long one'];
    expect((await installation.run(create)).code).toBe(0);
    expect((await installation.run(create)).err).toContain(`"npx sequitur admin password ${email}"`);
    await installation.start();
    const old = await signIn(installation, email, 'the old long one');
    const cookie = { headers: { cookie: old.headers.get('set-cookie')?.split(';', 1)[0] ?? '' } };
    expect((await fetch(`${installation.url}/api/outbox`, cookie)).status).toBe(200);

    const set = (address: string, input?: string) =>
      installation.run(['admin', 'password', address], {}, input);
    const [none, short, nobody] = await Promise.all([
      set(email),
      set(email, 'short\n'),
      set('nobody@example.com', 'a new long one\n'),
    ]);
    expect(none).toMatchObject({ code: 1, err: expect.stringMatching(/^No password came\./) });
    expect(short).toMatchObject({ code: 1, err: 'The password must have at least 10 characters.\n' });
    expect(nobody).toMatchObject({ code: 1, err: expect.stringContaining('Nobody signs in as nobody@') });
    expect((await fetch(`${installation.url}/api/outbox`, cookie)).status).toBe(200);

    expect(await set(email.toUpperCase(), 'a new long one\n')).toMatchObject({ code: 0, out: '' });
    expect((await fetch(`${installation.url}/api/outbox`, cookie)).status).toBe(401);
    expect((await signIn(installation, email, 'the old long one')).status).toBe(401);
    expect((await signIn(installation, email, 'a new long one')).status).toBe(200);
    const noted = "SELECT actor_name FROM audit_log WHERE action = 'user.password_reset'";
    expect((await installation.run(['sql', '--json', noted])).out).toBe('{"actor_name":"command line"}\n');
  }, 120_000);

  function signIn({ url }: Installation, email: string, password: string): Promise<Response> {
    return fetch(`${url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
  }
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

  test('says which zone days are counted in, and sets it while nothing has been counted', async () => {
    const installation = await onServer();
    const create = (name: string, ...more: string[]) =>
      installation.run(['admin', 'create', '--email', `${name}@example.com`, ...more]);
    expect((await create('carla')).err).toContain('The reporting time zone is Europe/Berlin');
    const unknown = await create('dora', '--time-zone', 'Mars/Olympus');
    expect(unknown).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^--time-zone must be .*"Mars\/Olympus"/),
    });
    const set = await create('dora', '--time-zone', 'Asia/Tokyo');
    expect(set).toMatchObject({
      code: 0,
      err: expect.stringContaining('The reporting time zone is Asia/Tokyo'),
    });
  }, 120_000);
});
