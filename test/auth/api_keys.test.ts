import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { createApiKeyVerifier } from '../../src/auth/api_keys.ts';
import { setup } from '../support/setup.ts';
import { makeAdministrator, openServer, signIn } from './workspace.ts';

const { db } = await setup();
const app = await openServer(db);
const ada = await makeAdministrator(db, 'ada');
const headers = await signIn(app, ada.email);

async function make(name: string): Promise<{ id: string; secret: string; prefix: string }> {
  const answer = await app.inject({ method: 'POST', url: '/api/keys', headers, payload: { name } });
  expect(answer.statusCode).toBe(201);
  return answer.json();
}

function revoke(id: string) {
  return app.inject({ method: 'DELETE', url: `/api/keys/${id}`, headers });
}

function asProgram(secret: string) {
  return app.inject({ url: '/api/audit', headers: { authorization: `Bearer ${secret}` } });
}

test('a key works from the moment it is made until it is revoked', async () => {
  const { id, secret, prefix } = await make('shop');
  expect(secret).toMatch(/^sq_[0-9A-Za-z]{43}$/);
  expect(secret.startsWith(prefix)).toBe(true);
  expect((await asProgram(secret)).statusCode).toBe(200);
  expect((await revoke(id)).statusCode).toBe(204);
  const refused = await asProgram(secret);
  expect(refused.statusCode).toBe(401);
  expect(refused.headers['www-authenticate']).toBe('Bearer');
  expect(refused.json().detail).toBe('The API key is not valid, or has been revoked.');
  expect((await revoke(id)).statusCode).toBe(204);
});

test('the list tells keys apart and never shows them', async () => {
  const { id, secret, prefix } = await make('newsletter');
  const answer = await app.inject({ url: '/api/keys', headers });
  expect(answer.body).not.toContain(secret);
  expect(answer.json().keys[0]).toMatchObject({
    id,
    name: 'newsletter',
    prefix,
    created_by: { id: ada.id, name: 'ada' },
    last_used_at: null,
    revoked_at: null,
  });
  const { rows } = await sql<{ text: string }>`SELECT k::text AS text FROM sequitur.api_keys k`.execute(db);
  expect(rows.map(({ text }) => text).join()).not.toContain(secret);
});

test('the last use is noted, once a minute at most', async () => {
  const { id, secret } = await make('metered');
  const verifier = createApiKeyVerifier(db, (error) => expect.unreachable(String(error)));
  const lastUse = async () => {
    const { rows } = await sql<{ at: Date }>`
      SELECT last_used_at AS at FROM sequitur.api_keys WHERE id = ${id}`.execute(db);
    return rows[0]?.at;
  };
  await verifier.verify(secret);
  await verifier.close();
  const first = await lastUse();
  expect(first).toBeInstanceOf(Date);
  await verifier.verify(secret);
  await createApiKeyVerifier(db, () => {}).verify(secret);
  await verifier.close();
  expect(await lastUse()).toEqual(first);
});

test('a revocation that overtakes a look-up is not forgotten by the cache', async () => {
  const { id, secret } = await make('overtaken');
  const verifier = createApiKeyVerifier(db, () => {});
  const looking = verifier.verify(secret);
  await revoke(id);
  verifier.forget(id);
  await looking;
  expect(await verifier.verify(secret)).toBeUndefined();
  await verifier.close();
});

test('what is no key is refused without asking the database', async () => {
  for (const secret of ['sq_', 'sq_short', `sq_${'!'.repeat(43)}`, 'x'.repeat(46)])
    expect((await asProgram(secret)).statusCode).toBe(401);
});

test('a key without a name is refused, and a key makes no keys', async () => {
  const { secret } = await make('ambitious');
  const unnamed = await app.inject({ method: 'POST', url: '/api/keys', headers, payload: {} });
  expect(unnamed.json().errors).toEqual([{ path: 'name', message: 'is required' }]);
  const authorization = `Bearer ${secret}`;
  const answer = await app.inject({
    method: 'POST',
    url: '/api/keys',
    headers: { authorization },
    payload: { name: 'x' },
  });
  expect(answer.statusCode).toBe(403);
});
