import { setTimeout as wait } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { summary } from '../../src/analytics/summary.ts';
import { notify } from '../../src/db/notifications.sql.ts';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { activeCalendar } from '../../src/ledger/calendars.ts';
import { drain } from '../../src/ledger/drain.ts';
import { runRecount } from '../../src/ledger/recount_runs.ts';
import { beginZoneChange } from '../../src/ledger/zone_change.ts';
import { spoilCounters } from '../ledger/spoil.sql.ts';
import { anAddress, anIntake, aSequence, aWorker, trigger } from '../support/factories.ts';
import { recordEvents, someEvents } from '../support/history.ts';
import { noRedis, RedisServer } from '../support/redis.ts';
import { setup } from '../support/setup.ts';
import { aProcess, PATIENCE, type Process } from './processes.ts';
import { endListeners } from './sessions.sql.ts';

const database = await setup();
const { db } = database;

// How old an answer may be at the most.
const FRESH_MS = 1_000;
// For an answer that is computed, on a machine that is busy with other tests. It is 5 ms on one that is not.
const USUAL_MS = 300;

const analyticsOf = ({ key }: { key: string }) => `/api/sequences/${key}/analytics?time_range=7d`;

/** How many triggers, suppressed ones and emails of a sequence a process answers with, and the answer's tag. */
async function ask(process: Process, sequence: { key: string }) {
  const answer = await process.get(analyticsOf(sequence));
  const { triggers, suppressed, total_executions } = answer.json<Record<string, number>>();
  return { triggers, suppressed, emails: total_executions, etag: answer.headers.etag };
}

/** In which zone a process answers, how many emails it counts on each of some days, and the answer's tag. */
async function askDays(process: Process, { key }: { key: string }) {
  const answer = await process.get(`/api/sequences/${key}/analytics/series?from=2026-03-12&to=2026-04-20`);
  const { time_zone, points } = answer.json<{ time_zone: string; points: { executions: number }[] }>();
  const days = points.map(({ executions }) => executions).join();
  return { time_zone, days, etag: answer.headers.etag };
}

/** How many people a process shows on a sequence's card, and the answer's tag. */
async function askCard(process: Process, { key }: { key: string }) {
  const answer = await process.get('/api/sequences/analytics/summary');
  type Cards = { sequences: { sequence_key: string; unique_recipients: number }[] };
  const card = answer.json<Cards>().sequences.find(({ sequence_key }) => sequence_key === key);
  return { people: card?.unique_recipients, etag: answer.headers.etag };
}

type Answer = { etag: string | undefined; [what: string]: unknown };
type Asking = (process: Process, sequence: { key: string }) => Promise<Answer>;

/** Asks until the answer is as it should be, and fails the test when that takes longer than a second. */
async function becomes(
  process: Process,
  sequence: { key: string },
  wanted: object,
  asking: Asking = ask,
): Promise<void> {
  const until = performance.now() + FRESH_MS;
  for (;;) {
    const answer = await asking(process, sequence);
    if (Object.entries(wanted).every(([name, value]) => answer[name] === value)) return;
    if (performance.now() > until) expect(answer).toMatchObject(wanted);
    await wait(10);
  }
}

/** Asks until what the beginning of processes drops has been dropped: from then on the answer stays. */
async function settled(process: Process, sequence: { key: string }, asking: Asking = ask) {
  for (let same = 0, before = await asking(process, sequence); ; ) {
    await wait(50);
    const answer = await asking(process, sequence);
    same = answer.etag === before.etag ? same + 1 : 0;
    if (same === 6) return answer;
    before = answer;
  }
}

/** A sequence whose triggers are counted and start nothing, so that no worker's news follows on them. */
const aPausedSequence = () => aSequence(db, { status: 'paused' });

/** Sends nobody any news of a trigger, as a process that is killed between its commit and its notification. */
async function dieAfterTrigger(sequence: { id: string }): Promise<void> {
  const now = () => new Date();
  await trigger(anIntake(db, { clock: { now, advance: () => {} } }), sequence);
}

/** Milliseconds that the median of thirty answers took, asked for one after the other. */
async function usualTime(process: Process, sequence: { key: string }): Promise<number> {
  const took: number[] = [];
  while (took.length < 30) {
    const at = performance.now();
    await ask(process, sequence);
    took.push(performance.now() - at);
  }
  return took.sort((a, b) => a - b)[15] ?? 0;
}

