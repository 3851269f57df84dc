import { Writable } from 'node:stream';
import type { LightMyRequestResponse } from 'fastify';
import pino from 'pino';
import { expect, onTestFinished, vi } from 'vitest';
import { compose } from '../../src/app.ts';
import { createApiKey } from '../../src/auth/api_keys.ts';
import { readConfig } from '../../src/config.ts';
import type { TestDatabase } from '../support/setup.ts';

export const PATIENCE = { timeout: 20_000, interval: 10 };

/** One process with the whole of Sequitur in it. */
export type Process = {
  /** Asks for a path, with a key. Fails the test unless the answer is 200, or a 304 where `etag` is given. */
  get(url: string, etag?: string): Promise<LightMyRequestResponse>;
  /** Triggers a sequence for somebody new, and is done when that is answered. */
  trigger(sequence: { key: string }, email: string): Promise<void>;
  /** How often its cache was asked, by outcome, and whether Redis is up. */
  figures(): Promise<{ hit: number; miss: number; away: number; redis: number | undefined }>;
  /** What it has logged at level warn or above, or of Redis. */
  logged: { level: number; msg: string }[];
  stop(): Promise<void>;
};

/**
 * Starts Sequitur on a database that others may use as well; it is stopped when the test is finished. Resolves when
 * answers are kept in it, unless `isKeeping` says that they will not be.
 */
export async function aProcess(
  { db, connection }: TestDatabase,
  env: Record<string, string> = {},
  { isKeeping = true }: { isKeeping?: boolean } = {},
): Promise<Process> {
  const read = readConfig({ MAIL_FROM: 'Shop <hello@example.com>', ...env }, '/nowhere');
  if (!read.ok) throw new Error(read.problems.join('\n'));
  const { log, logged } = keepingLog();
  const publicUrl = 'http://sequitur.example.com';
  const { app, start, stop } = await compose(
    { db, connection },
    { config: read.config, publicUrl, log, sends: true },
  );
  onTestFinished(stop);
  const { secret } = await createApiKey(db, { name: 'test', createdBy: { kind: 'system', name: 'test' } });
  const authorization = `Bearer ${secret}`;
  start();
  const get = async (url: string, etag?: string) => {
    const headers = { authorization, ...(etag && { 'if-none-match': etag }) };
    const answer = await app.inject({ url, headers });
    expect(etag ? [200, 304] : [200], answer.body).toContain(answer.statusCode);
    return answer;
  };
  const summary = '/api/sequences/analytics/summary';
  if (isKeeping) await vi.waitUntil(async () => (await get(summary)).headers.etag, PATIENCE);
  return {
    get,
    stop,
    logged,
    async trigger({ key }, recipient_email) {
      const url = `/api/sequences/${key}/trigger`;
      const answer = await app.inject({
        method: 'POST',
        url,
        headers: { authorization },
        payload: { recipient_email },
      });
      expect(answer.statusCode, answer.body).toBe(202);
    },
    async figures() {
      const { body } = await get('/metrics');
      const figure = (name: string) => body.match(new RegExp(`^${name} (\\d+)$`, 'm'))?.[1];
      const finds = (outcome: string) =>
        Number(figure(`sequitur_answer_cache_total\\{outcome="${outcome}"\\}`) ?? 0);
      const redis = figure('sequitur_redis_up');
      return {
        hit: finds('hit'),
        miss: finds('miss'),
        away: finds('away'),
        redis: redis === undefined ? undefined : Number(redis),
      };
    },
  };
}

function keepingLog() {
  const logged: Process['logged'] = [];
  const stream = new Writable({
    write(line, _encoding, done) {
      const entry: { level: number; msg: string } = JSON.parse(String(line));
      if (entry.level >= 40 || entry.msg.includes('Redis')) logged.push(entry);
      done();
    },
  });
  return { log: pino({ level: 'info' }, stream), logged };
}
