import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { inLane, inLockedLane } from '../../src/db/lanes.ts';
import { claimSteps } from '../../src/delivery/claim.ts';
import { LanesHeld, LEASE_MS, renewMs } from '../../src/delivery/lanes_held.ts';
import { renewLeases } from '../../src/delivery/lease.sql.ts';
import { newId } from '../../src/lib/uuid.ts';
import { DatabaseProxy } from '../support/database_proxy.ts';
import { aGate, aWorker, expectCleanRecount, someoneDue } from '../support/factories.ts';
import { enrollmentsOf, giveLanesBack, lanesOf, lapseLeases } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';

const { db, connection } = await setup();

beforeEach(() => giveLanesBack(db));
afterEach(() => expectCleanRecount(db));

const LANE = 4;
const RENEW_MS = renewMs(LEASE_MS);
const BUSY = 20;
const PATIENCE = { timeout: 10_000 };

/** Lanes held through `pool`, on a clock that the test moves. Troubles are kept, for the test to look at. */
function aHolder(pool = db, leases = pool, isAtWork = (_lane: number) => false) {
  let ms = 0;
  const troubles: string[] = [];
  const held = new LanesHeld({
    db: pool,
    leases,
    isAtWork,
    leaseClock: () => ms,
    onTrouble: (_error, doing) => troubles.push(doing),
  });
  const pass = (by: number) => {
    ms += by;
  };
  async function renew() {
    await held.renew();
    await held.idle();
  }
  return {
    held,
    troubles,
    pass,
    renew,
    /** Renews, in time each time, until the database has been heard for a full lease. */
    async watch() {
      for (let passed = 0; passed < LEASE_MS; passed += RENEW_MS) {
        await renew();
        pass(RENEW_MS);
      }
    },
  };
}

function aPool(settings = connection, max = 2): Db {
  const pool = openDatabase(settings, { max });
  onTestFinished(() => pool.destroy());
  return pool;
}

describe('a lease', () => {
  test('is given up here before anybody else may have it, by a clock of our own', async () => {
    const { held, pass, renew } = aHolder();
    await renew();
    const epoch = (await lanesOf(db))[LANE]?.epoch;
    pass(LEASE_MS - 1_001);
    expect(held.epochOf(LANE)).toBe(epoch);
    expect(held.lanes()).toHaveLength(32);
    pass(1);
    expect(held.epochOf(LANE)).toBeUndefined();
    expect(held.lanes()).toEqual([]);
    await renew();
    expect(held.epochOf(LANE)).toBe(epoch);
    await held.release([]);
    expect(held.epochOf(LANE)).toBeUndefined();
    await renew();
    expect((await lanesOf(db)).filter(({ owner }) => owner !== null)).toEqual([]);
  });

  test('lasts for as long as its worker is told, and is taken over after that', async () => {
    let ms = 0;
    const shortly = { db, leases: db, leaseMs: 2_000, leaseClock: () => ms, onTrouble: expect.fail };
    const [owner, next] = [new LanesHeld(shortly), new LanesHeld(shortly)];
    await owner.renew();
    await owner.idle();
    await next.renew();
    ms += 999;
    await next.renew();
    ms += 600;
    expect(owner.lanes()).toHaveLength(32);
    ms += 1;
    expect(owner.lanes()).toEqual([]);
    await lapseLeases(db);
    await next.renew();
    expect(next.lanes()).toEqual([]);
    ms += 400;
    await next.renew();
    await next.idle();
    expect(next.lanes()).toHaveLength(32);
  });

  test('is renewed while somebody is long in a lane, and keeps nobody from the others', async () => {
    const { held, pass, renew } = aHolder();
    await renew();
    await inLockedLane(db, BUSY, async () => {
      pass(RENEW_MS);
      await renew();
      await inLane(db, LANE, async () => {});
    });
    pass(LEASE_MS - 1_001);
    expect(held.lanes()).toHaveLength(32);
  });

  test('is renewed while all connections but its own are taken', async () => {
    const pool = aPool(connection, 1);
    const { held, pass, renew } = aHolder(pool, db);
    await renew();
    await inLockedLane(pool, BUSY, async () => {
      pass(RENEW_MS);
      await renew();
    });
    pass(LEASE_MS - 1_001);
    expect(held.lanes()).toHaveLength(32);
  });

  test('is renewed, and the other lanes are taken up, while the release of claims waits for a writer', async () => {
    const { held, pass } = aHolder();
    await inLockedLane(db, BUSY, async () => {
      await held.renew();
      await vi.waitUntil(() => held.lanes().length === 31, PATIENCE);
      expect(held.epochOf(BUSY)).toBeUndefined();
      pass(RENEW_MS);
      await held.renew();
      pass(LEASE_MS - 1_001);
      expect(held.lanes()).toHaveLength(31);
    });
    await held.idle();
    expect(held.epochOf(BUSY)).toBeDefined();
  });

  test('covers no lane whose former claims could not be released, until they are', async () => {
    const { clock, sequence } = await someoneDue(db, LANE);
    const gate = aGate();
    const killed = aWorker(db, { clock, transport: gate });
    void killed.runOnce();
    await gate.reached(1);
    await using proxy = await DatabaseProxy.start(connection);
    const { held, troubles, renew, watch } = aHolder(aPool(proxy.connection, 1));
    await watch();
    await lapseLeases(db);
    const lost = proxy.loseAnswerTo('SET claimed_until');
    await renew();
    await lost;
    expect(troubles).toContain('taking over a lane');
    expect(held.lanes().length).toBeLessThan(32);
    await renew();
    expect(held.lanes()).toHaveLength(32);
    const [enrollment] = await enrollmentsOf(db, sequence.id);
    expect(enrollment?.claimed_until?.getTime()).toBeLessThanOrEqual(Date.now());
    gate.open();
  });
});

