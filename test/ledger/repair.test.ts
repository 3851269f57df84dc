import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { listen } from '../../src/db/notifications.sql.ts';
import { COUNTER_TABLES, isDrained } from '../../src/ledger/counters.ts';
import { drain } from '../../src/ledger/drain.ts';
import { recount, repair } from '../../src/ledger/recount.ts';
import { claimNight } from '../../src/ledger/recount_runs.sql.ts';
import { lastRecount, recountNightly, runRecount, unrepairedKeys } from '../../src/ledger/recount_runs.ts';
import { recordEvents, someEvents } from '../support/history.ts';
import { sayAnything } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { ageClaim, spoilCounters } from './spoil.sql.ts';

const { db, connection } = await setup();

test('recount names each spoiled key, repair mends it by deltas, and what is recorded then still agrees', async () => {
  await recordEvents(db, someEvents(200, 3));
  await drain(db, 32);
  await recordEvents(db, someEvents(100, 5));
  expect((await recount(db)).differing).toBe(0);
  await spoilCounters(db);

  const found = await recount(db);
  const spoiled = found.counters.filter((counter) => counter.differing > 0).map((counter) => counter.counter);
  expect(spoiled).toEqual([
    ...COUNTER_TABLES.filter((table) => table !== 'trigger_counts' && !isDrained(table)),
    'recipients',
  ]);
  const totals = found.counters.find((counter) => counter.counter === 'workspace_totals');
  expect(totals?.differences).toMatchObject([
    { key: {}, rows: { executions: 300 }, counter: { executions: 307 } },
  ]);

  expect((await repair(db)).differing).toBe(found.differing);
  expect((await recount(db)).differing).toBe(0);
  await recordEvents(db, someEvents(50, 4));
  expect((await recount(db)).differing).toBe(0);
});

test('the newest run is kept, and a night has one of its own', async () => {
  await runRecount(db, new Date('2026-06-01T12:00:00Z'), { trigger: 'command', withRepair: false });
  expect(await lastRecount(db)).toMatchObject({ trigger: 'command', differing: 0, repaired: false });
  const night = new Date('2026-06-02T01:30:00Z');
  expect(await recountNightly(db, new Date('2026-06-01T20:00:00Z'))).toBeUndefined();
  const runs = await Promise.all([1, 2, 3].map(() => recountNightly(db, night)));
  expect(runs.filter((run) => run !== undefined)).toHaveLength(1);
  expect(await recountNightly(db, new Date('2026-06-02T02:30:00Z'))).toBeUndefined();
  expect(await lastRecount(db)).toMatchObject({ trigger: 'nightly', differing: 0 });
});

test('a run keeps when it was, and the first ten keys that differ of each counter', async () => {
  await recordEvents(db, someEvents(400, 7));
  await drain(db, 32);
  await spoilCounters(db);
  const now = new Date('2026-06-02T12:00:00Z');
  const found = await runRecount(db, now, { trigger: 'command', withRepair: true });
  expect(found.differing).toBeGreaterThan(100);
  const kept = await lastRecount(db);
  expect(kept).toMatchObject({ started_at: now, differing: found.differing, repaired: true });
  expect(kept?.finished_at.getTime()).toBeGreaterThan(now.getTime());
  const firstTen = found.counters.map((counted) => ({
    ...counted,
    differences: counted.differences.slice(0, 10),
  }));
  expect(kept?.counters).toEqual(firstTen);
  expect(await unrepairedKeys(db)).toBe(0);

  await spoilCounters(db);
  const { differing } = await runRecount(db, new Date('2026-06-02T13:00:00Z'), {
    trigger: 'command',
    withRepair: false,
  });
  expect(await unrepairedKeys(db)).toBe(differing);
  await repair(db);
});

test('a repair and the word to forget answers are one transaction', async () => {
  const heard: string[] = [];
  const client = new pg.Client(connection);
  client.on('notification', ({ payload = '' }) => heard.push(payload));
  await client.connect();
  onTestFinished(() => client.end());
  await listen(client);
  await repair(db);
  await spoilCounters(db);
  await repair(db);
  await sayAnything(db, 'end');
  await vi.waitUntil(() => heard.includes('end'));
  expect(heard).toEqual([expect.stringContaining('"forget"'), 'end']);
});

test('a night whose run fails, is stopped, or dies with its process is tried again', async () => {
  const night = new Date('2026-06-03T01:30:00Z');
  const before = await lastRecount(db);
  const fails = () => {
    throw new Error('The disk is full.');
  };
  await expect(recountNightly(db, night, { onCounter: fails })).rejects.toThrow('The disk is full.');

  const stopping = new AbortController();
  const stops = () => stopping.abort();
  expect(await recountNightly(db, night, { stop: stopping.signal, onCounter: stops })).toBeUndefined();
  expect(await lastRecount(db)).toEqual(before);

  const hours = { from: 2, to: 5, staleMs: 60 * 60 * 1000 };
  expect(await claimNight(db, night, hours)).toMatchObject({ night: '2026-06-03' });
  expect(await recountNightly(db, night)).toBeUndefined();
  await ageClaim(db, { minutes: 61 });
  expect(await recountNightly(db, night)).toMatchObject({ differing: 0 });
  await ageClaim(db, { minutes: 61 });
  expect(await recountNightly(db, night)).toBeUndefined();
});
