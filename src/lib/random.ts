import { createHash } from 'node:crypto';

/** Gives numbers from 0 up to, not including, 1. `Math.random` is one. */
export type Chance = () => number;

/**
 * Chance that is the same for the same seed, on every machine: sfc32 of Chris Doty-Humphrey's PractRand, begun
 * from the seed's SHA-256. Not for secrets.
 */
export function seededChance(seed: string): Chance {
  const digest = createHash('sha256').update(seed).digest();
  let a = digest.readInt32LE(0);
  let b = digest.readInt32LE(4);
  let c = digest.readInt32LE(8);
  let counter = digest.readInt32LE(12);
  return () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
}

/** A number from `least` up to, not including, `most`. */
export function between(chance: Chance, least: number, most: number): number {
  return least + chance() * (most - least);
}

/** One of `items`, each as likely as the other. Throws where there are none. */
export function pick<T>(chance: Chance, items: readonly T[]): T {
  const item = items[Math.floor(chance() * items.length)];
  if (item === undefined) throw new Error('There is nothing to pick from.');
  return item;
}

/** One of `items`, as likely as its weight is of all weights. Throws where there are none. */
export function pickWeighted<T>(chance: Chance, items: readonly (readonly [T, number])[]): T {
  let left = chance() * items.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [item, weight] of items) {
    left -= weight;
    if (left < 0) return item;
  }
  // Sums of fractions can end a hair below the draw.
  const last = items.at(-1);
  if (!last) throw new Error('There is nothing to pick from.');
  return last[0];
}

/** A whole number that is `expected` on average: the one below it, or the one above. */
export function wholeNumber(chance: Chance, expected: number): number {
  return Math.floor(expected + chance());
}

/**
 * A number of 0 or more that is `mean` on average, mostly smaller and sometimes much larger: how long one waits for
 * what may happen at any moment.
 */
export function exponential(chance: Chance, mean: number): number {
  return -mean * Math.log(1 - chance());
}
