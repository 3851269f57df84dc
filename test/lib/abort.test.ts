import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { doneWithin, unlessAborted } from '../../src/lib/abort.ts';

test('work is waited for until the signal aborts, and its later failure harms nobody', async () => {
  const stop = new AbortController();
  expect(await unlessAborted(stop.signal, Promise.resolve('done'))).toBe('done');
  await expect(unlessAborted(stop.signal, Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  const work = Promise.withResolvers<never>();
  const waiting = unlessAborted(stop.signal, work.promise);
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  await expect(unlessAborted(stop.signal, new Promise(() => {}))).rejects.toMatchObject({
    name: 'AbortError',
  });
  work.reject(new Error('too late'));
  await wait(0);
});

test('what takes longer than its limit is told from what is done or fails within it', async () => {
  expect(await doneWithin(1_000, Promise.resolve())).toBe(true);
  expect(await doneWithin(5, new Promise(() => {}))).toBe(false);
  await expect(doneWithin(1_000, Promise.reject(new Error('broken')))).rejects.toThrow('broken');
});
