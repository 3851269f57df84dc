import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { gatherer } from './gatherer.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('the first item is passed on at once, the rest of a burst together', () => {
  const flushed: string[][] = [];
  const gather = gatherer<string>(1_000, (items) => flushed.push([...items]));
  for (const item of ['a', 'b', 'c', 'b']) gather.add(item);
  expect(flushed).toEqual([['a']]);
  vi.advanceTimersByTime(1_000);
  expect(flushed).toEqual([['a'], ['b', 'c']]);
});

test('after a pause the next item is passed on at once again', () => {
  const flush = vi.fn();
  const gather = gatherer<string>(1_000, flush);
  gather.add('a');
  vi.advanceTimersByTime(5_000);
  gather.add('b');
  expect(flush).toHaveBeenCalledTimes(2);
});

test('nothing is passed on once it was stopped', () => {
  const flush = vi.fn();
  const gather = gatherer<string>(1_000, flush);
  gather.add('a');
  gather.add('b');
  gather.stop();
  vi.advanceTimersByTime(5_000);
  expect(flush).toHaveBeenCalledTimes(1);
});
