import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { batches } from '../../src/lib/batches.ts';
import { Unavailable } from '../../src/lib/unavailable.ts';

/** Batches whose runs wait until they are let go, in order; `runs` says what each was given. */
function heldBatches(
  options: {
    size?: number;
    parallel?: number;
    fails?: (items: number[]) => boolean;
    mayRunAgain?: () => boolean;
    patienceMs?: number;
    linger?: { ms: number; while: (key: number) => boolean };
  } = {},
) {
  const { size = 100, parallel = 2, fails = () => false, ...rest } = options;
  const runs: { key: number; items: number[]; go: () => void }[] = [];
  const queue = batches<number, string>({
    size,
    parallel,
    ...rest,
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

/** Until everything that is due in this turn of the event loop has been done. */
function turn(): Promise<void> {
  return new Promise(setImmediate);
}

test('what is submitted together is run at once; what comes meanwhile for its key is the next batch, in order', async () => {
  const { queue, given, letAllGo } = heldBatches();
  const answers = [queue.submit(1, [10]), queue.submit(1, [11])];
  await turn();
  answers.push(queue.submit(1, [12, 13]));
  await turn();
  answers.push(queue.submit(1, [14]));
  expect(given()).toEqual([[1, [10, 11]]]);
  await letAllGo();
  expect(await Promise.all(answers)).toEqual([['1:10'], ['1:11'], ['1:12', '1:13'], ['1:14']]);
  expect(given()).toEqual([
    [1, [10, 11]],
    [1, [12, 13, 14]],
  ]);
});

test('different keys run side by side, so many at once, and none waits for another’s whole backlog', async () => {
  const { queue, given, letAllGo } = heldBatches({ size: 2, parallel: 2 });
  const answers = [queue.submit(1, [1, 2, 3, 4, 5]), queue.submit(2, [6]), queue.submit(3, [7])];
  await turn();
  expect(given()).toEqual([
    [1, [1, 2]],
    [2, [6]],
  ]);
  await letAllGo();
  await Promise.all(answers);
  expect(given().map(([key]) => key)).toEqual([1, 2, 3, 1, 1]);
});

test('when a batch fails, its items are run one by one, and only the one at fault is refused', async () => {
  const { queue, given, letAllGo } = heldBatches({ fails: (items) => items.includes(12) });
  const answers = Promise.allSettled([10, 11, 12, 13].map((item) => queue.submit(1, [item])));
  await turn();
  await letAllGo();
  expect((await answers).map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
  expect(given()).toEqual([
    [1, [10, 11, 12, 13]],
    [1, [10]],
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
  await turn();
  await letAllGo();
  expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(given()).toHaveLength(1);
});

test('what fails alike is tried no further than the first failure that says so', async () => {
  let mayRunAgain = 2;
  const { queue, given, letAllGo } = heldBatches({
    fails: (items) => items.some((item) => item > 10),
    mayRunAgain: () => mayRunAgain-- > 0,
  });
  const answers = Promise.allSettled([10, 11, 12, 13, 14, 15].map((item) => queue.submit(1, [item])));
  await turn();
  await letAllGo();
  const reasons = (await answers).map((answer) => answer.status === 'rejected' && String(answer.reason));
  expect(reasons).toEqual([
    false,
    'Error: no 11',
    'Error: no 12',
    'Error: no 12',
    'Error: no 12',
    'Error: no 12',
  ]);
  expect(given()).toEqual([
    [1, [10, 11, 12, 13, 14, 15]],
    [1, [10]],
    [1, [11]],
    [1, [12]],
  ]);
});

test('what is not begun in time is refused, and what is under way is answered', async () => {
  const { queue, given, runs } = heldBatches({ parallel: 1, patienceMs: 50 });
  const answer = queue.submit(1, [1]);
  await turn();
  const late = Promise.allSettled([queue.submit(1, [2]), queue.submit(2, [3, 4])]);
  expect(queue.waiting()).toBe(3);
  expect(await late).toEqual(
    Array(2).fill(expect.objectContaining({ status: 'rejected', reason: expect.any(Unavailable) })),
  );
  expect(queue.waiting()).toBe(0);
  const [inTime, idle] = [queue.submit(1, [5]), queue.idle()];
  for (let i = 0; i < 2; i++) {
    runs[i]?.go();
    await new Promise(setImmediate);
  }
  expect([await answer, await inTime]).toEqual([['1:1'], ['1:5']]);
  await idle;
  expect(given()).toEqual([
    [1, [1]],
    [1, [5]],
  ]);
});

test('items of a batch that took too long to fail are not run one by one', async () => {
  const { queue, given, runs } = heldBatches({ patienceMs: 50, fails: (items) => items.length > 1 });
  const answers = Promise.allSettled([queue.submit(1, [1, 2]), queue.submit(2, [3])]);
  await pause(60);
  for (const { go } of runs) go();
  expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect(given()).toHaveLength(2);
});

test('a batch that is not full waits while more of its key is about to come', async () => {
  const coming = new Set([1]);
  const linger = { ms: 60_000, while: (key: number) => coming.has(key) };
  const { queue, given, letAllGo } = heldBatches({ size: 3, linger });
  const answers = [queue.submit(1, [1]), queue.submit(2, [9])];
  await turn();
  expect(given()).toEqual([[2, [9]]]);
  answers.push(queue.submit(1, [2, 3]));
  await turn();
  expect(given().slice(1)).toEqual([[1, [1, 2, 3]]]);
  await letAllGo();
  answers.push(queue.submit(1, [4]));
  await turn();
  coming.delete(1);
  answers.push(queue.submit(1, [5]));
  await turn();
  expect(given().slice(2)).toEqual([[1, [4, 5]]]);
  await letAllGo();
  await Promise.all(answers);
});

test('a batch does not wait for ever for more that is about to come', async () => {
  const { queue, runs } = heldBatches({ linger: { ms: 20, while: () => true } });
  const answer = queue.submit(1, [1]);
  await expect.poll(() => runs.length).toBe(1);
  runs[0]?.go();
  expect(await answer).toEqual(['1:1']);
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
