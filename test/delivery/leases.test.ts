import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { inLane } from '../../src/db/lanes.ts';
import { claimSteps } from '../../src/delivery/claim.ts';
import { type Composer, openComposer } from '../../src/delivery/compose.ts';
import { LEASE_MS, renewMs } from '../../src/delivery/lanes_held.ts';
import { dueLanes, releaseUnsent, takeLanes } from '../../src/delivery/lease.sql.ts';
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
  someoneDue,
  trigger,
  type WorkerParts,
} from '../support/factories.ts';
import {
  enrollmentsOf,
  executionsOf,
  funnelOf,
  giveLanesBack,
  lanesOf,
  lapseLeases,
  lifetimeOf,
} from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { SmtpSink } from '../support/smtp_sink.ts';

const { db, connection } = await setup();

const RENEW_MS = renewMs(LEASE_MS);

beforeEach(() => giveLanesBack(db));
afterEach(() => expectCleanRecount(db));

const LANE = 4;
const PATIENCE = { timeout: 10_000 };

/** A worker without lanes, which has heard the database for a full lease. */
async function aWatcher(parts: WorkerParts = {}) {
  let ms = 0;
  const worker = aWorker(db, { ...parts, leaseClock: () => ms });
  for (; ms < LEASE_MS; ms += RENEW_MS) await worker.runOnce();
  return worker;
}

function aPool(settings: typeof connection, max = 2): Db {
  const pool = openDatabase(settings, { max });
  onTestFinished(() => pool.destroy());
  return pool;
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
    for (const worker of [...workers, ...workers]) await worker.runDry();
    expect(workers.map((worker) => worker.lanes())).toEqual([16, 16]);
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

test('a look tells which lanes are due, and when the next one will be', async () => {
  const clock = aClock('2026-03-02T09:00:00.000Z');
  const [soon, later] = [await aSequence(db), await aSequence(db, { steps: [{ delay_seconds: 3_600 }] })];
  const intake = anIntake(db, { clock });
  await trigger(intake, later, { email: anAddress(7) });
  const lanes = [3, 7];
  const look = () => dueLanes(db, lanes, clock.now());
  expect(await look()).toEqual({ due: [], next: new Date('2026-03-02T10:00:00.000Z') });
  await trigger(intake, soon, { email: anAddress(3) });
  expect(await look()).toEqual({ due: [3], next: new Date('2026-03-02T10:00:00.000Z') });
  clock.advance({ hours: 1 });
  expect(await look()).toEqual({ due: [3, 7], next: null });
});

describe('a worker that is not heard of any more', () => {
  test('loses its lanes when their leases run out, each in a new epoch', async () => {
    const killed = aWorker(db);
    await killed.runOnce();
    const next = await aWatcher();
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
    const { clock, sequence } = await someoneDue(db, LANE);
    const gate = aGate(smtpTransport(sink.server()), 'after');
    const killed = aWorker(db, { clock, transport: gate });
    const round = killed.runOnce();
    await gate.reached(1);
    const next = await aWatcher({ clock, transport: smtpTransport(sink.server()) });
    await lapseLeases(db);
    await next.runDry();
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
    const { clock, sequence } = await someoneDue(db, LANE);
    const { composer, composing, goOn } = aSlowComposer();
    const stalled = aWorker(db, { clock, composer, transport: smtpTransport(sink.server()) });
    const round = stalled.runOnce();
    await composing;
    const next = await aWatcher({ clock, transport: smtpTransport(sink.server()) });
    await lapseLeases(db);
    await next.runDry();
    const wakingUp = stalled.runOnce();
    await vi.waitUntil(() => stalled.lanes() === 0, PATIENCE);
    goOn();
    await Promise.all([round, wakingUp]);
    expect(stalled.lanes()).toBe(0);
    expect(sink.mails).toHaveLength(1);
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ status: 'finished', attempts: 0 }]);
  });

  test('sends nothing of what has waited for a connection, when it wakes up', async () => {
    const reached = Promise.withResolvers<void>();
    await using slow = await SmtpSink.start({
      onMessage() {
        const isFirst = slow.connectionsSeen === 1;
        reached.resolve();
        return isFirst ? 'silence' : undefined;
      },
    });
    await using sink = await SmtpSink.start();
    const { clock, sequence } = await someoneDue(db, LANE);
    await trigger(anIntake(db, { clock }), sequence, { email: anAddress(LANE) });
    const stalled = aWorker(db, { clock, transport: smtpTransport(slow.server('?maxConnections=1')) });
    const round = stalled.runOnce();
    await reached.promise;
    const next = await aWatcher({ clock, transport: smtpTransport(sink.server()) });
    await lapseLeases(db);
    await next.runDry();
    const wakingUp = stalled.runOnce();
    await vi.waitUntil(() => stalled.lanes() === 0, PATIENCE);
    slow.dropConnections();
    await Promise.all([round, wakingUp]);
    expect([slow.mails.length, sink.mails.length]).toEqual([0, 2]);
    expect(await funnelOf(db, sequence.id)).toEqual({ sent: 2 });
  });
});

