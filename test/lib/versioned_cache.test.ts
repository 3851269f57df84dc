import { expect, test, vi } from 'vitest';
import { memoryCache, type VersionedCache } from '../../src/lib/versioned_cache.ts';

const aCache = (some: { seconds?: number; bytes?: number } = {}) =>
  memoryCache({ seconds: 60, bytes: 1_000_000, ...some });

/** The version of `names` at the moment. */
async function versionOf(cache: VersionedCache, names: string[]): Promise<string> {
  const found = await cache.find(names, 'some question');
  if (!found) throw new Error('The cache is away.');
  return found.version;
}

async function keep(cache: VersionedCache, names: string[], key: string, value: string): Promise<void> {
  cache.keep(await versionOf(cache, names), key, value);
}

const read = async (cache: VersionedCache, names: string[], key: string) =>
  (await cache.find(names, key))?.value;

test('what is kept is found until one of its names changes, and no other name', async () => {
  const cache = aCache();
  await keep(cache, ['a'], 'question', 'about a');
  await keep(cache, ['b'], 'other', 'about b');
  cache.changed(['b', 'c']);
  expect(await read(cache, ['a'], 'question')).toBe('about a');
  expect(await read(cache, ['b'], 'other')).toBeUndefined();
  cache.changed(['a']);
  expect(await read(cache, ['a'], 'question')).toBeUndefined();
});

test('what was computed before a change is not found after it, however late it is kept', async () => {
  const cache = aCache();
  const before = await versionOf(cache, ['a']);
  cache.changed(['a']);
  await keep(cache, ['a'], 'question', 'new');
  cache.keep(before, 'question', 'old');
  expect(await read(cache, ['a'], 'question')).toBeUndefined();
});

test('after clearing nothing is found, nor is what was computed before and is kept only then', async () => {
  const cache = aCache();
  const before = await versionOf(cache, ['a']);
  cache.keep(before, 'question', 'old');
  cache.clear();
  expect(await read(cache, ['a'], 'question')).toBeUndefined();
  cache.keep(before, 'question', 'old');
  expect(await read(cache, ['a'], 'question')).toBeUndefined();
});

test('a value is kept for its seconds, and all of them in the bytes given', async () => {
  const brief = aCache({ seconds: 0.05 });
  await keep(brief, ['a'], 'question', 'value');
  expect(await read(brief, ['a'], 'question')).toBe('value');
  await vi.waitUntil(async () => (await read(brief, ['a'], 'question')) === undefined, { interval: 5 });

  const small = aCache({ bytes: 2_000 });
  for (const key of ['first', 'second', 'third']) await keep(small, ['a'], key, 'x'.repeat(400));
  expect(await read(small, ['a'], 'first')).toBeUndefined();
  expect(await read(small, ['a'], 'third')).toBe('x'.repeat(400));
  await keep(small, ['a'], 'much', 'x'.repeat(2_000));
  expect(await read(small, ['a'], 'much')).toBeUndefined();
});
