import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { closeDatabase, openDatabase } from '../../src/db/database.ts';
import { listen } from '../../src/db/notifications.sql.ts';
import { Notifications } from '../../src/db/notifications.ts';
import { newId } from '../../src/lib/uuid.ts';
import { DatabaseProxy } from '../support/database_proxy.ts';
import { listeners, sayAnything } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';

const { db, connection } = await setup();

const PATIENCE = { timeout: 10_000, interval: 10 };

/** One process's notifications, listening, with what it heard under `counts` and `forget`, and what troubled it. */
async function aProcess(through = connection, pool = db) {
  const troubles: unknown[] = [];
  const heard: string[] = [];
  const forgets: string[][] = [];
  const before = await listeners(db);
  const notifications = new Notifications({
    db: pool,
    connection: through,
    onTrouble: (error) => troubles.push(error),
  });
  notifications.on('counts', (values) => heard.push(...values));
  notifications.on('forget', (values) => forgets.push(values));
  notifications.start();
  onTestFinished(() => notifications.stop());
  await vi.waitUntil(async () => (await listeners(db)) > before, PATIENCE);
  return { notifications, heard, forgets, troubles };
}

/** Two processes: `one` says what it says through `proxy`, and listens beside it; `other` knows nothing of it. */
async function aSpeaker(proxy: DatabaseProxy) {
  const pool = openDatabase(proxy.connection, { max: 2 });
  onTestFinished(() => closeDatabase(pool));
  const [one, other] = [await aProcess(connection, pool), await aProcess()];
  await vi.waitUntil(() => one.notifications.isListening && other.notifications.isListening, PATIENCE);
  one.notifications.announce('counts', ['before']);
  await vi.waitUntil(() => other.heard.includes('before'), PATIENCE);
  return { one, other };
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

test('what could not be said is said again until it was, and its trouble told once', async () => {
  await using proxy = await DatabaseProxy.start(connection);
  const { one, other } = await aSpeaker(proxy);
  proxy.cut();
  one.notifications.announce('counts', ['lost']);
  await vi.waitUntil(() => one.heard.includes('lost'), PATIENCE);
  one.notifications.announce('counts', ['later']);
  await vi.waitUntil(() => one.troubles.length > 0, PATIENCE);
  await pause(700);
  expect(other.heard).toEqual(['before']);
  proxy.mend();
  await vi.waitUntil(() => other.heard.length === 3, { timeout: 1_000, interval: 10 });
  expect(other.heard.toSorted()).toEqual(['before', 'later', 'lost']);
  expect(one.heard).toEqual(['before', 'lost', 'later']);
  expect(one.troubles).toHaveLength(1);
  expect(other.forgets).toEqual([]);
});

test('more than can be kept until it is said is one word to forget everything', async () => {
  await using proxy = await DatabaseProxy.start(connection);
  const { one, other } = await aSpeaker(proxy);
  const worked: string[] = [];
  other.notifications.on('work', (values) => worked.push(...values));
  proxy.cut();
  one.notifications.announce('work', ['7']);
  const ids = Array.from({ length: 10_001 }, (_, i) => `${i}`);
  for (const half of [ids.slice(0, 6_000), ids.slice(6_000)]) {
    one.notifications.announce('counts', half);
    await vi.waitUntil(() => one.heard.includes(half.at(-1) ?? ''), PATIENCE);
  }
  proxy.mend();
  await vi.waitUntil(() => other.forgets.length > 0 && worked.length > 0, PATIENCE);
  one.notifications.announce('counts', ['end']);
  await vi.waitUntil(() => other.heard.includes('end'), PATIENCE);
  expect(other.heard).toEqual(['before', 'end']);
  expect([other.forgets, worked]).toEqual([[['']], ['7']]);
  expect(one.forgets).toEqual([]);
});

test('what a connection that fell silent does not take is said on another', async () => {
  await using proxy = await DatabaseProxy.start(connection);
  const { one, other } = await aSpeaker(proxy);
  proxy.freeze();
  one.notifications.announce('counts', ['again']);
  await vi.waitUntil(() => other.heard.includes('again'), PATIENCE);
  expect(one.troubles).toEqual([]);
  proxy.cut();
});

test('what is not said yet when stopping goes out before it has stopped', async () => {
  await using proxy = await DatabaseProxy.start(connection);
  const { one, other } = await aSpeaker(proxy);
  proxy.cut();
  one.notifications.announce('counts', ['failed']);
  await vi.waitUntil(() => one.troubles.length > 0, PATIENCE);
  proxy.mend();
  one.notifications.announce('counts', ['gathered']);
  await one.notifications.stop();
  await vi.waitUntil(() => other.heard.length === 3, PATIENCE);
  expect(other.heard.toSorted()).toEqual(['before', 'failed', 'gathered']);
});

test('a database that is away keeps nobody from stopping', async () => {
  await using proxy = await DatabaseProxy.start(connection);
  const { one } = await aSpeaker(proxy);
  proxy.cut();
  one.notifications.announce('counts', ['lost']);
  const begun = performance.now();
  await one.notifications.stop();
  expect(performance.now() - begun).toBeLessThan(900);
});

test('what is announced after stopping is for the others, and stopping again is no error', async () => {
  const [one, other] = [await aProcess(), await aProcess()];
  await one.notifications.stop();
  one.notifications.announce('counts', ['late']);
  await one.notifications.stop();
  await vi.waitUntil(() => other.heard.includes('late'), PATIENCE);
  expect(one.heard).toEqual([]);
  expect(one.troubles).toEqual([]);
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
