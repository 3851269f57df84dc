import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { openDatabase, type Tx } from '../../src/db/database.ts';
import { inSnapshot, inTransaction } from '../../src/db/transaction.sql.ts';
import { DatabaseProxy } from '../support/database_proxy.ts';
import { setup } from '../support/setup.ts';
import {
  addNumber,
  emptyNumbers,
  makeNumbers,
  readModes,
  readNumbers,
  sayNonsense,
  statesOf,
} from './probe.sql.ts';

const { db, connection } = await setup();
await makeNumbers(db);
// One connection: what a failed transaction left behind on it would meet the next one.
const single = openDatabase(connection, { max: 1, applicationName: 'the only one' });

beforeEach(() => emptyNumbers(db));
afterAll(() => single.destroy());

test('what is started together commits together, in the order in which it was started', async () => {
  const seen = await inTransaction(single, async (tx) => {
    const statements = [addNumber(tx, 1), readNumbers(tx), addNumber(tx, 2), readNumbers(tx)] as const;
    const [, first, , second] = await Promise.all(statements);
    return { first, second };
  });
  expect(seen).toEqual({ first: [1], second: [1, 2] });
  expect(await readNumbers(db)).toEqual([1, 2]);
});

test('nothing of a transaction stays when one of several statements fails, wherever it stands', async () => {
  for (const failing of [0, 1, 2, 3, 4]) {
    await addNumber(db, 100);
    const numbers = [1, 2, 3, 4, 5].map((n, i) => (i === failing ? 100 : n));
    const work = (tx: Tx) => Promise.all(numbers.map((n) => addNumber(tx, n)));
    await expect(inTransaction(single, work)).rejects.toThrow(/duplicate key/);
    expect(await readNumbers(single)).toEqual([100]);
    await emptyNumbers(db);
  }
});

test('work that goes on when its transaction has failed cannot write any more', async () => {
  await addNumber(db, 100);
  let late: Promise<unknown> = Promise.resolve();
  const failed = inTransaction(single, async (tx) => {
    // It reads, and by the time that it writes, the transaction is over.
    late = readNumbers(tx).then(async () => {
      await pause(50);
      await Promise.all([addNumber(tx, 1), addNumber(tx, 2)]);
    });
    late.catch(() => {});
    await addNumber(tx, 100);
  });
  await expect(failed).rejects.toThrow(/duplicate key/);
  await expect(late).rejects.toThrow();
  expect(await readNumbers(single)).toEqual([100]);
});

test('a sibling that is just about to write when another fails writes nothing outside', async () => {
  await addNumber(db, 100);
  for (let i = 0; i < 50; i += 1) {
    const work = async (tx: Tx) => {
      const readThenWrite = async () => {
        await readNumbers(tx);
        await Promise.all([addNumber(tx, 1), addNumber(tx, 2), addNumber(tx, 3)]);
      };
      await Promise.all([readThenWrite(), addNumber(tx, 100), readThenWrite()]);
    };
    await expect(inTransaction(single, work)).rejects.toThrow();
  }
  expect(await readNumbers(single)).toEqual([100]);
});

test('statements after the end of a transaction that went well are refused', async () => {
  let kept: Tx | undefined;
  await inTransaction(single, async (tx) => {
    kept = tx;
    await addNumber(tx, 1);
  });
  if (!kept) throw new Error('There was no transaction.');
  await expect(addNumber(kept, 2)).rejects.toThrow(/committed|has ended/);
  expect(await readNumbers(single)).toEqual([1]);
});

test('a transaction within a transaction is refused, and the outer one goes back', async () => {
  const nested = inTransaction(single, async (tx) => {
    await addNumber(tx, 1);
    await inTransaction(tx, (inner) => addNumber(inner, 2));
  });
  await expect(nested).rejects.toThrow(/inside a transaction/);
  const snapshot = inTransaction(single, (tx) => inSnapshot(tx, readNumbers));
  await expect(snapshot).rejects.toThrow(/inside a transaction/);
  expect(await readNumbers(single)).toEqual([]);
});

test('a snapshot reads one moment, writes nothing and can ask many things at once', async () => {
  const seen = await inSnapshot(single, async (tx) => {
    const before = await readNumbers(tx);
    await addNumber(db, 1);
    const [after, modes] = await Promise.all([readNumbers(tx), readModes(tx)]);
    return { before, after, modes };
  });
  expect(seen).toEqual({ before: [], after: [], modes: { isolation: 'repeatable read', read_only: 'on' } });
  await expect(inSnapshot(single, (tx) => addNumber(tx, 2))).rejects.toThrow(/read-only/);
  // Neither has left its transaction open on the connection, which is the only one.
  await addNumber(single, 3);
  expect(await readNumbers(db)).toEqual([1, 3]);
});

test.each<[string, (tx: Tx) => Promise<unknown>, RegExp | null]>([
  ['success', readNumbers, null],
  ['work that starts nothing', async () => 1, null],
  [
    'work that fails',
    async (tx) => {
      await readNumbers(tx);
      throw new Error('so be it');
    },
    /so be it/,
  ],
  [
    'work that fails while it still asks',
    async (tx) => {
      void readNumbers(tx).catch(() => {});
      throw new Error('so be it');
    },
    /so be it/,
  ],
  ['a syntax error', sayNonsense, /syntax error/],
  ['a failure that the work survives', (tx) => sayNonsense(tx).catch(() => 'on'), null],
])('no snapshot stays open after %s', async (_name, work, failure) => {
  const answer = inSnapshot(single, work);
  await (failure ? expect(answer).rejects.toThrow(failure) : answer);
  // Nobody else is given the connection before its transaction is over.
  await readNumbers(single);
  expect(await statesOf(db, 'the only one')).toEqual(['idle']);
});

test('a snapshot whose end is not heard has given its answer, and its connection goes to nobody else', async () => {
  await using proxy = await DatabaseProxy.start(connection);
  const through = openDatabase(proxy.connection, { max: 1 });
  onTestFinished(() => through.destroy());
  await addNumber(db, 1);
  const lost = proxy.loseCommit();
  expect(await inSnapshot(through, readNumbers)).toEqual([1]);
  expect(await readNumbers(through)).toEqual([1]);
  await lost;
});

test('a snapshot for which there is no connection fails', async () => {
  await using proxy = await DatabaseProxy.start(connection);
  proxy.cut();
  const through = openDatabase(proxy.connection, { max: 1 });
  onTestFinished(() => through.destroy());
  await expect(inSnapshot(through, readNumbers)).rejects.toThrow();
});
