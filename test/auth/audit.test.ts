import { expect, test } from 'vitest';
import { audit } from '../../src/auth/audit.ts';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { setup } from '../support/setup.ts';
import { makeAdministrator, openServer, signIn } from './workspace.ts';

const { db } = await setup();
const app = await openServer(db);
const ada = await makeAdministrator(db, 'ada');
const headers = await signIn(app, ada.email);

type Entry = { action: string; actor_name: string; object_id: string; detail: object };

async function page(query = ''): Promise<{ entries: Entry[]; next_cursor: string | null }> {
  const answer = await app.inject({ url: `/api/audit${query}`, headers });
  expect(answer.statusCode).toBe(200);
  return answer.json();
}

test('a change is in the log with who made it', async () => {
  const key = await app.inject({ method: 'POST', url: '/api/keys', headers, payload: { name: 'shop' } });
  const { entries } = await page();
  expect(entries[0]).toMatchObject({
    actor_kind: 'administrator',
    actor_id: ada.id,
    actor_name: 'ada',
    action: 'api_key.created',
    object_type: 'api_key',
    object_id: key.json().id,
    detail: { name: 'shop', prefix: key.json().prefix },
  });
  expect(entries[1]).toMatchObject({ actor_kind: 'system', action: 'user.created', object_id: ada.id });
});

test('pages neither repeat nor miss entries, and end with null', async () => {
  const actor = { kind: 'system', name: 'test' } as const;
  // All in one transaction: they share their time, and only the id tells them apart.
  await inTransaction(db, async (tx) => {
    for (let n = 0; n < 7; n += 1) await audit(tx, actor, `thing.${n}`, null);
  });
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const next = await page(`?limit=3${cursor ? `&cursor=${cursor}` : ''}`);
    seen.push(...next.entries.map(({ action }) => action));
    cursor = next.next_cursor;
  } while (cursor);
  expect(seen).toEqual((await page('?limit=200')).entries.map(({ action }) => action));
  expect(seen.slice(0, 7)).toEqual([6, 5, 4, 3, 2, 1, 0].map((n) => `thing.${n}`));
});

test('an entry of a change that is taken back is taken back with it', async () => {
  const before = (await page()).entries.length;
  const failing = inTransaction(db, async (tx) => {
    await audit(tx, { kind: 'system', name: 'test' }, 'thing.made', null);
    throw new Error('taken back');
  });
  await expect(failing).rejects.toThrow('taken back');
  expect((await page()).entries).toHaveLength(before);
});

test('a forged cursor is refused', async () => {
  const answer = await app.inject({ url: '/api/audit?cursor=bm90LWEtY3Vyc29y', headers });
  expect(answer.statusCode).toBe(400);
  expect(answer.json().errors).toEqual([
    { path: 'cursor', message: 'is not a cursor that this list has given' },
  ]);
});