test('a trigger and a send at one process drop the answers of another within a second', async () => {
  const sequence = await aSequence(db);
  const [one, other] = [await aProcess(database), await aProcess(database)];
  for (const n of [1, 2]) {
    for (const process of [one, other]) await settled(process, sequence);
    const { hit } = await other.figures();
    await ask(other, sequence);
    expect((await other.figures()).hit).toBe(hit + 1);
    await one.trigger(sequence, anAddress());
    expect(await ask(one, sequence)).toMatchObject({ triggers: n });
    await becomes(other, sequence, { triggers: n });
    await vi.waitUntil(async () => (await ask(one, sequence)).emails === n, PATIENCE);
    await becomes(other, sequence, { emails: n });
  }
});

test('what a process that was killed could not say is said by the next that begins', async () => {
  const sequence = await aPausedSequence();
  const living = await aProcess(database);
  const before = await settled(living, sequence);
  await dieAfterTrigger(sequence);
  // It is the kept answer that is seen here: nobody knows better yet.
  await wait(FRESH_MS);
  expect(await ask(living, sequence)).toEqual(before);
  const next = await aProcess(database);
  expect(await ask(next, sequence)).toMatchObject({ suppressed: 1 });
  await becomes(living, sequence, { suppressed: 1 });
});

test('what a process that was killed could not say is said by the one that takes over its lanes', async () => {
  const sequence = await aPausedSequence();
  // It takes all lanes and is not heard of again.
  await aWorker(db).runOnce();
  const [living, other] = [await aProcess(database), await aProcess(database)];
  const before = [await settled(living, sequence), await settled(other, sequence)];
  await dieAfterTrigger(sequence);
  await wait(FRESH_MS);
  expect([await ask(living, sequence), await ask(other, sequence)]).toEqual(before);
  // Its lease has to run out first: fifteen seconds.
  for (const process of [living, other]) {
    await vi.waitUntil(async () => (await ask(process, sequence)).suppressed === 1, {
      ...PATIENCE,
      timeout: 40_000,
    });
  }
}, 60_000);

test('a process that does not hear the others computes what it is asked', async () => {
  const sequence = await aSequence(db);
  const [deaf, other] = [await aProcess(database), await aProcess(database)];
  await settled(deaf, sequence);
  await endListeners(db);
  await vi.waitUntil(async () => (await ask(deaf, sequence)).etag === undefined, PATIENCE);
  await other.trigger(sequence, anAddress());
  expect(await ask(deaf, sequence)).toMatchObject({ triggers: 1, etag: undefined });
  await vi.waitUntil(async () => (await ask(deaf, sequence)).etag !== undefined, PATIENCE);
  expect(await ask(deaf, sequence)).toMatchObject({ triggers: 1 });
});

test('with a cache of no seconds nothing is kept, and no answer has a tag', async () => {
  const sequence = await aPausedSequence();
  const process = await aProcess(database, { ANALYTICS_CACHE_SECONDS: '0' }, { isKeeping: false });
  expect((await ask(process, sequence)).etag).toBeUndefined();
  await dieAfterTrigger(sequence);
  expect(await ask(process, sequence)).toMatchObject({ suppressed: 1, etag: undefined });
  expect(await process.figures()).toEqual({ hit: 0, miss: 0, away: 0, redis: undefined });
});

test('a repair drops the answers that processes keep within a second', async () => {
  const sequence = await aPausedSequence();
  await recordEvents(db, someEvents(60, 4), sequence.id);
  await drain(db, 32);
  const { sequences } = await summary(db, new Date());
  const people = sequences.find(({ sequence_id }) => sequence_id === sequence.id)?.unique_recipients;
  await spoilCounters(db);
  const both = [await aProcess(database), await aProcess(database)];
  for (const process of both) expect(await settled(process, sequence, askCard)).toMatchObject({ people: 0 });
  await runRecount(db, new Date(), { trigger: 'command', withRepair: true });
  for (const process of both) await becomes(process, sequence, { people }, askCard);
});

