import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { listen } from '../../src/db/notifications.sql.ts';
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

/** What goes over the channel from now on, message by message, but for what each process says to hear itself. */
async function overhear(): Promise<string[]> {
  const payloads: string[] = [];
  const client = new pg.Client(connection);
  client.on('notification', ({ payload = '' }) => {
    if (!payload.includes('"probe"')) payloads.push(payload);
  });
  await client.connect();
  onTestFinished(() => client.end());
  await listen(client);
  return payloads;
}

test('what is announced at once goes out in one message, whatever its topics', async () => {
  const [one, other] = [await aProcess(), await aProcess()];
  const payloads = await overhear();
  for (const topic of ['work', 'counts', 'outbox']) one.notifications.announce(topic, ['a']);
  one.notifications.announce('counts', ['b']);
  await vi.waitUntil(() => other.heard.length === 2, PATIENCE);
  await sayAnything(db, 'end');
  await vi.waitUntil(() => payloads.includes('end'), PATIENCE);
  expect(payloads).toHaveLength(2);
  expect(JSON.parse(payloads[0] ?? '').said).toEqual([
    { topic: 'work', values: ['a'] },
    { topic: 'counts', values: ['a', 'b'] },
    { topic: 'outbox', values: ['a'] },
  ]);
});

test('what is announced at once arrives however much it is, in as few messages as it takes', async () => {
  const [one, other] = [await aProcess(), await aProcess()];
  const payloads = await overhear();
  const ids = Array.from({ length: 1_000 }, newId);
  const texts = Array.from({ length: 50 }, (_, i) => `"${i}" ${'ü'.repeat(100)}`);
  for (const [i, id] of ids.entries()) one.notifications.announce(i % 20 === 0 ? 'other' : 'counts', [id]);
  one.notifications.announce('counts', texts);
  const expected = [...ids.filter((_, i) => i % 20 !== 0), ...texts];
  await vi.waitUntil(() => other.heard.length === expected.length, PATIENCE);
  expect(other.heard).toEqual(expect.arrayContaining(expected));
  expect(one.troubles).toEqual([]);
  // Said after all of it: once this has arrived, the rest has.
  await sayAnything(db, 'end');
  await vi.waitUntil(() => payloads.includes('end'), PATIENCE);
  const messages = payloads.filter((payload) => payload !== 'end');
  const bytes = messages.reduce((sum, message) => sum + Buffer.byteLength(message), 0);
  expect(messages).toHaveLength(Math.ceil(bytes / 7_900));
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
    '{"from":"x","said":{}}',
    '{"from":"x","said":[null]}',
    '{"from":"x","said":[{"topic":"counts","values":[1]}]}',
  ]) {
    await sayAnything(db, payload);
  }
  await sayAnything(db, '{"from":"somebody","said":[{"topic":"counts","values":["end"]}]}');
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
  await sayAnything(db, '{"from":"somebody","said":[{"topic":"counts","values":["again"]}]}');
  await vi.waitUntil(() => one.heard.includes('again'), PATIENCE);
  expect(one.troubles.length).toBeGreaterThan(0);
  await one.notifications.stop();
  await vi.waitUntil(async () => (await listeners(db)) === before, PATIENCE);
});

test('a connection that is dropped without a word is noticed within seconds, and made anew', async () => {
  await using proxy = await DatabaseProxy.start(connection);
  const before = await listeners(db);
  const { notifications, heard, troubles } = await aProcess(proxy.connection);
  await vi.waitUntil(() => notifications.isListening, PATIENCE);
  let begins = 0;
  notifications.onListening(() => begins++);
  proxy.freeze();
  await vi.waitUntil(() => !notifications.isListening, PATIENCE);
  await vi.waitUntil(() => notifications.isListening, PATIENCE);
  expect(begins).toBe(1);
  expect(troubles).toMatchObject([{ message: 'Query read timeout' }]);
  await sayAnything(db, '{"from":"somebody","said":[{"topic":"counts","values":["again"]}]}');
  await vi.waitUntil(() => heard.includes('again'), PATIENCE);
  await notifications.stop();
  proxy.cut();
  await vi.waitUntil(async () => (await listeners(db)) === before, PATIENCE);
}, 30_000);

test('whoever relies on a connection that fell silent is told so before it is given up', async () => {
  await using proxy = await DatabaseProxy.start(connection);
  const { notifications } = await aProcess(proxy.connection);
  await vi.waitUntil(() => notifications.isListening, PATIENCE);
  expect(await notifications.isUpToDate()).toBe(true);
  proxy.freeze();
  await vi.waitUntil(async () => !(await notifications.isUpToDate()), PATIENCE);
  expect(notifications.isListening).toBe(true);
  await vi.waitUntil(() => notifications.isUpToDate(), PATIENCE);
}, 30_000);

test('a connection on which nothing is said stays as it is', async () => {
  const { notifications, troubles } = await aProcess();
  await vi.waitUntil(() => notifications.isListening, PATIENCE);
  let begins = 0;
  notifications.onListening(() => begins++);
  await pause(6_000);
  expect([notifications.isListening, begins, troubles]).toEqual([true, 0, []]);
}, 30_000);

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
