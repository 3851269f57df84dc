import { expect, test } from 'vitest';
import { createAllowance } from '../../src/lib/allowance.ts';

test('each key has so many in a window, what is given back can be taken again, and refusals cost nothing', () => {
  const allowance = createAllowance({ most: 2, windowMs: 30_000 });
  expect([allowance.take('a'), allowance.take('a'), allowance.take('b')]).toEqual([0, 0, 0]);
  expect(allowance.take('a')).toBeGreaterThan(25);
  expect(allowance.take('a')).toBeLessThanOrEqual(30);
  allowance.giveBack('a');
  expect(allowance.take('a')).toBe(0);
  expect(allowance.take('a')).toBeGreaterThan(0);
  allowance.giveBack('nobody');
  expect([allowance.take('nobody'), allowance.take('nobody')]).toEqual([0, 0]);
});

test('the window ends, however often it was asked meanwhile', async () => {
  const allowance = createAllowance({ most: 1, windowMs: 60 });
  expect(allowance.take('a')).toBe(0);
  await expect.poll(() => allowance.take('a'), { interval: 5 }).toBe(0);
  expect(allowance.take('a')).toBe(1);
});
