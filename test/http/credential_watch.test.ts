import type { FastifyRequest } from 'fastify';
import pino from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import { watchCredentials } from '../../src/http/credential_watch.ts';

const request = { id: '1', log: pino({ level: 'silent' }) } as unknown as FastifyRequest;

/** A watch whose every question waits to be answered, in order, and the clock that it goes by. */
function aWatch() {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const asked: ((isGood: boolean) => void)[] = [];
  const watch = watchCredentials(() => new Promise((resolve) => asked.push(resolve)));
  onTestFinished(() => watch.close());
  return { watch, asked };
}

test('a look that waits for its answer is not joined by others', async () => {
  const { watch, asked } = aWatch();
  let ended = 0;
  watch.until(request, () => ended++);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveLength(1);
  watch.look();
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toHaveLength(1);
  asked[0]?.(true);
  await vi.advanceTimersByTimeAsync(0);
  // The look that was asked for meanwhile.
  expect(asked).toHaveLength(2);
  asked[1]?.(true);
  await vi.advanceTimersByTimeAsync(4_900);
  expect(asked).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(200);
  asked[2]?.(false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([asked.length, ended]).toEqual([3, 1]);
});

test('nothing is asked for what has ended by itself, or after closing', async () => {
  const { watch, asked } = aWatch();
  watch.until(request, () => {})();
  await vi.advanceTimersByTimeAsync(6_000);
  watch.until(request, () => {});
  watch.close();
  watch.look();
  await vi.advanceTimersByTimeAsync(6_000);
  expect(asked).toEqual([]);
});
