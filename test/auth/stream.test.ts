import { sql } from 'kysely';
import pino from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { createSessions } from '../../src/auth/sessions.ts';
import { secretFor, signingSecret } from '../../src/auth/signing_secret.ts';
import { registerStream } from '../../src/http/stream.routes.ts';
import { openStream } from '../../src/http/stream.ts';
import { setup } from '../support/setup.ts';
import { bearer, cookieOf, makeAdministrator, openServer, PUBLIC_URL, signIn } from './workspace.ts';

const { db } = await setup();
const app = await openServer(db);
const stream = openStream();
registerStream(app, stream, {});
const origin = await app.listen({ port: 0, host: '127.0.0.1' });

/** Opens the stream; `ended` is settled when the server has ended it. */
async function listen(headers: Record<string, string>): Promise<{ ended: Promise<unknown> }> {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const answer = await fetch(`${origin}/api/stream`, { headers, signal: stop.signal });
  expect(answer.status).toBe(200);
  const ended = answer.text();
  ended.catch(() => {});
  return { ended };
}

/** Makes a session one that is to live on at its next use. */
async function age(userId: string): Promise<void> {
  const old = sql`UPDATE sequitur.sessions SET expires_at = now() + interval '1 day' WHERE user_id = ${userId}`;
  await old.execute(db);
}

test('a stream ends as soon as its session is signed out here, and others go on', async () => {
  const { email } = await makeAdministrator(db, 'ada');
  const [gone, stays] = [await signIn(app, email), await signIn(app, email)];
  const [ending, open] = [await listen(gone), await listen(stays)];
  await app.inject({ method: 'POST', url: '/api/auth/sign-out', headers: gone });
  await ending.ended;
  const ended = await Promise.race([
    open.ended.then(() => true),
    app.inject({ url: '/healthz' }).then(() => false),
  ]);
  expect(ended).toBe(false);
  expect(stream.size()).toBe(1);
});

test('a stream ends as soon as its key is revoked here, or its administrator removed', async () => {
  const ada = await makeAdministrator(db, 'bea');
  const bob = await makeAdministrator(db, 'bob');
  const headers = await signIn(app, ada.email);
  const { id, authorization } = await bearer(db);
  const [byKey, bySession] = [await listen({ authorization }), await listen(await signIn(app, bob.email))];
  await app.inject({ method: 'DELETE', url: `/api/keys/${id}`, headers });
  await byKey.ended;
  await app.inject({ method: 'DELETE', url: `/api/users/${bob.id}`, headers });
  await bySession.ended;
});

test('a stream ends within seconds when its session was ended elsewhere', async () => {
  const { id, email } = await makeAdministrator(db, 'gil');
  const { ended } = await listen(await signIn(app, email));
  await sql`DELETE FROM sequitur.sessions WHERE user_id = ${id}`.execute(db);
  await ended;
});

test('a session that lives on when the stream is opened tells the browser so', async () => {
  const { id, email } = await makeAdministrator(db, 'dora');
  const headers = await signIn(app, email);
  await age(id);
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const answer = await fetch(`${origin}/api/stream`, { headers, signal: stop.signal });
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  expect(cookieOf(answer.headers.getSetCookie())).toBe(headers.cookie);
});

test('an open page does not keep a session alive that nobody uses', async () => {
  const { id, email } = await makeAdministrator(db, 'cleo');
  const headers = await signIn(app, email);
  await age(id);
  const secret = secretFor('sessions', await signingSecret(db));
  const sessions = await createSessions(db, {
    secret,
    publicUrl: PUBLIC_URL,
    logger: pino({ level: 'silent' }),
  });
  expect(await sessions.isGood(headers)).toBe(true);
  const { rows } = await sql<{ days: number }>`
    SELECT extract(day FROM expires_at - now())::int AS days FROM sequitur.sessions WHERE user_id = ${id}`.execute(
    db,
  );
  expect(rows[0]?.days).toBeLessThan(2);
  await sql`DELETE FROM sequitur.sessions WHERE user_id = ${id}`.execute(db);
  expect(await sessions.isGood(headers)).toBe(false);
  expect(await sessions.isGood({})).toBe(false);
});
