import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { getOrMake } from './get_or_make.ts';

/**
 * Answers that are good until one of the things they are about changes. What they are about has names; each name
 * has a version, and an answer is kept with the versions that it was computed at. So one that was computed before a
 * change is never found after it, however late it is kept.
 */
export type VersionedCache = {
  /**
   * What is kept under `key` at the present versions of `names`. Null while nothing can be found or kept: whoever
   * asks computes the answer then. Never takes long, and never fails.
   */
  find(names: string[], key: string): Promise<Found | null>;
  /** Keeps `value`, computed after `find` gave `version`. Nobody waits until that is done. */
  keep(version: string, key: string, value: string): void;
  /** Says that these things have changed: what is kept about them is not found from here on. */
  changed(names: string[]): void;
  /** Says that everything may have changed. */
  clear(): void;
  close(): Promise<void>;
};

/** The version of what was asked about, and what is kept at it: undefined where that has to be computed. */
export type Found = { version: string; value: string | undefined };

/** A cache in this process's memory: at most `bytes` of values, each for at most `seconds`. */
export function memoryCache({ seconds, bytes }: { seconds: number; bytes: number }): VersionedCache {
  const kept = new LRUCache<string, { version: string; value: string }>({
    maxSize: bytes,
    sizeCalculation: ({ value }, key) => 2 * (value.length + key.length),
    ttl: seconds * 1000,
  });
  const versions = new Map<string, number>();
  // Part of every version, so that clearing is a change of everything, and so is another process's beginning.
  let epoch = randomUUID();
  return {
    async find(names, key) {
      const version = [epoch, ...names.map((name) => versions.get(name) ?? 0)].join('.');
      const there = kept.get(key);
      return { version, value: there?.version === version ? there.value : undefined };
    },
    keep(version, key, value) {
      kept.set(key, { version, value });
    },
    changed(names) {
      for (const name of names) versions.set(name, getOrMake(versions, name, () => 0) + 1);
    },
    clear() {
      epoch = randomUUID();
      versions.clear();
      kept.clear();
    },
    close: async () => kept.clear(),
  };
}
