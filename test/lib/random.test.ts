import { expect, test } from 'vitest';
import { between, exponential, pick, pickWeighted, seededChance, wholeNumber } from '../../src/lib/random.ts';

function draw<T>(times: number, one: () => T): T[] {
  return Array.from({ length: times }, one);
}

const mean = (numbers: number[]) => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;

test('the same seed gives the same numbers, and another gives others', () => {
  const numbers = draw(5, seededChance('seed'));
  expect(draw(5, seededChance('seed'))).toEqual(numbers);
  expect(draw(5, seededChance('seed 2'))).not.toEqual(numbers);
});

test('numbers are spread evenly over 0 to 1', () => {
  const numbers = draw(20_000, seededChance('even'));
  for (const n of numbers) expect(n >= 0 && n < 1).toBe(true);
  for (let tenth = 0; tenth < 10; tenth++) {
    const share = numbers.filter((n) => Math.floor(n * 10) === tenth).length / numbers.length;
    expect(share).toBeCloseTo(0.1, 1.5);
  }
});

test('items are picked by their weight, and never one without any', () => {
  const chance = seededChance('weights');
  const picked = draw(10_000, () => pickWeighted(chance, [['a', 3] as const, ['b', 1], ['c', 0]]));
  expect(picked.filter((item) => item === 'a').length / 10_000).toBeCloseTo(0.75, 1);
  expect(picked).not.toContain('c');
  expect(new Set(draw(100, () => pick(chance, [1, 2, 3])))).toEqual(new Set([1, 2, 3]));
  expect(() => pick(chance, [])).toThrow('nothing to pick');
  expect(() => pickWeighted(chance, [])).toThrow('nothing to pick');
});

test('averages are what was asked for', () => {
  const chance = seededChance('averages');
  expect(mean(draw(10_000, () => wholeNumber(chance, 2.3)))).toBeCloseTo(2.3, 1);
  expect(mean(draw(10_000, () => between(chance, 4, 8)))).toBeCloseTo(6, 1);
  expect(mean(draw(40_000, () => exponential(chance, 1)))).toBeCloseTo(1, 1);
});