describe('a claim of the worker before', () => {
  async function claimIn(lane: number, epoch: number, now: Date, meanwhile = async () => {}) {
    return inLane(db, lane, async (tx) => {
      const claimed = await claimSteps(tx, lane, { epoch, limit: 50, leaseMs: 600_000, now });
      await meanwhile();
      return claimed.claims.length;
    });
  }

  test('that is committed after the lane has passed on is made ready again; one begun then claims nothing', async () => {
    const { clock, sequence } = await someoneDue(db, LANE);
    const [before, next] = [aHolder(), aHolder()];
    await before.renew();
    await next.watch();
    const epoch = before.held.epochOf(LANE) ?? -1;
    const claimed = await claimIn(LANE, epoch, clock.now(), async () => {
      await lapseLeases(db);
      await next.held.renew();
      expect((await lanesOf(db))[LANE]?.epoch).toBe(epoch + 1);
      // Not before what is being claimed here is ready again.
      expect(next.held.epochOf(LANE)).toBeUndefined();
    });
    expect(claimed).toBe(1);
    await next.held.idle();
    expect(next.held.epochOf(LANE)).toBe(epoch + 1);
    const [enrollment] = await enrollmentsOf(db, sequence.id);
    expect(enrollment).toMatchObject({ claimed_epoch: epoch, attempts: 1 });
    expect(await claimIn(LANE, epoch, clock.now())).toBe(0);
    expect(await claimIn(LANE, epoch + 1, clock.now())).toBe(1);
  });
});

describe('a share', () => {
  test('is what each of several has in the end, however late it came', async () => {
    const holders = [aHolder(), aHolder(), aHolder()];
    const count = () => holders.map(({ held }) => held.lanes().length);
    await holders[0]?.renew();
    expect(count()).toEqual([32, 0, 0]);
    for (const holder of [...holders, ...holders]) await holder.renew();
    expect(count()).toEqual([11, 11, 10]);
    expect(new Set(holders.flatMap(({ held }) => held.lanes())).size).toBe(32);
    await holders[1]?.held.release([]);
    for (const holder of holders) await holder.renew();
    expect(count()).toEqual([16, 0, 16]);
  });

  test('takes no lane from a worker in which something is under way; it begins nothing there for one renewal', async () => {
    const busy = new Set([LANE, BUSY]);
    const { held, renew } = aHolder(db, db, (lane) => busy.has(lane));
    await renew();
    for (let others = 0; others < 31; others++) await renewLeases(db, newId(), LEASE_MS, { trouble: null });
    await renew();
    const [kept = -1] = held.lanes();
    expect(busy.has(kept) && held.lanes().length).toBe(1);
    for (const lane of busy) expect(held.epochOf(lane)).toBeDefined();
    await renew();
    expect(held.lanes()).toEqual([...busy].filter((lane) => lane !== kept));
    busy.clear();
    await renew();
    expect(held.lanes()).toHaveLength(1);
    expect((await lanesOf(db)).filter(({ owner }) => owner !== null)).toHaveLength(1);
  });
});

describe('after the database was away', () => {
  test.each([
    [
      'refused',
      async (pass: (ms: number) => void, proxy: DatabaseProxy, renew: () => Promise<void>) => {
        proxy.cut();
        await expect(renew()).rejects.toThrow();
        proxy.mend();
        pass(1_000);
      },
    ],
    ['kept waiting', async (pass: (ms: number) => void) => pass(LEASE_MS - RENEW_MS)],
  ])('whoever it %s leaves lanes that ran out to their owners, for a full lease', async (_how, away) => {
    await using proxy = await DatabaseProxy.start(connection);
    const owner = aHolder();
    await owner.renew();
    const { held, pass, renew, watch } = aHolder(aPool(proxy.connection));
    await watch();
    await away(pass, proxy, renew);
    await lapseLeases(db);
    const before = await lanesOf(db);
    for (let passed = 0; passed < LEASE_MS; passed += RENEW_MS) {
      await renew();
      expect(held.lanes()).toEqual([]);
      pass(RENEW_MS);
    }
    // Alive, it has its share of them back at once, in the same epoch.
    await owner.renew();
    expect(owner.held.lanes()).toHaveLength(16);
    for (const lane of owner.held.lanes()) expect((await lanesOf(db))[lane]).toEqual(before[lane]);
    // Not heard of, it has lost them now.
    await lapseLeases(db);
    await renew();
    expect(held.lanes()).toHaveLength(32);
  });

  test('lanes that were given back are taken at once', async () => {
    await using proxy = await DatabaseProxy.start(connection);
    const { held, renew } = aHolder(aPool(proxy.connection));
    proxy.cut();
    await expect(renew()).rejects.toThrow();
    proxy.mend();
    await renew();
    expect(held.lanes()).toHaveLength(32);
  });
});

test('a process that starts takes lanes over which a killed one left, one lease after its start', async () => {
  await aHolder().renew();
  await lapseLeases(db);
  const { held, renew, watch } = aHolder();
  await watch();
  expect(held.lanes()).toEqual([]);
  await renew();
  expect(held.lanes()).toHaveLength(32);
});
