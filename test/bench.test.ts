import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { missed } from '../bench/harness/bench.ts';
import { BATCH, fill } from '../bench/harness/history.ts';
import { interleave, median, ratio, secondsOf } from '../bench/harness/measure.ts';
import { tableText } from '../bench/harness/print.ts';
import { TRAFFIC, Traffic } from '../bench/harness/traffic.ts';
import { undertaking } from '../bench/harness/undertaking.ts';
import { recount } from '../src/ledger/recount.ts';
import { setup } from './support/setup.ts';

const { db } = await setup();
const quiet = { quick: true, databaseUrl: undefined };

test('medians and ratios are those of the rounds', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(() => median([])).toThrow();
  expect(ratio([2, 9, 8], [1, 3, 8])).toBe(2);
});

test('sides take turns, a round forwards and a round backwards, and the first round does not count', async () => {
  const order: string[] = [];
  const side = (name: string) => async () => order.push(name);
  const { signal } = new AbortController();
  const prepare = async () => void order.push('|');
  const measured = await interleave(
    { a: side('a'), b: side('b') },
    { rounds: 2, seconds: 60, signal, prepare },
  );
  expect(order.join('')).toBe('|ab|ba|ab');
  expect(measured).toEqual({ a: [6, 8], b: [5, 9] });
});

test('so many items are worked on at once, and each once', async () => {
  let atWork = 0;
  let most = 0;
  const done: number[] = [];
  await secondsOf([1, 2, 3, 4, 5], 2, async (item) => {
    atWork += 1;
    most = Math.max(most, atWork);
    await Promise.resolve();
    atWork -= 1;
    done.push(item);
  });
  expect(most).toBe(2);
  expect(done.sort()).toEqual([1, 2, 3, 4, 5]);
});

test('a target is missed by a figure on the wrong side of it, and by one that was not measured', () => {
  const figures = { fast: 3, slow: 3, edge: 2 };
  const targets = {
    fast: { at_least: 2 },
    slow: { at_most: 2 },
    edge: { at_least: 2 },
    unmeasured: { at_most: 9 },
  };
  expect(missed({ figures, targets })).toEqual(['slow', 'unmeasured']);
});

test('a table lines its figures up', () => {
  const rows = [
    ['short', '7'],
    ['a longer name', '1,234'],
  ];
  expect(
    tableText({ title: 'T', columns: ['', 'n'], rows })
      .split('\n')
      .slice(2),
  ).toEqual([
    '                    n',
    '-------------   -----',
    'short               7',
    'a longer name   1,234',
  ]);
});

test('traffic is the same in every run, goes on where it was forked, and comes in the order of time', () => {
  const traffic = new Traffic();
  const first = traffic.batches(TRAFFIC.lanes, 40);
  expect(new Traffic().batches(TRAFFIC.lanes, 40)).toEqual(first);
  const fork = traffic.fork();
  expect(fork.batches(2, 10)).toEqual(traffic.batches(2, 10));
  expect(fork.taken).toBe(TRAFFIC.lanes * 40 + 20);
  const emails = first.flatMap(({ executions }) => executions);
  expect(new Set(emails.map(({ id }) => id)).size).toBe(emails.length);
  for (const { executions } of first) {
    const times = executions.map((e) => e.executed_at.getTime());
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  }
});

test('a history is recorded with its counters', async () => {
  const { signal } = new AbortController();
  const context = { ...quiet, signal, progress: () => {}, afterwards: () => {} };
  await fill(context, db, new Traffic(), { executions: 4 * BATCH, seconds: 60, atOnce: 2 });
  const { differing, counters } = await recount(db);
  expect(differing).toBe(0);
  expect(counters.find(({ counter }) => counter === 'reach_spans')?.keys).toBeGreaterThan(100);
});

test('what a benchmark made is undone when it is done and when it throws, the last thing first', async () => {
  const undone: number[] = [];
  const make = (context: { afterwards: (undo: () => Promise<void>) => void }) => {
    for (const n of [1, 2]) context.afterwards(async () => void undone.push(n));
  };
  const nothing = { tables: [], notes: [], figures: {}, targets: {}, on: {} };
  const ran = await undertaking(quiet, async (context) => {
    make(context);
    return nothing;
  });
  expect(ran).toEqual({ ok: true, answer: nothing });
  const broken = undertaking(quiet, async (context) => {
    make(context);
    throw new Error('broken');
  });
  await expect(broken).rejects.toThrow('broken');
  expect(undone).toEqual([2, 1, 2, 1]);
});

test('an unknown benchmark or option is refused with what there is', async () => {
  const program = join(import.meta.dirname, '../bench/run.ts');
  for (const args of [[], ['laundry'], ['ledger', '--slow'], ['toString']]) {
    const run = promisify(execFile)(process.execPath, [program, ...args]);
    await expect(run).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('|ledger|send|start|'),
    });
  }
});
