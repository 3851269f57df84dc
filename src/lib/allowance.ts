import { LRUCache } from 'lru-cache';

/** So many of each key in a window of time. */
export type Allowance = {
  /** Takes one: 0 where there was one left, else the seconds (rounded up) until there is. */
  take(key: string): number;
  /** Gives one back that was taken in this window. */
  giveBack(key: string): void;
};

const MOST_KEYS = 20_000;

/** `most` of each key from the first one on for `windowMs`. Past 20,000 keys the one longest untouched is forgotten. */
export function createAllowance({ most, windowMs }: { most: number; windowMs: number }): Allowance {
  const windows = new LRUCache<string, { taken: number }>({ max: MOST_KEYS, ttl: windowMs });
  return {
    take(key) {
      const window = windows.get(key);
      if (!window) windows.set(key, { taken: 1 });
      else if (window.taken >= most) return Math.ceil(Math.max(windows.getRemainingTTL(key), 1) / 1000);
      else window.taken += 1;
      return 0;
    },
    giveBack(key) {
      const window = windows.get(key);
      if (window && window.taken > 0) window.taken -= 1;
    },
  };
}
