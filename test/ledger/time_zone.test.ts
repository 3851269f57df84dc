import { expect, test } from 'vitest';
import { listAuditEntries } from '../../src/auth/audit.ts';
import { fold } from '../../src/ledger/fold.ts';
import { registerRecount } from '../../src/ledger/recount.routes.ts';
import { runRecount } from '../../src/ledger/recount_runs.ts';
import { registerTimeZone } from '../../src/ledger/time_zone.routes.ts';
import { continueZoneChange } from '../../src/ledger/zone_change.ts';
import { openAnalytics } from '../analytics/open_server.ts';
import { bareServer, withKey } from '../http/bare_server.ts';
import { dayIn } from '../invariants/counted_by_hand.ts';
import { aClock, aSequence, expectCleanRecount } from '../support/factories.ts';
import { recordEvents, someEvents } from '../support/history.ts';
import { executionsOf } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { spoilCounters } from './spoil.sql.ts';

const { db } = await setup();
const LANES = 32;
const clock = aClock('2026-05-01T12:00:00.000Z');
const { app, get, forgetToday } = await openAnalytics(db, clock);
let begun = 0;
registerTimeZone(app, { db, lanes: LANES, isFixed: false, onBegun: () => (begun += 1) });
registerRecount(app, { db });
const sequence = await aSequence(db);

type State = {
  time_zone: string;
  is_fixed: boolean;
  change: { from: string; to: string; lanes_done: number } | null;
};
type Series = { time_zone: string; points: { date: string; executions: number }[] };

async function put(time_zone: unknown, server = app) {
  const answer = await server.inject({
    method: 'PUT',
    url: '/api/time-zone',
    headers: { ...withKey, 'content-type': 'application/json' },
    payload: JSON.stringify({ time_zone }),
  });
  return { status: answer.statusCode, type: String(answer.headers['content-type']), body: answer.json() };
}

/** Fails unless the chart is in this zone, and what its rows are when counted by hand. */
async function expectDaysIn(timeZone: string): Promise<void> {
  forgetToday();
  const url = `/api/sequences/${sequence.key}/analytics/series?from=2026-03-05&to=2026-04-30`;
  const { time_zone, points } = await get<Series>(url);
  expect(time_zone).toBe(timeZone);
  const days = (await executionsOf(db, sequence.id)).map(({ executed_at }) => dayIn(timeZone)(executed_at));
  for (const { date, executions } of points)
    expect(executions, date).toBe(days.filter((day) => day === date).length);
}

test('a change is begun, shown while it lasts and done: answers are of one zone at every moment', async () => {
  await recordEvents(db, someEvents(120, 31), sequence.id);
  const before = { time_zone: 'Europe/Berlin', is_fixed: false, change: null };
  expect(await get('/api/time-zone')).toEqual(before);

  const change = { from: 'Europe/Berlin', to: 'Asia/Kolkata', lanes_done: 0, lanes: LANES };
  expect(await put('Asia/Kolkata')).toMatchObject({ status: 202, body: { ...before, change } });
  expect(await put('Asia/Kolkata')).toMatchObject({ status: 202, body: { ...before, change } });
  expect(begun).toBe(1);
  for (const other of ['Asia/Tokyo', 'Europe/Berlin'])
    expect(await put(other)).toMatchObject({
      status: 409,
      type: expect.stringContaining('application/problem+json'),
      body: { type: 'urn:sequitur:problem:other_change_under_way', status: 409 },
    });

  const progress: number[] = [];
  const onStep = async () => {
    const { time_zone, change } = await get<State>('/api/time-zone');
    expect(time_zone).toBe('Europe/Berlin');
    progress.push(change?.lanes_done ?? -1);
    if (progress.length % 10 !== 0) return;
    await recordEvents(db, someEvents(20, 100 + progress.length), sequence.id);
    await fold(db, LANES, clock.now());
    await expectDaysIn('Europe/Berlin');
  };
  await continueZoneChange(db, { onStep });
  expect(progress).toEqual(Array.from({ length: LANES }, (_, i) => i + 1));

  expect(await get('/api/time-zone')).toEqual({ ...before, time_zone: 'Asia/Kolkata' });
  await expectDaysIn('Asia/Kolkata');
  await expectCleanRecount(db);
  const [entry] = await listAuditEntries(db, undefined, 1);
  expect(entry).toMatchObject({
    action: 'workspace.time_zone_changed',
    actor_name: 'Shop',
    detail: { time_zone: 'Asia/Kolkata', before: 'Europe/Berlin' },
  });
}, 60_000);

test('the zone in force changes nothing', async () => {
  const { time_zone } = await get<State>('/api/time-zone');
  expect(await put(time_zone)).toMatchObject({ status: 200, body: { time_zone, change: null } });
  expect(begun).toBe(1);
});

test.for([
  ['a planet', 'Mars/Olympus', /^is not a time zone, such as Europe\/Paris$/],
  ['an offset', '+02:00', /^is not a time zone/],
  ['nothing', '', /^is not a time zone/],
  ['a number', 2, /^must be text$/],
  ['no zone at all', undefined, /^is required$/],
  ['a long text', 'x'.repeat(65), /^must have at most 64 characters$/],
] as const)('%s is no zone, and refused', async ([, zone, message]) => {
  const { status, type, body } = await put(zone);
  expect(status).toBe(400);
  expect(type).toContain('application/problem+json');
  expect(body.errors).toEqual([{ path: 'time_zone', message: expect.stringMatching(message) }]);
  expect(begun).toBe(1);
});

test('a zone that the environment sets is not changed here', async () => {
  const fixed = await bareServer();
  registerTimeZone(fixed, { db, lanes: LANES, isFixed: true, onBegun: () => (begun += 1) });
  const { status, body } = await put('Asia/Tokyo', fixed);
  expect({ status, type: body.type }).toEqual({ status: 409, type: 'urn:sequitur:problem:time_zone_fixed' });
  expect(body.detail).toContain('TIME_ZONE');
  const state = await fixed.inject({ url: '/api/time-zone', headers: withKey });
  expect(state.json()).toMatchObject({ is_fixed: true, change: null });
  expect(begun).toBe(1);
});

test('the newest recount is told with what it found', async () => {
  type Told = {
    last_run: {
      keys: number;
      differing: number;
      counters: { counter: string; differing: number; differences: { key: object }[] }[];
    };
  };
  expect(await get('/api/recount')).toEqual({ last_run: null });
  await runRecount(db, new Date(), { trigger: 'command', withRepair: false });
  const clean = await get<Told>('/api/recount');
  expect(clean).toMatchObject({ last_run: { trigger: 'command', differing: 0, repaired: false } });
  expect(clean.last_run.keys).toBeGreaterThan(100);

  await spoilCounters(db);
  const { differing } = await runRecount(db, new Date(), { trigger: 'nightly', withRepair: true });
  expect(differing).toBeGreaterThan(0);
  const spoiled = await get<Told>('/api/recount');
  expect(spoiled).toMatchObject({ last_run: { trigger: 'nightly', differing, repaired: true } });
  const counters = spoiled.last_run.counters.reduce((sum, counter) => sum + counter.differing, 0);
  expect(counters).toBe(differing);
  const totals = spoiled.last_run.counters.find(({ counter }) => counter === 'workspace_totals');
  expect(totals?.differences).toEqual([
    {
      key: {},
      rows: expect.objectContaining({ executions: expect.any(Number) }),
      counter: expect.objectContaining({ executions: expect.any(Number) }),
    },
  ]);
  await expectCleanRecount(db);
});