test('a change of the reporting zone drops the answers of all processes within a second', async () => {
  const sequence = await aPausedSequence();
  await recordEvents(db, someEvents(200, 3), sequence.id);
  const both = [await aProcess(database), await aProcess(database)];
  const { time_zone: before } = await activeCalendar(db);
  const kept = [];
  for (const process of both) kept.push(await settled(process, sequence, askDays));
  expect(kept).toMatchObject([{ time_zone: before }, { time_zone: before }]);
  const time_zone = 'America/New_York';
  await inTransaction(db, (tx) => beginZoneChange(tx, time_zone));
  await notify(db, { from: 'test', said: [{ topic: 'zone', values: [''] }] });
  await vi.waitUntil(async () => (await activeCalendar(db)).time_zone === time_zone, PATIENCE);
  for (const process of both) await becomes(process, sequence, { time_zone }, askDays);
  const [one, other] = await Promise.all(both.map((process) => askDays(process, sequence)));
  expect(one?.days).toBe(other?.days);
  expect(one?.days).not.toBe(kept[0]?.days);
});

test('processes share their answers in Redis, and a change drops them for all within a second', async ({
  skip,
}) => {
  skip(noRedis !== undefined, noRedis);
  await using redis = await RedisServer.start();
  const sequence = await aSequence(db);
  const env = { REDIS_URL: redis.url };
  const [one, other] = [await aProcess(database, env), await aProcess(database, env)];
  const { etag } = await settled(one, sequence);
  const { miss } = await other.figures();
  expect((await ask(other, sequence)).etag).toBe(etag);
  expect(await other.figures()).toMatchObject({ miss, away: 0, redis: 1 });
  expect((await other.get(analyticsOf(sequence), etag)).statusCode).toBe(304);

  await one.trigger(sequence, anAddress());
  expect(await ask(one, sequence)).toMatchObject({ triggers: 1 });
  await becomes(other, sequence, { triggers: 1 });
  await vi.waitUntil(async () => (await ask(one, sequence)).emails === 1, PATIENCE);
  await becomes(other, sequence, { emails: 1 });
  expect([...one.logged, ...other.logged]).toEqual([]);
});

test('a killed Redis fails and slows nothing, and nothing old is answered when it is back', async ({
  skip,
}) => {
  skip(noRedis !== undefined, noRedis);
  await using redis = await RedisServer.start();
  const sequence = await aSequence(db);
  const env = { REDIS_URL: redis.url };
  const [one, other] = [await aProcess(database, env), await aProcess(database, env)];
  await settled(one, sequence);
  await redis.save();
  await redis.kill();
  expect(await usualTime(other, sequence)).toBeLessThan(USUAL_MS);
  expect((await other.figures()).redis).toBe(0);
  await one.trigger(sequence, anAddress());
  for (const process of [one, other]) {
    expect(await ask(process, sequence)).toMatchObject({ triggers: 1, etag: undefined });
  }

  await redis.restart();
  for (const process of [one, other]) {
    await vi.waitUntil(async () => (await process.figures()).redis === 1, PATIENCE);
    expect(await ask(process, sequence)).toMatchObject({ triggers: 1, etag: expect.any(String) });
    expect(process.logged).toMatchObject([
      { level: 40, msg: expect.stringContaining('Redis is away') },
      { level: 30, msg: 'Redis is back' },
    ]);
  }
});

test('a silent Redis fails and slows nothing, from the start or in mid-flight', async ({ skip }) => {
  skip(noRedis !== undefined, noRedis);
  await using redis = await RedisServer.start();
  const sequence = await aSequence(db);
  const env = { REDIS_URL: redis.url };
  const one = await aProcess(database, env);
  await settled(one, sequence);
  redis.fallSilent();
  expect(await usualTime(one, sequence)).toBeLessThan(USUAL_MS);
  const late = await aProcess(database, env, { isKeeping: false });
  expect(await usualTime(late, sequence)).toBeLessThan(USUAL_MS);
  await one.trigger(sequence, anAddress());
  for (const process of [one, late]) {
    expect(await ask(process, sequence)).toMatchObject({ triggers: 1, etag: undefined });
  }
  redis.wake();
  for (const process of [one, late]) {
    await vi.waitUntil(async () => (await process.figures()).redis === 1, PATIENCE);
    expect(await ask(process, sequence)).toMatchObject({ triggers: 1 });
  }
  redis.fallSilent();
  const stopping = performance.now();
  await one.stop();
  expect(performance.now() - stopping).toBeLessThan(3_000);
});
