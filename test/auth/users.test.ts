import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { removeAdministrator } from '../../src/auth/administrators.ts';
import { setup } from '../support/setup.ts';
import { bearer, makeAdministrator, openServer, PASSWORD, signIn } from './workspace.ts';

const { db } = await setup();
const app = await openServer(db);
const ada = await makeAdministrator(db, 'ada');
const headers = await signIn(app, ada.email);

function add(payload: object) {
  return app.inject({ method: 'POST', url: '/api/users', headers, payload });
}

function remove(id: string) {
  return app.inject({ method: 'DELETE', url: `/api/users/${id}`, headers });
}

test('an administrator adds another, who signs in with the temporary password', async () => {
  const answer = await add({ name: 'Bob', email: 'Bob@example.com' });
  expect(answer.statusCode).toBe(201);
  const { user, temporary_password } = answer.json();
  expect(user).toMatchObject({ name: 'Bob', email: 'bob@example.com' });
  await signIn(app, 'bob@example.com', temporary_password);
  const { users } = (await app.inject({ url: '/api/users', headers })).json();
  expect(users.map(({ name }: { name: string }) => name)).toEqual(['ada', 'Bob']);
});

test('a password that is given is not shown again', async () => {
  const answer = await add({ name: 'Cleo', email: 'cleo@example.com', password: PASSWORD });
  expect(answer.json().temporary_password).toBeNull();
  await signIn(app, 'cleo@example.com');
});

test('an email that is taken is a conflict', async () => {
  const answer = await add({ name: 'Ada again', email: 'ADA@example.com' });
  expect(answer.statusCode).toBe(409);
  expect(answer.json().type).toBe('urn:sequitur:problem:email_taken');
});

test('removing an administrator signs them out everywhere', async () => {
  const dora = await makeAdministrator(db, 'dora');
  const cookies = await signIn(app, dora.email);
  expect((await remove(dora.id)).statusCode).toBe(204);
  expect((await app.inject({ url: '/api/users', headers: cookies })).statusCode).toBe(401);
  expect((await remove(dora.id)).statusCode).toBe(404);
});

test('nobody removes themselves, and two who remove each other leave one', async () => {
  expect((await remove(ada.id)).json().type).toBe('urn:sequitur:problem:oneself');
  const bob = await makeAdministrator(db, 'other');
  await sql`DELETE FROM sequitur.users WHERE id NOT IN (${ada.id}, ${bob.id})`.execute(db);
  const asAdmin = ({ id }: { id: string }) => ({ kind: 'administrator', id, name: '', email: '' }) as const;
  const outcomes = await Promise.all([
    removeAdministrator(db, bob.id, asAdmin(ada)),
    removeAdministrator(db, ada.id, asAdmin(bob)),
  ]);
  expect(outcomes.sort()).toEqual(['last', 'removed']);
});

test('an API key may not touch users', async () => {
  const { authorization } = await bearer(db);
  const answer = await app.inject({ url: '/api/users', headers: { authorization } });
  expect(answer.statusCode).toBe(403);
});
