import { expect, onTestFinished, test as run, vi } from 'vitest';
import { type RedisCache, redisCache } from '../../src/lib/redis_cache.ts';
import { noRedis, RedisServer } from '../support/redis.ts';

const PATIENCE = { timeout: 10_000, interval: 5 };
const PREFIX = 'tests:';

type Opened = RedisCache & { told: string[] };

/** A cache as a process of its own would have it. `told` is what it had to say of Redis. */
function open({ url }: { url: string }, some: { prefix?: string; seconds?: number } = {}): Opened {
  const told: string[] = [];
  const cache = redisCache({
    url,
    prefix: PREFIX,
    seconds: 60,
    onLost: (error) => told.push(`lost: ${error}`),
    onBack: () => told.push('back'),
    ...some,
  });
  onTestFinished(() => cache.close());
  return Object.assign(cache, { told });
}

const up = (cache: Opened) => vi.waitUntil(() => cache.isUp(), PATIENCE);
const down = (cache: Opened) => vi.waitUntil(() => !cache.isUp(), PATIENCE);

/** A cache that is in use. */
async function opened(redis: RedisServer, some = {}): Promise<Opened> {
  const cache = open(redis, some);
  await up(cache);
  return cache;
}

async function keep(cache: Opened, names: string[], key: string, value: string): Promise<void> {
  const found = await cache.find(names, key);
  if (!found) throw new Error('Redis is away.');
  cache.keep(found.version, key, value);
}

const read = async (cache: Opened, names: string[], key: string) => (await cache.find(names, key))?.value;

