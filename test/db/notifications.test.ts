import { expect, onTestFinished, test, vi } from 'vitest';
import { Notifications } from '../../src/db/notifications.ts';
import { newId } from '../../src/lib/uuid.ts';
import { DatabaseProxy } from '../support/database_proxy.ts';
import { listeners, sayAnything } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';

const { db, connection } = await setup();

const PATIENCE = { timeout: 10_000, interval: 10 };

/** One process's notifications, listening, with what it heard under `counts` and what troubled it. */
async function aProcess(
  through = connection,
): Promise<{ notifications: Notifications; heard: string[]; troubles: unknown[] }> {
  const troubles: unknown[] = [];
  const heard: string[] = [];
  const before = await listeners(db);
  const notifications = new Notifications({
    db,
    connection: through,
    onTrouble: (error) => troubles.push(error),
  });
  notifications.on('counts', (values) => heard.push(...values));
  notifications.start();
  onTestFinished(() => notifications.stop());
  await vi.waitUntil(async () => (await listeners(db)) > before, PATIENCE);
  return { notifications, heard, troubles };
}

test('what one process announces is heard once by every process, itself included', async () => {
  const [one, other] = [await aProcess(), await aProcess()];
  for (const value of ['a', 'b', 'a']) one.notifications.announce('counts', [value]);
  one.notifications.announce('something else', ['c']);
  await vi.waitUntil(() => one.heard.length > 0 && other.heard.length > 0, PATIENCE);
  other.notifications.announce('counts', ['end']);
  await vi.waitUntil(() => one.heard.includes('end') && other.heard.includes('end'), PATIENCE);
  expect(one.heard).toEqual(['a', 'b', 'end']);
  expect(other.heard).toEqual(['a', 'b', 'end']);
  expect([...one.troubles, ...other.troubles]).toEqual([]);
});

test('as much as is announced at once arrives, in as many messages as it takes', async () => {
  const [one, other] = [await aProcess(), await aProcess()];
  const ids = Array.from({ length: 1_000 }, newId);
  one.notifications.announce('counts', ids);
  await vi.waitUntil(() => other.heard.length === 1_000, PATIENCE);
  expect(other.heard.toSorted()).toEqual(ids.toSorted());
});

test('whatever others say on the channel does no harm', async () => {
  const one = await aProcess();
  for (const payload of [
    '',
    'hello',
    '{',
    'null',
    '[]',
    '{"from":1}',
    '{"from":"x","topic":"counts","values":[1]}',
  ]) {
    await sayAnything(db, payload);
  }
  await sayAnything(db, '{"from":"somebody","topic":"counts","values":["end"]}');
  await vi.waitUntil(() => one.heard.includes('end'), PATIENCE);
  expect(one.heard).toEqual(['end']);
  expect(one.troubles).toEqual([]);
});

test('one who fails to hear keeps nobody else from hearing', async () => {
  const troubles: unknown[] = [];
  const heard: string[] = [];
  const notifications = new Notifications({ db, connection, onTrouble: (error) => troubles.push(error) });
  const failure = new Error('deaf');
  notifications.on('counts', () => {
    throw failure;
  });
  const stopHearing = notifications.on('counts', (values) => heard.push(...values));
  notifications.announce('counts', ['a']);
  await vi.waitUntil(() => heard.length === 1, PATIENCE);
  expect(troubles).toEqual([failure]);
  stopHearing();
  await notifications.stop();
});

test('a connection that breaks is made anew, and none is left behind', async () => {
  await using proxy = await DatabaseProxy.start(connection);
  const before = await listeners(db);
  const one = await aProcess(proxy.connection);
  proxy.cut();
  await vi.waitUntil(async () => (await listeners(db)) === before, PATIENCE);
  proxy.mend();
  await vi.waitUntil(async () => (await listeners(db)) === before + 1, PATIENCE);
  await sayAnything(db, '{"from":"somebody","topic":"counts","values":["again"]}');
  await vi.waitUntil(() => one.heard.includes('again'), PATIENCE);
  expect(one.troubles.length).toBeGreaterThan(0);
  await one.notifications.stop();
  await vi.waitUntil(async () => (await listeners(db)) === before, PATIENCE);
});

test('after stopping nothing is announced any more, and stopping again is no error', async () => {
  const one = await aProcess();
  await one.notifications.stop();
  one.notifications.announce('counts', ['late']);
  await one.notifications.stop();
  const other = await aProcess();
  other.notifications.announce('counts', ['end']);
  await vi.waitUntil(() => other.heard.includes('end'), PATIENCE);
  expect(one.heard).toEqual([]);
});

test('stopping in the middle of connecting leaves no connection', async () => {
  const before = await listeners(db);
  const notifications = new Notifications({ db, connection, onTrouble: () => {} });
  notifications.start();
  await notifications.stop();
  const other = await aProcess();
  await other.notifications.stop();
  await vi.waitUntil(async () => (await listeners(db)) === before, PATIENCE);
});
