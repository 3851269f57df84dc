import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { type Composer, openComposer } from '../../src/delivery/compose.ts';
import { holdLanes, LEASE_MS } from '../../src/delivery/lanes_held.ts';
import { smtpTransport } from '../../src/delivery/send/smtp_transport.ts';
import { newId } from '../../src/lib/uuid.ts';
import { DatabaseProxy } from '../support/database_proxy.ts';
import {
  aClock,
  aGate,
  anAddress,
  anIntake,
  aSequence,
  aWorker,
  expectCleanRecount,
  LINK_SECRET,
  PUBLIC_URL,
  trigger,
} from '../support/factories.ts';
import {
  enrollmentsOf,
  executionsOf,
  funnelOf,
  lanesOf,
  lapseLeases,
  lifetimeOf,
} from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { SmtpSink } from '../support/smtp_sink.ts';

const { db, connection } = await setup();

beforeEach(() => lapseLeases(db));
afterEach(() => expectCleanRecount(db));

const LANE = 4;

/** Somebody who waits for the only email of a sequence. */
async function due(clock = aClock()) {
  const sequence = await aSequence(db);
  await trigger(anIntake(db, { clock }), sequence, { email: anAddress(LANE) });
  return { clock, sequence };
}

describe('two workers on one database', () => {
  test('share no lane while the leases live, and send nothing twice', async () => {
    await using sink = await SmtpSink.start();
    const clock = aClock();
    const sequence = await aSequence(db);
    const intake = anIntake(db, { clock });
    await Promise.all(Array.from({ length: 100 }, () => trigger(intake, sequence)));
    const workers = [sink, sink].map((one) => aWorker(db, { clock, transport: smtpTransport(one.server()) }));
    await Promise.all(workers.map((worker) => worker.runDry()));
    expect(workers.map((worker) => worker.lanes()).toSorted((a, b) => a - b)).toEqual([0, 32]);
    await Promise.all(workers.map((worker) => worker.runDry()));
    expect(sink.mails).toHaveLength(100);
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ executions: 100 });
  });

  test('hand over at once when one of them stops', async () => {
    const [first, second] = [aWorker(db), aWorker(db)];
    await first.runOnce();
    await second.runOnce();
    expect([first.lanes(), second.lanes()]).toEqual([32, 0]);
    await first.stop();
    await second.runOnce();
    expect([first.lanes(), second.lanes()]).toEqual([0, 32]);
  });
});

describe('a worker that is not heard of any more', () => {
  test('loses its lanes when their leases run out, each in a new epoch', async () => {
    const [killed, next] = [aWorker(db), aWorker(db)];
    await killed.runOnce();
    const before = await lanesOf(db);
    await next.runOnce();
    expect(await lanesOf(db)).toEqual(before);
    await lapseLeases(db);
    await next.runOnce();
    expect(next.lanes()).toBe(32);
    expect((await lanesOf(db)).map(({ epoch }) => epoch)).toEqual(before.map(({ epoch }) => epoch + 1));
  });

  test('leaves claims behind that are sent at once, under the same Message-ID, and counted once', async () => {
    await using sink = await SmtpSink.start();
    const { clock, sequence } = await due();
    const gate = aGate(smtpTransport(sink.server()), 'after');
    const killed = aWorker(db, { clock, transport: gate });
    const round = killed.runOnce();
    await gate.reached(1);
    await lapseLeases(db);
    await aWorker(db, { clock, transport: smtpTransport(sink.server()) }).runDry();
    expect(sink.mails).toHaveLength(2);
    const ids = sink.mails.map(({ raw }) => /^Message-ID: (.*)$/im.exec(raw.toString())?.[1]);
    expect(new Set(ids).size).toBe(1);
    expect(await executionsOf(db, sequence.id)).toMatchObject([{ message_id: ids[0] }]);
    // It was only slow: what its server has accepted settles as well, and changes nothing.
    gate.open();
    await round;
    expect(await executionsOf(db, sequence.id)).toHaveLength(1);
    expect(await funnelOf(db, sequence.id)).toEqual({ sent: 1 });
  });

  test('sends nothing more of what it had claimed, when it wakes up', async () => {
    await using sink = await SmtpSink.start();
    const { clock, sequence } = await due();
    const { composer, composing, goOn } = aSlowComposer();
    const stalled = aWorker(db, { clock, composer, transport: smtpTransport(sink.server()) });
    const round = stalled.runOnce();
    await composing;
    await lapseLeases(db);
    const next = aWorker(db, { clock, transport: smtpTransport(sink.server()) });
    await next.runDry();
    const wakingUp = stalled.runOnce();
    await vi.waitUntil(() => stalled.lanes() === 0, { timeout: 10_000 });
    goOn();
    await Promise.all([round, wakingUp]);
    expect(stalled.lanes()).toBe(0);
    expect(sink.mails).toHaveLength(1);
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ status: 'finished', attempts: 0 }]);
  });
});

