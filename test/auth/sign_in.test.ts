import { Writable } from 'node:stream';
import { sql } from 'kysely';
import pino from 'pino';
import { expect, test } from 'vitest';
import { setup } from '../support/setup.ts';
import { bearer, cookieOf, makeAdministrator, openServer, PASSWORD, signIn } from './workspace.ts';

const { db } = await setup();
const app = await openServer(db);

function attempt(email: string, password: string, on = app) {
  return on.inject({ method: 'POST', url: '/api/auth/sign-in/email', payload: { email, password } });
}

async function whoIs(headers: Record<string, string>) {
  return (await app.inject({ url: '/api/auth/get-session', headers })).json();
}

const nobody = { user: null, expires_at: null };

test('the right password signs in, and the cookie tells who it is', async () => {
  const { id, email } = await makeAdministrator(db, 'ada');
  const answer = await attempt(` ${email.toUpperCase()} `, PASSWORD);
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toEqual({ user: { id, name: 'ada', email } });
  const [cookie] = [answer.headers['set-cookie'] ?? []].flat();
  expect(cookie).toMatch(/^sequitur\.session_token=.*HttpOnly.*SameSite=Lax/i);
  const { user, expires_at } = await whoIs({ cookie: cookieOf(cookie) });
  expect(user).toEqual({ id, name: 'ada', email });
  expect(new Date(expires_at).getTime()).toBeGreaterThan(Date.now());
});

test('a wrong password and an unknown email get the same refusal', async () => {
  const { email } = await makeAdministrator(db, 'bob');
  const answers = [await attempt(email, 'not the password'), await attempt('nobody@example.com', PASSWORD)];
  for (const answer of answers) {
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['content-type']).toMatch('application/problem+json');
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.json().detail).toBe('The email or the password is wrong.');
  }
});

test('signing out ends the session, not only the cookie', async () => {
  const { email } = await makeAdministrator(db, 'cleo');
  const cookies = await signIn(app, email);
  const answer = await app.inject({ method: 'POST', url: '/api/auth/sign-out', headers: cookies });
  expect(answer.statusCode).toBe(204);
  expect(answer.body).toBe('');
  expect(await whoIs(cookies)).toEqual(nobody);
  expect((await app.inject({ url: '/api/users', headers: cookies })).statusCode).toBe(401);
});

test('a session in use lives on, and the browser is told so', async () => {
  const { id, email } = await makeAdministrator(db, 'dora');
  const cookies = await signIn(app, email);
  await sql`UPDATE sequitur.sessions SET expires_at = now() + interval '1 day' WHERE user_id = ${id}`.execute(
    db,
  );
  const answer = await app.inject({ url: '/api/users', headers: cookies });
  expect(answer.statusCode).toBe(200);
  expect(cookieOf(answer.headers['set-cookie'])).toBe(cookies.cookie);
  const { expires_at } = await whoIs(cookies);
  expect(new Date(expires_at).getTime()).toBeGreaterThan(Date.now() + 13 * 86_400_000);
});

test('a session that has run out, or whose cookie was tampered with, is none', async () => {
  const { id, email } = await makeAdministrator(db, 'emil');
  const cookies = await signIn(app, email);
  expect(await whoIs({ cookie: cookies.cookie.replace(/=./, '=%') })).toEqual(nobody);
  await sql`UPDATE sequitur.sessions SET expires_at = now() - interval '1 s' WHERE user_id = ${id}`.execute(
    db,
  );
  expect(await whoIs(cookies)).toEqual(nobody);
});

test('changing the password signs out all other browsers and keeps this one', async () => {
  const { email } = await makeAdministrator(db, 'fay');
  const here = await signIn(app, email);
  const elsewhere = await signIn(app, email);
  const change = (payload: object) =>
    app.inject({ method: 'POST', url: '/api/auth/change-password', headers: here, payload });

  const wrong = await change({ current_password: 'not the password', new_password: 'another long phrase' });
  expect(wrong.statusCode).toBe(400);
  expect(wrong.json().errors).toEqual([{ path: 'current_password', message: 'is not your password' }]);
  const short = await change({ current_password: PASSWORD, new_password: 'short' });
  expect(short.json().errors).toEqual([
    { path: 'new_password', message: 'must have at least 10 characters' },
  ]);

  const done = await change({ current_password: PASSWORD, new_password: 'another long phrase' });
  expect(done.statusCode).toBe(204);
  expect((await whoIs({ cookie: cookieOf(done.headers['set-cookie']) })).user.email).toBe(email);
  expect(await whoIs(elsewhere)).toEqual(nobody);
  expect((await attempt(email, PASSWORD)).statusCode).toBe(401);
  expect((await attempt(email, 'another long phrase')).statusCode).toBe(200);
});

