import { createHash } from 'node:crypto';
import { getOrMake } from '../lib/get_or_make.ts';
import type { VersionedCache } from '../lib/versioned_cache.ts';

/** What an answer is about: one sequence, or (null) all of them. */
export type About = string | null;

/** An answer as JSON, and a tag that stays the same exactly as long as nothing that it holds changes. */
export type Answered = { json: string; etag: string | null };

export type Answers = {
  /**
   * The answer to `question` (its name and every parameter, ranges by their days), as JSON: kept from before,
   * where nothing that it is about has changed since, or computed. Asked several times at once it is computed
   * once. A cache that is away slows nothing down: the answer is computed.
   */
  answer(about: About, question: unknown[], compute: () => Promise<unknown>): Promise<Answered>;
  /** Says that the counts of these sequences have changed. */
  changed(sequenceIds: string[]): void;
  /** Forgets everything, as after a time in which changes may have been missed. */
  clear(): void;
  close(): Promise<void>;
};

const ALL = 'all';

/** Answers through `cache`. `isLive` says whether changes that other processes made a second ago have been heard. */
export function cacheAnswers(cache: VersionedCache, isLive: () => boolean | Promise<boolean>): Answers {
  const underWay = new Map<string, Promise<string>>();

  return {
    async answer(about, question, compute) {
      const json = async () => JSON.stringify(await compute());
      const key = JSON.stringify([about, ...question]);
      const found = (await isLive()) ? await cache.find([about ?? ALL], key) : null;
      if (!found) return { json: await json(), etag: null };
      const { version, value } = found;
      const place = `${version} ${key}`;
      if (value !== undefined) return { json: value, etag: etagOf(place) };
      const computeOnce = async () => {
        const computed = await json();
        cache.keep(version, key, computed);
        return computed;
      };
      const computing = getOrMake(underWay, place, () => computeOnce().finally(() => underWay.delete(place)));
      return { json: await computing, etag: etagOf(place) };
    },
    changed: (sequenceIds) => cache.changed([ALL, ...sequenceIds]),
    clear: () => cache.clear(),
    close: () => cache.close(),
  };
}

function etagOf(place: string): string {
  return `W/"${createHash('sha256').update(place).digest('base64url').slice(0, 22)}"`;
}