test('what a worker claims anew, while its first try still hangs and is not sent after all, goes out then', async () => {
  await using sink = await SmtpSink.start();
  const { clock, sequence } = await someoneDue(db, LANE);
  const gate = aGate(smtpTransport(sink.server()));
  const worker = aWorker(db, { clock, transport: gate });
  const first = worker.runOnce();
  await gate.reached(1);
  // Its lanes go to another one, which does nothing, and come back to it.
  await lapseLeases(db);
  await takeLanes(db, newId(), { leaseMs: LEASE_MS, lapsed: true, limit: 32 });
  await giveLanesBack(db);
  const second = worker.runOnce();
  const claimed = async () => (await enrollmentsOf(db, sequence.id))[0]?.attempts === 2;
  await vi.waitUntil(claimed, PATIENCE);
  gate.open();
  await Promise.all([first, second]);
  expect(worker.backlog()).toBe(0);
  expect(sink.mails).toHaveLength(1);
  expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ status: 'finished' }]);
});

test('a claim left behind is made ready again also while the email before it is still being settled', async () => {
  const { clock, sequence } = await someoneDue(db, LANE);
  const epoch = (await lanesOf(db))[LANE]?.epoch ?? -1;
  const now = clock.now();
  const lease = { epoch, limit: 50, leaseMs: 600_000, now };
  const { claims } = await inLane(db, LANE, (tx) => claimSteps(tx, LANE, lease));
  const [{ enrollment_id = '', step_id = '' } = {}] = claims;
  const readyAgain = async (sending: { enrollment_id: string; step_id: string }[]) => {
    await inLane(db, LANE, (tx) => releaseUnsent(tx, LANE, { epoch, sending, confirming: [] }));
    return dueLanes(db, [LANE], now);
  };
  expect(await readyAgain([{ enrollment_id, step_id }])).toMatchObject({ due: [] });
  expect(await readyAgain([{ enrollment_id, step_id: newId() }])).toMatchObject({ due: [LANE] });
  expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ claimed_step_id: step_id, attempts: 1 }]);
});

test('a claim that was committed, unheard, is made again at the next look and not when it has run out', async () => {
  await using proxy = await DatabaseProxy.start(connection);
  const clock = aClock();
  const troubles: string[] = [];
  const worker = aWorker(aPool(proxy.connection), {
    clock,
    onTrouble: (_error, doing) => troubles.push(doing),
  });
  await worker.runOnce();
  const { sequence } = await someoneDue(db, LANE, clock);
  const lost = proxy.loseCommit();
  await worker.runOnce();
  await lost;
  expect(await executionsOf(db, sequence.id)).toEqual([]);
  await vi.waitUntil(async () => (await enrollmentsOf(db, sequence.id))[0]?.claimed_epoch != null, PATIENCE);
  await worker.runDry();
  expect(await executionsOf(db, sequence.id)).toHaveLength(1);
  expect(troubles).toEqual(['claiming due steps']);
});

test('so is one whose lane was out of its lease meanwhile, since the database was away', async () => {
  await using proxy = await DatabaseProxy.start(connection);
  let ms = 0;
  const clock = aClock();
  const troubles: string[] = [];
  const worker = aWorker(aPool(proxy.connection, 4), {
    clock,
    leaseClock: () => ms,
    onTrouble: (_error, doing) => troubles.push(doing),
  });
  worker.start();
  await vi.waitUntil(() => worker.lanes() === 32, PATIENCE);
  const lost = proxy.loseCommit();
  const { sequence } = await someoneDue(db, LANE, clock);
  worker.wake();
  await lost;
  await vi.waitUntil(() => troubles.includes('claiming due steps'), PATIENCE);
  proxy.cut();
  ms += LEASE_MS;
  expect(worker.lanes()).toBe(0);
  worker.wake();
  await vi.waitUntil(() => troubles.includes('looking for due steps'), PATIENCE);
  proxy.mend();
  await vi.waitUntil(async () => (await executionsOf(db, sequence.id)).length === 1, PATIENCE);
});

/** A composer whose first mail takes until `goOn` is called. */
function aSlowComposer() {
  const from = { name: 'Northwind', address: 'hello@northwind.example.com' };
  const inner = openComposer(db, { from, publicUrl: PUBLIC_URL, linkSecret: LINK_SECRET });
  const begun = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const composer: Composer = {
    ...inner,
    async compose(mail, now) {
      begun.resolve();
      await released.promise;
      return inner.compose(mail, now);
    },
  };
  return { composer, composing: begun.promise, goOn: () => released.resolve() };
}