test('a claim that was committed, unheard, is made again at the next look and not when it has run out', async () => {
  await using proxy = await DatabaseProxy.start(connection);
  const pool = openDatabase(proxy.connection, { max: 2 });
  onTestFinished(() => pool.destroy());
  const clock = aClock();
  const troubles: string[] = [];
  const worker = aWorker(pool, { clock, onTrouble: (_error, doing) => troubles.push(doing) });
  await worker.runOnce();
  const { sequence } = await due(clock);
  const lost = proxy.loseAnswerTo('commit');
  await worker.runOnce();
  await lost;
  expect(await executionsOf(db, sequence.id)).toEqual([]);
  await vi.waitUntil(async () => (await enrollmentsOf(db, sequence.id))[0]?.claimed_epoch != null, {
    timeout: 10_000,
  });
  await worker.runDry();
  expect(await executionsOf(db, sequence.id)).toHaveLength(1);
  expect(troubles).toEqual(['claiming due steps']);
});

/** A composer whose first mail takes until `goOn` is called. */
function aSlowComposer() {
  const from = { name: 'Northwind', address: 'hello@northwind.example.com' };
  const inner = openComposer(db, { from, publicUrl: PUBLIC_URL, linkSecret: LINK_SECRET });
  const begun = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const composer: Composer = {
    preview: inner.preview,
    async compose(mail, now) {
      begun.resolve();
      await released.promise;
      return inner.compose(mail, now);
    },
  };
  return { composer, composing: begun.promise, goOn: () => released.resolve() };
}

describe('a lease', () => {
  test('is given up here before anybody else may have it, by a clock of our own', async () => {
    let ms = 0;
    const held = holdLanes(db, newId(), { clock: () => ms });
    await held.renew();
    const epoch = (await lanesOf(db))[LANE]?.epoch;
    ms = LEASE_MS - 1_001;
    expect(held.epochOf(LANE)).toBe(epoch);
    ms = LEASE_MS - 1_000;
    expect(held.epochOf(LANE)).toBeUndefined();
    await held.renew();
    expect(held.epochOf(LANE)).toBe(epoch);
    await held.release([]);
    expect(held.epochOf(LANE)).toBeUndefined();
    await held.renew();
    expect((await lanesOf(db)).filter(({ owner }) => owner !== null)).toEqual([]);
  });

  test('covers no lane whose former claims could not be released, until they are', async () => {
    const { clock, sequence } = await due();
    const gate = aGate();
    const killed = aWorker(db, { clock, transport: gate });
    void killed.runOnce();
    await gate.reached(1);
    await lapseLeases(db);
    await using proxy = await DatabaseProxy.start(connection);
    const pool = openDatabase(proxy.connection, { max: 1 });
    onTestFinished(() => pool.destroy());
    const held = holdLanes(pool, newId());
    const lost = proxy.loseAnswerTo('SET claimed_until');
    await expect(held.renew()).rejects.toThrow();
    await lost;
    expect(held.lanes().length).toBeLessThan(32);
    await held.renew();
    expect(held.lanes()).toHaveLength(32);
    const [enrollment] = await enrollmentsOf(db, sequence.id);
    expect(enrollment?.claimed_until?.getTime()).toBeLessThanOrEqual(Date.now());
    await held.release([]);
    gate.open();
  });
});
