import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { EVERYTHING } from '../../src/analytics/filter.ts';
import { sequenceAnalytics } from '../../src/analytics/sequence.ts';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { inSnapshot } from '../../src/db/transaction.sql.ts';
import { recount } from '../../src/ledger/recount.ts';
import { recordEvents, someEvents } from '../support/history.ts';
import { noPgBouncer, PgBouncer } from '../support/pgbouncer.ts';
import { setup } from '../support/setup.ts';
import { countPrepared, echo } from './probe.sql.ts';

const { db, connection } = await setup();

test('a statement that is asked often is prepared once on a connection, whatever is asked around it', async () => {
  const single = openDatabase(connection, { max: 1 });
  onTestFinished(() => single.destroy());
  await countPrepared(single);
  expect(await Promise.all([echo(single, 1), echo(single, 2), echo(single, 3)])).toEqual([1, 2, 3]);
  const together = await inSnapshot(single, (tx) => Promise.all([echo(tx, 4), echo(tx, 5)]));
  expect(together).toEqual([4, 5]);
  expect(await countPrepared(single)).toBe(1);
});

describe('behind a PgBouncer that gives each transaction another connection', () => {
  const NUMBERS = Array.from({ length: 60 }, (_, n) => n);
  beforeEach(({ skip }) => skip(noPgBouncer !== undefined, noPgBouncer));

  test('nothing is prepared, and every answer is the right one', async () => {
    await using bouncer = await PgBouncer.start(connection, { connections: 3 });
    await using pool = openDatabase(bouncer.connection, { max: 6 });
    expect(await Promise.all(NUMBERS.map((n) => echo(pool, n)))).toEqual(NUMBERS);
    expect(await Promise.all(NUMBERS.map(() => countPrepared(pool)))).toEqual(NUMBERS.map(() => 0));
  });

  test('what several record and ask at once is counted exactly', async () => {
    await using bouncer = await PgBouncer.start(connection, { connections: 3 });
    await using pool = openDatabase(bouncer.connection, { max: 6 });
    const sequenceId = '0193c0de-0000-7000-8000-000000000001';
    const count = async (from: Db) => {
      const asked = {
        sequenceId,
        range: { time_range: 'all' } as const,
        now: new Date('2026-05-01T00:00:00Z'),
      };
      return (await sequenceAnalytics(from, { ...asked, filter: EVERYTHING, compare: false, limit: 1 }))
        .total_executions;
    };
    const writers = [1, 2, 3, 4].map((seed) => recordEvents(pool, someEvents(50, seed), sequenceId));
    await Promise.all([...writers, ...NUMBERS.map(() => count(pool))]);
    expect(await count(pool)).toBe(200);
    expect((await recount(db)).differing).toBe(0);
  });
});
