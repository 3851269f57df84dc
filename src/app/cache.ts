import type { Registry } from 'prom-client';
import { memoryCache, type VersionedCache } from '../lib/versioned_cache.ts';
import { gaugeRedis } from '../metrics.ts';
import { VERSION } from '../version.ts';
import type { ComposeOptions } from './parts.ts';

const ANSWERS_BYTES = 64 * 1024 * 1024;

/** Where answers are kept. Workspaces that share a Redis do not meet in it, nor do versions with other answers. */
export async function openCache(
  { config, log }: ComposeOptions,
  metrics: Registry,
  secret: Buffer,
): Promise<VersionedCache> {
  const { analyticsCacheSeconds: seconds, redisUrl } = config;
  if (!redisUrl || seconds === 0) return memoryCache({ seconds: Math.max(seconds, 1), bytes: ANSWERS_BYTES });
  // It takes a fifth of a second to load, and few have a Redis.
  const { redisCache } = await import('../lib/redis_cache.ts');
  const cache = redisCache({
    url: redisUrl,
    prefix: `sequitur:${VERSION}:${secret.toString('base64url').slice(0, 16)}:`,
    seconds,
    onLost: (err) => log.warn({ err }, 'Redis is away: until it is back, analytics answers are not kept'),
    onBack: () => log.info('Redis is back'),
  });
  gaugeRedis(cache, metrics);
  return cache;
}
