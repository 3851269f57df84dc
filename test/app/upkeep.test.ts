import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { createTroubleLog } from '../../src/app/trouble.ts';
import { createUpkeep } from '../../src/app/upkeep.ts';
import { createMetrics } from '../../src/http/metrics.ts';
import { drain } from '../../src/ledger/drain.ts';
import { recount } from '../../src/ledger/recount.ts';
import { lastRecount, runRecount } from '../../src/ledger/recount_runs.ts';
import { spoilCounters } from '../ledger/spoil.sql.ts';
import { aClock } from '../support/factories.ts';
import { recordEvents, someEvents } from '../support/history.ts';
import { setup } from '../support/setup.ts';
import { insertRequest, renameCounter, requestKeys } from './upkeep.sql.ts';

const { db } = await setup();

/** Upkeep in the night of `start`, begun; answers what it logs, and its metrics. */
function aNight(start: string) {
  const logged: string[] = [];
  const log = pino({}, { write: (line) => logged.push(JSON.parse(line).msg) });
  const metrics = createMetrics();
  const upkeep = createUpkeep({
    db,
    lanes: 32,
    now: aClock(start).now,
    timeZone: null,
    onZoneSwitched: () => {},
    onTrouble: createTroubleLog({ log, isUp: async () => true }),
    log,
    metrics,
  });
  onTestFinished(() => upkeep.stop());
  upkeep.start();
  const gauge = async () => (await metrics.metrics()).match(/^sequitur_recount_differences (\d+)$/m)?.[1];
  return { logged, gauge };
}

test('what the nightly recount finds is told in the log and at /metrics, until it is repaired', async () => {
  await recordEvents(db, someEvents(60, 3));
  await drain(db, 32);
  await spoilCounters(db);
  // In the reporting zone it is three o'clock.
  const finding = aNight('2026-06-01T01:00:00.000Z');
  expect(await finding.gauge()).toBe('0');
  await expect.poll(() => finding.logged, { timeout: 10_000 }).toHaveLength(1);
  const { differing } = await recount(db);
  const [line = ''] = finding.logged;
  expect(line).toContain(`The nightly recount found that ${differing} keys differ from the rows: `);
  expect(line).toMatch(/workspace_totals 1[,.]/);
  expect(line).toContain('`sequitur recount --repair` corrects them');
  await expect.poll(() => finding.gauge()).toBe(`${differing}`);

  // Another process, which has not recounted, and the one after a repair.
  const other = aNight('2026-06-01T01:30:00.000Z');
  await expect.poll(() => other.gauge()).toBe(`${differing}`);
  expect(other.logged).toEqual([]);
  await runRecount(db, new Date('2026-06-01T09:00:00.000Z'), { trigger: 'command', withRepair: true });
  const later = aNight('2026-06-02T01:00:00.000Z');
  await expect.poll(async () => (await lastRecount(db))?.trigger, { timeout: 10_000 }).toBe('nightly');
  expect([await later.gauge(), later.logged]).toEqual(['0', []]);
});

test('what fails keeps nothing else from being done, and is told by name', async () => {
  await insertRequest(db, 'of January', new Date('2026-01-15T00:00:00Z'));
  await insertRequest(db, 'of yesterday', new Date('2026-03-01T00:00:00Z'));
  await renameCounter(db, 'workspace_totals', 'gone');
  // In the reporting zone it is three o'clock: the night's recount is due as well.
  const { logged: failed } = aNight('2026-03-02T02:00:00.000Z');
  await expect.poll(() => requestKeys(db)).toEqual(['of yesterday']);
  await expect
    .poll(() => failed.toSorted(), { timeout: 10_000 })
    .toEqual(['folding counters failed', 'the nightly recount failed']);
});
