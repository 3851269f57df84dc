import { createHash, randomUUID } from 'node:crypto';
import { type Redis, RedisLink, type RedisLinkOptions, WRITE_MS } from './redis_link.ts';
import type { VersionedCache } from './versioned_cache.ts';

export type RedisCacheOptions = Pick<RedisLinkOptions, 'url' | 'onLost' | 'onBack'> & {
  /** Stands before every key, so that several may share one Redis. */
  prefix: string;
  /** How long a value is kept at most. */
  seconds: number;
};

/** `isUp`: whether Redis is used at the moment. */
export type RedisCache = VersionedCache & { isUp(): boolean };

/** The name of what every version is a part of. */
const EVERYTHING = '*';
// Many changes of one moment are one message. Asking on this side sends it at once.
const GATHER_MS = 20;
// Long enough that versions in use are there, and short enough that names of long ago do not pile up.
const VERSION_SECONDS = 86_400;
// A value of this many characters would keep those behind it waiting, and costs little to compute by comparison.
const LONGEST_VALUE = 1_000_000;

/**
 * A cache that processes share. Whoever hears of a change says so to Redis, so it suffices that one of them does.
 *
 * A version is a random word and no number: Redis may drop any key, or come back from a copy on disk that is hours
 * old, and counting from there would one day give an old answer its version back. For the same reason, and since
 * changes may have been missed, a new connection begins with a change of everything.
 */
export function redisCache({ prefix, seconds, ...options }: RedisCacheOptions): RedisCache {
  const versionKey = (name: string) => `${prefix}version:${name}`;
  const renew = (redis: Redis, names: string[]) =>
    Promise.all(names.map((name) => redis.set(versionKey(name), randomUUID(), lasting(VERSION_SECONDS))));
  const link = new RedisLink({ ...options, begin: (redis) => renew(redis, [EVERYTHING]) });
  const changes = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  // On one connection commands are answered in their order: what is asked after this does not see the old version.
  function sayChanges(): void {
    clearTimeout(timer);
    timer = undefined;
    // While a connection is being made they wait, since its beginning may be over already.
    if (changes.size === 0 || !link.isUp) return;
    const names = [...changes];
    changes.clear();
    void link.ask((redis) => renew(redis, names), WRITE_MS);
  }

  function changed(names: string[]): void {
    for (const name of names) changes.add(name);
    timer ??= setTimeout(sayChanges, GATHER_MS);
  }

  async function missingVersion(keys: string[]): Promise<string | null> {
    const onlyIfMissing = { ...lasting(VERSION_SECONDS), condition: 'NX' } as const;
    const answer = await link.ask((redis) => {
      const made = keys.map((key) => redis.set(key, randomUUID(), onlyIfMissing));
      return Promise.all([redis.mGet(keys), ...made]);
    });
    return answer && versionOf(answer[0]);
  }

  return {
    isUp: () => link.isUp,
    async find(names, key) {
      sayChanges();
      const keys = [EVERYTHING, ...names].map(versionKey);
      const read = await link.ask((redis) => redis.mGet([...keys, valueKey(prefix, key)]));
      if (!read) return null;
      const version = versionOf(read.slice(0, -1)) ?? (await missingVersion(keys));
      return version === null ? null : { version, value: valueAt(version, read.at(-1)) };
    },
    keep(version, key, value) {
      if (value.length > LONGEST_VALUE) return;
      void link.ask(
        (redis) => redis.set(valueKey(prefix, key), `${version}\n${value}`, lasting(seconds)),
        WRITE_MS,
      );
    },
    changed,
    clear: () => changed([EVERYTHING]),
    async close() {
      sayChanges();
      await link.close();
    },
  };
}

function lasting(seconds: number) {
  return { expiration: { type: 'EX', value: seconds } } as const;
}

/** Of one length, and without what was asked for: keys are shown by Redis to whoever watches it. */
function valueKey(prefix: string, key: string): string {
  return `${prefix}answer:${createHash('sha256').update(key).digest('base64url')}`;
}

/** One version of several; null where one of them is missing. */
function versionOf(versions: (string | null)[]): string | null {
  return versions.includes(null) ? null : versions.join('.');
}

/** The value, if it was kept at this version. It stands behind it, so that both are read at once. */
function valueAt(version: string, kept: string | null | undefined): string | undefined {
  return kept?.startsWith(`${version}\n`) ? kept.slice(version.length + 1) : undefined;
}
