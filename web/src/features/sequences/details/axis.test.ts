import { expect, test } from 'vitest';
import { barAt, labelled, scaleOf } from './axis.ts';

test.each([
  [0, [0, 1]],
  [1, [0, 1]],
  [3, [0, 1, 2, 3]],
  [7, [0, 2, 4, 6, 8]],
  [283, [0, 100, 200, 300]],
  [3240, [0, 1000, 2000, 3000, 4000]],
  [5000, [0, 1000, 2000, 3000, 4000, 5000]],
])('a scale for %i goes up in round, even, whole steps', (most, scale) => {
  expect(scaleOf(most)).toEqual(scale);
});

test.each([
  [7, 12, [0, 1, 2, 3, 4, 5, 6]],
  [30, 6, [4, 9, 14, 19, 24, 29]],
  [30, 5, [1, 8, 15, 22, 29]],
  [90, 4, [5, 33, 61, 89]],
  [1, 5, [0]],
])('of %i bars at most %i are labelled, evenly, the last one always', (n, most, at) => {
  expect(labelled(n, most)).toEqual(at);
});

test('a place is told by the bar that stands there, its gap included', () => {
  const plot = { n: 10, left: 40, width: 200 };
  expect([39, 40, 59.9, 60, 239.9, 240].map((x) => barAt(x, plot))).toEqual([null, 0, 0, 1, 9, null]);
});
