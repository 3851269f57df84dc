import { createClient } from '@redis/client';
import { doneWithin } from './abort.ts';

/** What commands are sent with, as the official client has them. */
export type Redis = ReturnType<typeof connectionTo>;

export type RedisLinkOptions = {
  /** `redis://`, `rediss://` (TLS) or `unix://`. */
  url: string;
  /** What has to be done on a new connection before anybody uses it. */
  begin: (redis: Redis) => Promise<unknown>;
  /** Hears once that Redis is gone, or was never there, and why. */
  onLost: (error: unknown) => void;
  /** Hears that it is back after that. */
  onBack: () => void;
};

// Nobody's answer waits longer than that for a Redis which has just fallen silent; those behind it do not wait at all.
const READ_MS = 50;
/** For what nobody waits for, such as writing. */
export const WRITE_MS = 500;
const CONNECT_MS = 1_000;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;
// A Redis that comes and goes is asked, and told of, less and less often until it has stayed as long as this.
const STEADY_MS = 30_000;
const CLOSE_MS = 100;
const TICK_MS = 10;

/**
 * The way to a Redis that one can do without. Whatever goes wrong (no answer in time, an error, a broken connection)
 * ends the connection; from then on nothing is asked until a new one stands, which is tried in the background.
 *
 * The client's own reconnecting and command timeout are not used: the first waits without end for a server that
 * accepts connections and says nothing, the second ends where a command is written, and not where it is answered.
 */
export class RedisLink {
  readonly #options: RedisLinkOptions;
  #redis: Redis | undefined;
  #connecting: Redis | undefined;
  #upSince = 0;
  #retryMs = FIRST_RETRY_MS;
  #retry: NodeJS.Timeout | undefined;
  #isLost = false;
  #isClosed = false;

  /** Begins to connect, and goes on trying until it is closed. */
  constructor(options: RedisLinkOptions) {
    this.#options = options;
    void this.#connect();
  }

  get isUp(): boolean {
    return this.#redis !== undefined;
  }

  /** What `send` asks of Redis; null where Redis is away, refuses, or does not answer within `ms`. Never throws. */
  async ask<T>(send: (redis: Redis) => Promise<T>, ms = READ_MS): Promise<T | null> {
    const redis = this.#redis;
    if (!redis) return null;
    try {
      return await answered(ms, send(redis));
    } catch (error) {
      this.#lose(redis, error);
      return null;
    }
  }

  /** Sends what was asked before, unless Redis is silent, and ends. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#connecting?.destroy();
    const redis = this.#redis;
    this.#redis = undefined;
    if (!redis) return;
    await doneWithin(CLOSE_MS, redis.close());
    redis.destroy();
  }

  async #connect(): Promise<void> {
    const { url, begin } = this.#options;
    const redis = connectionTo(url);
    this.#connecting = redis;
    redis.on('error', (error) => this.#lose(redis, error));
    // What one can do without keeps no process from ending.
    redis.unref();
    try {
      await answered(CONNECT_MS, redis.connect());
      await answered(READ_MS, begin(redis));
    } catch (error) {
      this.#giveUp(redis, error);
      return;
    } finally {
      this.#connecting = undefined;
    }
    if (this.#isClosed) redis.destroy();
    else if (redis.isReady) this.#use(redis);
    else this.#giveUp(redis, new Error('Redis has ended the connection.'));
  }

  #use(redis: Redis): void {
    this.#redis = redis;
    this.#upSince = performance.now();
    if (this.#isLost) this.#options.onBack();
    this.#isLost = false;
  }

  #lose(redis: Redis, error: unknown): void {
    if (redis !== this.#redis) return;
    this.#redis = undefined;
    if (performance.now() - this.#upSince > STEADY_MS) this.#retryMs = FIRST_RETRY_MS;
    this.#giveUp(redis, error);
  }

  #giveUp(redis: Redis, error: unknown): void {
    redis.destroy();
    if (this.#isClosed) return;
    if (!this.#isLost) this.#options.onLost(error);
    this.#isLost = true;
    this.#retry = setTimeout(() => void this.#connect(), this.#retryMs).unref();
    this.#retryMs = Math.min(2 * this.#retryMs, LAST_RETRY_MS);
  }
}

/** A connection that is used for as long as it lasts, and not before it stands. */
function connectionTo(url: string) {
  return createClient({
    url,
    // As old servers, and those that only speak like Redis, understand it.
    RESP: 2,
    name: 'sequitur',
    disableClientInfo: true,
    maintNotifications: 'disabled',
    disableOfflineQueue: true,
    socket: { reconnectStrategy: false, connectTimeout: CONNECT_MS },
  });
}

/** What `work` gives; throws when it takes longer than `ms`. */
async function answered<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise: tooLong, reject } = Promise.withResolvers<never>();
  // In ticks and not by one timer: while this process was too busy to read the answer, the clock has gone on and
  // Redis is not to blame.
  let ticks = Math.ceil(ms / TICK_MS);
  const timer = setInterval(() => {
    ticks -= 1;
    if (ticks === 0) reject(new Error(`Redis has not answered within ${ms} ms.`));
  }, TICK_MS);
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    clearInterval(timer);
  }
}
