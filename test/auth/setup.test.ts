import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import { ensureFirstAdministrator } from '../../src/auth/administrators.ts';
import { prepareSetupLink } from '../../src/auth/setup.ts';
import { setup } from '../support/setup.ts';
import { cookieOf, openServer, PASSWORD, PUBLIC_URL } from './workspace.ts';

const { db } = await setup();
const app = await openServer(db);
const ada = { name: 'Ada', email: 'ada@example.com', password: PASSWORD };

beforeEach(async () => {
  await sql`DELETE FROM sequitur.users`.execute(db);
});

async function start(now = new Date()): Promise<string> {
  const prepared = await prepareSetupLink(db, { publicUrl: PUBLIC_URL, now });
  if (prepared.outcome !== 'link') throw new Error(prepared.outcome);
  const url = new URL(prepared.url);
  expect(url.origin + url.pathname).toBe(`${PUBLIC_URL}/setup`);
  return url.searchParams.get('token') ?? '';
}

function send(payload: object) {
  return app.inject({ method: 'POST', url: '/api/setup', payload });
}

async function state(query: { token?: string } = {}) {
  return (await app.inject({ url: '/api/setup', query })).json();
}

test('the printed link makes the first administrator and signs them in', async () => {
  const token = await start();
  expect(await state()).toEqual({ needed: true, time_zone: 'Europe/Berlin' });
  const answer = await send({ ...ada, token, time_zone: 'America/New_York' });
  expect(answer.statusCode).toBe(201);
  expect(answer.json()).toMatchObject({
    user: { name: 'Ada', email: ada.email },
    time_zone: 'America/New_York',
  });
  const headers = { cookie: cookieOf(answer.headers['set-cookie']) };
  expect((await app.inject({ url: '/api/users', headers })).json().users).toHaveLength(1);
  expect(await state()).toEqual({ needed: false, time_zone: 'America/New_York' });
  expect(await prepareSetupLink(db, { publicUrl: PUBLIC_URL, now: new Date() })).toEqual({
    outcome: 'not_needed',
  });
  const log = (await app.inject({ url: '/api/audit', headers })).json().entries;
  expect(log.slice(0, 2)).toMatchObject([
    { actor_name: 'setup', action: 'user.created' },
    {
      actor_name: 'setup',
      action: 'workspace.time_zone_chosen',
      detail: { time_zone: 'America/New_York', before: 'Europe/Berlin' },
    },
  ]);
  const again = await send({ ...ada, token, email: 'eve@example.com' });
  expect(again.statusCode).toBe(409);
  expect(again.json().type).toBe('urn:sequitur:problem:already_set_up');
});

test('a link can be asked whether it works before anything is filled in', async () => {
  const outdated = await start();
  const overdue = await start(new Date(Date.now() - 25 * 3_600_000));
  expect(await state({ token: outdated })).toMatchObject({ needed: true, link: 'unknown' });
  expect(await state({ token: overdue })).toMatchObject({ needed: true, link: 'expired' });
  const token = await start();
  expect(await state({ token })).toMatchObject({ needed: true, link: 'valid' });
  expect((await send({ ...ada, token })).statusCode).toBe(201);
  expect(await state({ token })).toMatchObject({ needed: false, link: 'already_set_up' });
});

test('two who use the link at the same moment make one administrator', async () => {
  const token = await start();
  const answers = await Promise.all([
    send({ ...ada, token }),
    send({ ...ada, token, email: 'eve@example.com' }),
    send({ ...ada, token, email: 'mia@example.com' }),
  ]);
  expect(answers.map((answer) => answer.statusCode).sort()).toEqual([201, 409, 409]);
  const { rows } = await sql`SELECT FROM sequitur.users`.execute(db);
  expect(rows).toHaveLength(1);
});

test('a link ends when a day has passed, and when a new start prints another', async () => {
  const expired = await send({ ...ada, token: await start(new Date(Date.now() - 25 * 3_600_000)) });
  expect(expired.statusCode).toBe(410);
  expect(expired.json().detail).toBe(
    'This setup link has expired. Start Sequitur again: it prints a new one.',
  );
  const earlier = await start();
  const newest = await start();
  const answer = await send({ ...ada, token: earlier });
  expect(answer.statusCode).toBe(403);
  expect(answer.json().type).toBe('urn:sequitur:problem:setup_link_unknown');
  expect((await send({ ...ada, token: newest })).statusCode).toBe(201);
});

test('what is wrong with the form is said field by field, and the link stays good', async () => {
  const token = await start();
  const answer = await send({ token, name: ' ', email: 'ada', password: 'short' });
  expect(answer.statusCode).toBe(400);
  expect(answer.json().errors).toEqual([
    { path: 'name', message: 'must not be empty' },
    { path: 'email', message: 'is not an email address' },
    { path: 'password', message: 'must have at least 10 characters' },
  ]);
  const zone = await send({ ...ada, token, time_zone: 'Mars/Olympus' });
  expect(zone.statusCode).toBe(400);
  expect(zone.json().errors[0].path).toBe('time_zone');
  expect(await state()).toMatchObject({ needed: true });
  const unknown = await send({ ...ada, token, timezone: 'Europe/Oslo' });
  expect(unknown.json().errors).toMatchObject([{ path: 'timezone' }]);
  expect((await send({ ...ada, token })).statusCode).toBe(201);
});

test('only a hash of the token is kept', async () => {
  const token = await start();
  const { rows } = await sql<{ text: string }>`
    SELECT string_agg(value::text, ' ') AS text FROM sequitur.settings`.execute(db);
  expect(rows[0]?.text).not.toContain(token);
});

test('twenty processes that start with the same ADMIN_EMAIL make one administrator', async () => {
  const made = await Promise.all(
    Array.from({ length: 20 }, () =>
      ensureFirstAdministrator(db, { email: 'Ops@Example.com', password: PASSWORD }),
    ),
  );
  expect(made.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
  expect(made.filter(({ outcome }) => outcome === 'exists')).toHaveLength(19);
  const { rows } = await sql`SELECT name, email FROM sequitur.users`.execute(db);
  expect(rows).toEqual([{ name: 'Ops', email: 'ops@example.com' }]);
});

test('a first administrator whose values are no good is refused with the reasons', async () => {
  expect(await ensureFirstAdministrator(db, { email: 'ops', password: 'short' })).toEqual({
    outcome: 'invalid',
    problems: [
      { path: 'email', message: 'is not an email address' },
      { path: 'password', message: 'must have at least 10 characters' },
    ],
  });
});