test('a password is not changed unless that is noted in the log of changes', async () => {
  const { id, email } = await makeAdministrator(db, 'joe');
  const headers = await signIn(app, email);
  const payload = { current_password: PASSWORD, new_password: 'another long phrase' };
  const change = () => app.inject({ method: 'POST', url: '/api/auth/change-password', headers, payload });
  await sql`
    ALTER TABLE sequitur.audit_log ADD CONSTRAINT refused CHECK (action <> 'user.password_changed') NOT VALID`.execute(
    db,
  );
  const failed = await change();
  await sql`ALTER TABLE sequitur.audit_log DROP CONSTRAINT refused`.execute(db);
  expect(failed.statusCode).toBe(500);
  expect((await attempt(email, PASSWORD)).statusCode).toBe(200);
  expect((await whoIs(headers)).user.email).toBe(email);
  expect((await change()).statusCode).toBe(204);
  const { rows } = await sql`
    SELECT actor_id FROM sequitur.audit_log WHERE action = 'user.password_changed' AND object_id = ${id}`.execute(
    db,
  );
  expect(rows).toEqual([{ actor_id: id }]);
});

test('a refused sign-in is noted with where it came from, and neither password nor address', async () => {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const noting = await openServer(db, { logger: pino({ level: 'info' }, sink) });
  const { email } = await makeAdministrator(db, 'kim');
  await attempt(email, 'not the password', noting);
  await attempt('nobody@example.com', PASSWORD, noting);
  const noted = lines
    .map((line) => JSON.parse(line))
    .map(({ level, address, email, msg }) => ({ level, address, email, msg }));
  const refusal = { level: 30, address: '127.0.0.1', msg: 'sign-in refused' };
  expect(noted).toEqual([
    { ...refusal, email: 'k…@example.com' },
    { ...refusal, email: 'n…@example.com' },
  ]);
  expect(lines.join()).not.toMatch(/not the password|kim@|nobody@/);
});

test('guessing is slowed down for one email, and others still get in', async () => {
  const slow = await openServer(db);
  const { email } = await makeAdministrator(db, 'gus');
  for (let n = 0; n < 10; n += 1) await attempt('victim@example.com', 'a wrong guess', slow);
  const refused = await attempt('Victim@example.com', 'a wrong guess', slow);
  expect(refused.statusCode).toBe(429);
  expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
  expect(refused.json().type).toBe('urn:sequitur:problem:too_many');
  expect((await attempt(email, PASSWORD, slow)).statusCode).toBe(200);
});

test('guessing from elsewhere shuts nobody out, and right passwords are no guesses', async () => {
  const slow = await openServer(db);
  const { email } = await makeAdministrator(db, 'lea');
  const from = (remoteAddress: string, password: string) =>
    slow.inject({
      method: 'POST',
      url: '/api/auth/sign-in/email',
      remoteAddress,
      payload: { email, password },
    });
  for (let n = 0; n < 40; n += 1) await from(`203.0.113.${n % 4}`, 'a wrong guess');
  expect((await from('203.0.113.0', PASSWORD)).statusCode).toBe(429);
  for (let n = 0; n < 12; n += 1) expect((await from('198.51.100.7', PASSWORD)).statusCode).toBe(200);
}, 60_000);

test('guessing is slowed down for one address, whatever the email', async () => {
  const slow = await openServer(db);
  const statuses = new Set<number>();
  for (let n = 0; n < 31; n += 1)
    statuses.add((await attempt(`guess${n}@example.com`, 'x', slow)).statusCode);
  expect([...statuses]).toEqual([401, 429]);
});

test('there is no way to sign oneself up, and an API key is no session', async () => {
  const payload = { name: 'Eve', email: 'eve@example.com', password: PASSWORD };
  for (const path of ['sign-up/email', 'update-user', 'delete-user', 'request-password-reset']) {
    const answer = await app.inject({ method: 'POST', url: `/api/auth/${path}`, payload });
    expect(answer.statusCode).toBe(404);
  }
  const { authorization } = await bearer(db);
  expect(await whoIs({ authorization })).toEqual(nobody);
});

test('on https the cookie insists on https; on a port of its own it has a name of its own', async () => {
  const { email } = await makeAdministrator(db, 'hal');
  const cookieAt = async (publicUrl: string) => {
    const server = await openServer(db, { publicUrl });
    return [(await attempt(email, PASSWORD, server)).headers['set-cookie'] ?? []].flat()[0];
  };
  expect(await cookieAt('https://mail.example.com')).toMatch(/^__Secure-sequitur\.session_token=.*; Secure/);
  expect(await cookieAt('http://127.0.0.1:3001')).toMatch(/^sequitur_3001\.session_token=/);
});

test('a session remembers the address that the server saw, not the one that the browser claims', async () => {
  const { id, email } = await makeAdministrator(db, 'ivy');
  await app.inject({
    method: 'POST',
    url: '/api/auth/sign-in/email',
    remoteAddress: '203.0.113.9',
    headers: {
      'x-forwarded-for': '198.51.100.1',
      'x-sequitur-address': '198.51.100.1',
      'user-agent': 'A browser',
    },
    payload: { email, password: PASSWORD },
  });
  const { rows } = await sql`
    SELECT ip_address, user_agent FROM sequitur.sessions WHERE user_id = ${id}`.execute(db);
  expect(rows).toEqual([{ ip_address: '203.0.113.9', user_agent: 'A browser' }]);
});
