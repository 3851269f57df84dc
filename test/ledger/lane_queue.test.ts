import { expect, onTestFinished, test, vi } from 'vitest';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { type Kind, openLaneQueue } from '../../src/ledger/lane_queue.ts';
import { Unavailable } from '../../src/lib/unavailable.ts';
import { DatabaseProxy } from '../support/database_proxy.ts';
import { aClock, noTrouble } from '../support/factories.ts';
import { setup } from '../support/setup.ts';

const { db, connection } = await setup();
const clock = aClock();
const LANE = 3;

/** A queue, how often it has tried to write, and a way in for numbers, which are written nowhere and answered doubled. */
function aQueue(
  pool: Db,
  some: Partial<Kind<number, number>> & { onTrouble?: (error: unknown) => void } = {},
) {
  const { onTrouble = noTrouble, ...kind } = some;
  let tries = 0;
  const now = () => {
    tries += 1;
    return clock.now();
  };
  const queue = openLaneQueue({ db: pool, now, onTrouble });
  const submit = queue.open<number, number>({
    laneOf: () => LANE,
    write: async (_tx, _lane, numbers) => numbers.map((n) => ({ answer: 2 * n })),
    onCommitted: () => {},
    ...kind,
  });
  return { queue, submit, tries: () => tries };
}

/** Writing that waits to be let go. */
function aHeldWrite() {
  const [reached, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const write: Kind<number, number>['write'] = async (_tx, _lane, numbers) => {
    reached.resolve();
    await held.promise;
    return numbers.map((n) => ({ answer: 2 * n }));
  };
  return { write, reached: reached.promise, letGo: held.resolve };
}

function aPool(through: DatabaseProxy): Db {
  const pool = openDatabase(through.connection, { max: 4 });
  onTestFinished(() => pool.destroy());
  return pool;
}

test('while the database is away a batch is tried once, and all of its callers are told to come again', async () => {
  await using proxy = await DatabaseProxy.start(connection);
  const { write, reached, letGo } = aHeldWrite();
  const { submit, tries } = aQueue(aPool(proxy), { write });
  const first = submit([0]);
  await reached;
  const others = Array.from({ length: 300 }, (_, i) => submit([i]));
  proxy.cut();
  letGo();
  const answers = await Promise.allSettled([first, ...others]);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(['rejected']));
  expect(answers.slice(1)).toEqual(Array(300).fill({ status: 'rejected', reason: expect.any(Unavailable) }));
  expect(tries()).toBe(2);
  proxy.mend();
  expect(await submit([21])).toEqual([42]);
});

test('an item that cannot be written while the database is there is refused alone', async () => {
  const { submit, tries } = aQueue(db, {
    write: async (_tx, _lane, numbers) => {
      if (numbers.includes(2)) throw new Error('two');
      return numbers.map((n) => ({ answer: 2 * n }));
    },
  });
  const answers = await Promise.allSettled([0, 1, 2, 3].map((n) => submit([n])));
  expect(answers.map(({ status }) => status === 'fulfilled')).toEqual([true, true, false, true]);
  expect(answers[2]).toEqual({ status: 'rejected', reason: new Error('two') });
  expect(tries()).toBe(1 + 4);
});

test('a call that finds too much waiting is refused as a whole, and what waits is answered', async () => {
  const { write, reached, letGo } = aHeldWrite();
  const { submit, queue } = aQueue(db, { write });
  const first = submit([0]);
  await reached;
  const thousand = Array.from({ length: 1_000 }, (_, i) => i);
  const waiting = Array.from({ length: 50 }, () => submit(thousand));
  await expect(submit([1, 2])).rejects.toThrow(Unavailable);
  letGo();
  expect(await first).toEqual([0]);
  expect((await Promise.all(waiting)).flat()).toHaveLength(50_000);
  await queue.idle();
  expect(await submit([21])).toEqual([42]);
});

test('a commit that went unheard is told of, at once and when it is certain to be over', async () => {
  await using proxy = await DatabaseProxy.start(connection);
  const heard: number[][] = [];
  const { submit, tries } = aQueue(aPool(proxy), { onCommitted: (_lane, numbers) => heard.push(numbers) });
  void proxy.loseCommit();
  await expect(submit([1, 2])).rejects.toThrow(/connection to the database was lost/);
  expect(heard).toEqual([[1, 2]]);
  await vi.waitUntil(() => heard.length >= 2);
  expect(heard[1]).toEqual([1, 2]);
  expect(tries()).toBe(1);
});

test('a hearer that fails takes no answer away, and nothing is written again', async () => {
  const troubles: unknown[] = [];
  const deaf = new Error('deaf');
  const { submit, tries } = aQueue(db, {
    onTrouble: (error) => troubles.push(error),
    onCommitted() {
      throw deaf;
    },
  });
  expect(await submit([1, 2, 3])).toEqual([2, 4, 6]);
  expect(troubles).toEqual([deaf]);
  expect(tries()).toBe(1);
});
