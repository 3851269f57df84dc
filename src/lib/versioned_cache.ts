import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { getOrMake } from './get_or_make.ts';

/**
 * Answers that are good until one of the things they are about changes. What they are about has names; each name
 * has a version, and an answer is kept under the versions that it was computed at. So one that was computed
 * before a change is never found after it, however late it is stored.
 */
export type VersionedCache = {
  /** The version of these names taken together; null while nothing can be kept or found. */
  version(names: string[]): Promise<string | null>;
  /** What was kept under this version and key; undefined where nothing was, or no longer is. */
  get(version: string, key: string): Promise<string | undefined>;
  set(version: string, key: string, value: string): Promise<void>;
  /** Says that these things have changed. */
  changed(names: string[]): void;
  /** Forgets everything. */
  clear(): void;
  close(): Promise<void>;
};

/** A cache in this process's memory: at most `bytes` of values, each for at most `seconds`. */
export function memoryCache({ seconds, bytes }: { seconds: number; bytes: number }): VersionedCache {
  const kept = new LRUCache<string, string>({
    maxSize: bytes,
    sizeCalculation: (value, key) => 2 * (value.length + key.length),
    ttl: seconds * 1000,
  });
  const versions = new Map<string, number>();
  // Part of every version, so that clearing is a change of everything, and so is another process's beginning.
  let epoch = randomUUID();
  return {
    version: async (names) => [epoch, ...names.map((name) => versions.get(name) ?? 0)].join('.'),
    get: async (version, key) => kept.get(`${version} ${key}`),
    async set(version, key, value) {
      kept.set(`${version} ${key}`, value);
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
