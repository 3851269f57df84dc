import { expect, test } from 'vitest';
import { batches } from '../../src/lib/batches.ts';

/** Batches whose runs wait until they are let go, in order; `runs` says what each was given. */
function heldBatches(
  options: {
    size?: number;
    parallel?: number;
    fails?: (items: number[]) => boolean;
    mayRunAgain?: () => boolean;
  } = {},
) {
  const { size = 100, parallel = 2, fails = () => false, mayRunAgain = () => true } = options;
  const runs: { key: number; items: number[]; go: () => void }[] = [];
  const queue = batches<number, string>({
    size,
    parallel,
    mayRunAgain,
    async run(key, items) {
      const { promise, resolve } = Promise.withResolvers<void>();
      runs.push({ key, items, go: resolve });
      await promise;
      if (fails(items)) throw new Error(`no ${items}`);
      return items.map((item) => `${key}:${item}`);
    },
  });
  const given = () => runs.map(({ key, items }) => [key, items]);
  async function letAllGo(): Promise<void> {
    for (let i = 0; i < runs.length; i++) {
      runs[i]?.go();
      await new Promise(setImmediate);
    }
  }
  return { queue, given, runs, letAllGo };
}

test('one item is run at once; what comes meanwhile for its key is run together, in order', async () => {
  const { queue, given, letAllGo } = heldBatches();
  const answers = [queue.submit(1, [10]), queue.submit(1, [11, 12]), queue.submit(1, [13])];
  expect(given()).toEqual([[1, [10]]]);
  await letAllGo();
  expect(await Promise.all(answers)).toEqual([['1:10'], ['1:11', '1:12'], ['1:13']]);
  expect(given()).toEqual([
    [1, [10]],
    [1, [11, 12, 13]],
  ]);
});

test('different keys run side by side, so many at once, and none waits for another’s whole backlog', async () => {
  const { queue, given, letAllGo } = heldBatches({ size: 2, parallel: 2 });
  const answers = [queue.submit(1, [1, 2, 3, 4, 5]), queue.submit(2, [6]), queue.submit(3, [7])];
  expect(given()).toEqual([
    [1, [1, 2]],
    [2, [6]],
  ]);
  await letAllGo();
  await Promise.all(answers);
  expect(given().map(([key]) => key)).toEqual([1, 2, 1, 3, 1]);
});

test('when a batch fails, its items are run one by one, and only the one at fault is refused', async () => {
  const { queue, given, letAllGo } = heldBatches({ fails: (items) => items.includes(12) });
  const answers = Promise.allSettled([10, 11, 12, 13].map((item) => queue.submit(1, [item])));
  await letAllGo();
  expect((await answers).map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
  expect(given()).toEqual([
    [1, [10]],
    [1, [11, 12, 13]],
    [1, [11]],
    [1, [12]],
    [1, [13]],
  ]);
});

test('what must not be run again is not: all of its items are refused', async () => {
  const { queue, given, letAllGo } = heldBatches({
    fails: (items) => items.length > 1,
    mayRunAgain: () => false,
  });
  const answers = Promise.allSettled([10, 11, 12].map((item) => queue.submit(1, [item])));
  await letAllGo();
  expect((await answers).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(given()).toHaveLength(2);
});

test('idle is when all that was queued is answered; with nothing queued, at once', async () => {
  const { queue, given, letAllGo } = heldBatches();
  await queue.idle();
  expect(await queue.submit(1, [])).toEqual([]);
  expect(given()).toEqual([]);
  const answers = [queue.submit(1, [1]), queue.submit(1, [2])];
  let isIdle = false;
  const idle = queue.idle().then(() => {
    isIdle = true;
  });
  await new Promise(setImmediate);
  expect(isIdle).toBe(false);
  await letAllGo();
  await Promise.all([idle, ...answers]);
});
