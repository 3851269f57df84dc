import { expect, test } from 'vitest';
import { COUNTER_TABLES, isDrained } from '../../src/ledger/counters.ts';
import { drain } from '../../src/ledger/drain.ts';
import { recount, repair } from '../../src/ledger/recount.ts';
import { claimNight } from '../../src/ledger/recount_runs.sql.ts';
import { lastRecount, recountNightly, runRecount } from '../../src/ledger/recount_runs.ts';
import { recordEvents, someEvents } from '../support/history.ts';
import { setup } from '../support/setup.ts';
import { ageClaim, spoilCounters } from './spoil.sql.ts';

const { db } = await setup();

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
  await runRecount(db, { trigger: 'command', withRepair: false });
  expect(await lastRecount(db)).toMatchObject({ trigger: 'command', differing: 0, repaired: false });
  const night = new Date('2026-06-02T01:30:00Z');
  expect(await recountNightly(db, new Date('2026-06-01T20:00:00Z'))).toBeUndefined();
  const runs = await Promise.all([1, 2, 3].map(() => recountNightly(db, night)));
  expect(runs.filter((run) => run !== undefined)).toHaveLength(1);
  expect(await recountNightly(db, new Date('2026-06-02T02:30:00Z'))).toBeUndefined();
  expect(await lastRecount(db)).toMatchObject({ trigger: 'nightly', differing: 0 });
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