/** How long `work` takes, in milliseconds. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const at = performance.now();
  await work();
  return performance.now() - at;
}

function test(sentence: string, body: () => Promise<void>): void {
  run(sentence, async ({ skip }) => {
    skip(noRedis !== undefined, noRedis);
    await body();
  });
}

test('what one process keeps, another finds, until either of them says that it changed', async () => {
  await using redis = await RedisServer.start();
  const [one, other] = [await opened(redis), await opened(redis)];
  for (const changer of [one, other]) {
    await keep(one, ['a'], 'question', '{"n":1}');
    expect(await read(other, ['a'], 'question')).toBe('{"n":1}');
    changer.changed(['b']);
    expect(await read(changer, ['a'], 'question')).toBe('{"n":1}');
    changer.changed(['a']);
    expect(await read(changer, ['a'], 'question')).toBeUndefined();
    const follower = changer === one ? other : one;
    await vi.waitUntil(async () => (await read(follower, ['a'], 'question')) === undefined, PATIENCE);
  }
  await keep(one, ['a'], 'question', 'again');
  one.clear();
  expect(await read(one, ['a'], 'question')).toBeUndefined();
  await vi.waitUntil(async () => (await read(other, ['a'], 'question')) === undefined, PATIENCE);
});

test('what was computed before a change is not found after it, however late it is kept', async () => {
  await using redis = await RedisServer.start();
  const [slow, other] = [await opened(redis), await opened(redis)];
  const before = await slow.find(['a'], 'question');
  other.changed(['a']);
  await keep(other, ['a'], 'question', 'new');
  slow.keep(String(before?.version), 'question', 'old');
  expect(await read(slow, ['a'], 'question')).toBeUndefined();
  expect(await read(other, ['a'], 'question')).toBeUndefined();
});

test('workspaces with other prefixes do not meet', async () => {
  await using redis = await RedisServer.start();
  const [one, other] = [await opened(redis), await opened(redis, { prefix: 'others:' })];
  await keep(one, ['a'], 'question', 'mine');
  expect(await read(other, ['a'], 'question')).toBeUndefined();
  other.clear();
  expect(await read(other, ['a'], 'question')).toBeUndefined();
  expect(await read(one, ['a'], 'question')).toBe('mine');
});

test('whatever keys Redis drops, no old value is found again', async () => {
  await using redis = await RedisServer.start();
  const cache = await opened(redis);
  for (const lost of ['version:a', 'version:*']) {
    await keep(cache, ['a'], 'question', 'old');
    expect(await read(cache, ['a'], 'question')).toBe('old');
    await redis.command('DEL', `${PREFIX}${lost}`);
    expect(await cache.find(['a'], 'question')).toEqual({
      version: expect.any(String),
      value: undefined,
    });
  }
});

test('nothing stays in Redis for ever, and no question stands in its keys', async () => {
  await using redis = await RedisServer.start();
  const cache = await opened(redis, { seconds: 2 });
  await keep(cache, ['a'], 'contact ada@example.com', 'value');
  expect(await read(cache, ['a'], 'contact ada@example.com')).toBe('value');
  const keys = (await redis.command('KEYS', '*')) as string[];
  expect(keys).toHaveLength(3);
  expect(keys.join(' ')).not.toContain('ada');
  for (const key of keys) expect(await redis.command('TTL', key)).toBeGreaterThan(0);
  await vi.waitUntil(
    async () => (await read(cache, ['a'], 'contact ada@example.com')) === undefined,
    PATIENCE,
  );
});

test('a Redis that is killed is told of once, and so is its return', async () => {
  await using redis = await RedisServer.start();
  const cache = await opened(redis);
  await keep(cache, ['a'], 'question', 'old');
  await redis.kill();
  await down(cache);
  const took = await timed(async () => {
    for (let n = 0; n < 1_000; n++) expect(await cache.find(['a'], 'question')).toBeNull();
  });
  expect(took).toBeLessThan(1_000);
  await redis.restart();
  await up(cache);
  expect(cache.told).toEqual([expect.stringMatching(/^lost: .*(closed|ECONNRESET|EPIPE)/i), 'back']);
  await keep(cache, ['a'], 'question', 'new');
  expect(await read(cache, ['a'], 'question')).toBe('new');
});

test('a Redis that comes back with what it had on disk brings no old value back', async () => {
  await using redis = await RedisServer.start();
  const cache = await opened(redis);
  await keep(cache, ['a'], 'question', 'old');
  expect(await read(cache, ['a'], 'question')).toBe('old');
  await redis.save();
  cache.changed(['a']);
  expect(await read(cache, ['a'], 'question')).toBeUndefined();
  await redis.kill();
  await down(cache);
  await redis.restart();
  expect(await redis.command('DBSIZE')).toBeGreaterThanOrEqual(3);
  await up(cache);
  expect(await cache.find(['a'], 'question')).toMatchObject({ value: undefined });
});

test('a change that one process could not say is none that others keep from it', async () => {
  await using redis = await RedisServer.start();
  const cache = await opened(redis);
  await keep(cache, ['a'], 'question', 'old');
  expect(await read(cache, ['a'], 'question')).toBe('old');
  await redis.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await down(cache);
  cache.changed(['a']);
  await up(cache);
  expect(await cache.find(['a'], 'question')).toMatchObject({ value: undefined });
});

test('a Redis that falls silent holds up those who ask at that moment for an instant, and then nobody', async () => {
  await using redis = await RedisServer.start();
  const cache = await opened(redis);
  await keep(cache, ['a'], 'question', 'old');
  expect(await read(cache, ['a'], 'question')).toBe('old');
  redis.fallSilent();
  const ask = () => cache.find(['a'], 'question');
  const first = await timed(async () => {
    expect(await Promise.all(Array.from({ length: 100 }, ask))).toEqual(Array(100).fill(null));
  });
  expect(first).toBeLessThan(1_000);
  const then = await timed(async () => {
    for (let n = 0; n < 100; n++) expect(await ask()).toBeNull();
  });
  expect(then).toBeLessThan(1_000);
  cache.changed(['a']);
  // Longer than it takes to try again: a server that is stopped accepts connections.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(cache.isUp()).toBe(false);
  expect(cache.told).toEqual([expect.stringMatching(/^lost: .*not answered within/)]);
  redis.wake();
  await up(cache);
  expect(cache.told).toHaveLength(2);
  expect(await cache.find(['a'], 'question')).toMatchObject({ value: undefined });
});

test('a process that is busy for long does not take that for a silence of Redis', async () => {
  await using redis = await RedisServer.start();
  const cache = await opened(redis);
  await keep(cache, ['a'], 'question', 'value');
  const asked = read(cache, ['a'], 'question');
  const until = performance.now() + 300;
  while (performance.now() < until);
  expect(await asked).toBe('value');
  expect(cache.told).toEqual([]);
});

test('a Redis that refuses is one that is away', async () => {
  await using redis = await RedisServer.start({ password: 'secret' });
  const stranger = open({ url: redis.url.replace('secret', 'wrong') });
  await vi.waitUntil(() => stranger.told.length > 0, PATIENCE);
  expect(stranger.told.join()).toContain('WRONGPASS');
  expect(await stranger.find(['a'], 'question')).toBeNull();
  const known = await opened(redis);
  await keep(known, ['a'], 'question', 'value');
  expect(await read(known, ['a'], 'question')).toBe('value');

  await redis.command('CONFIG', 'SET', 'maxmemory', '1');
  known.changed(['a']);
  await down(known);
  expect(known.told.join()).toContain('OOM');
  await redis.command('CONFIG', 'SET', 'maxmemory', '0');
  await up(known);
  expect(await known.find(['a'], 'question')).toMatchObject({ value: undefined });
});

run('a Redis that was never there is told of once, and closing ends all of it', async () => {
  const cache = open({ url: 'unix:///nowhere/redis.sock' });
  await vi.waitUntil(() => cache.told.length > 0, PATIENCE);
  expect(cache.told).toEqual([expect.stringContaining('ENOENT')]);
  expect(await cache.find(['a'], 'question')).toBeNull();
  cache.keep('version', 'question', 'value');
  cache.changed(['a']);
  cache.clear();
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(cache.told).toHaveLength(1);
  await cache.close();
});

test('closing says what was left to say, and waits for no silent Redis', async () => {
  await using redis = await RedisServer.start();
  const [one, other] = [await opened(redis), await opened(redis)];
  await keep(other, ['a'], 'question', 'old');
  one.changed(['a']);
  await one.close();
  expect(await read(other, ['a'], 'question')).toBeUndefined();
  redis.fallSilent();
  other.changed(['a']);
  expect(await timed(() => other.close())).toBeLessThan(1_000);
  redis.wake();
  expect(other.told).toEqual([]);
});
