import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { findProgram } from './program.ts';

const PROGRAM = findProgram('redis-server');

/** Why tests of Redis cannot run here; undefined where they can. For `skip(noRedis !== undefined, noRedis)`. */
export const noRedis = PROGRAM
  ? undefined
  : 'no redis-server is installed (Debian: apt-get install redis-server)';

/** A real Redis on a Unix socket of its own, which a test may kill and silence. Close it with `await using`. */
export class RedisServer implements AsyncDisposable {
  readonly #dir: string;
  readonly #password: string | undefined;
  #process: ChildProcess | undefined;

  /** With `password`, it asks for one. */
  static async start({ password }: { password?: string } = {}): Promise<RedisServer> {
    const redis = new RedisServer(await mkdtemp(join(tmpdir(), 'redis-')), password);
    await redis.restart();
    return redis;
  }

  private constructor(dir: string, password: string | undefined) {
    this.#dir = dir;
    this.#password = password;
  }

  get #socket(): string {
    return join(this.#dir, 's');
  }

  get url(): string {
    return `unix://${this.#password ? `:${this.#password}@` : ''}${this.#socket}`;
  }

  /** Starts it again after `kill`, with what `save` had written. */
  async restart(): Promise<void> {
    const settings = {
      port: 0,
      unixsocket: this.#socket,
      dir: this.#dir,
      save: '',
      requirepass: this.#password,
    };
    const args = Object.entries(settings).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name}`, String(value)],
    );
    const started = spawn(PROGRAM ?? 'redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#process = started;
    for await (const line of started.stdout) if (String(line).includes('ready to accept connections')) break;
  }

  /** Ends it without a goodbye. */
  async kill(): Promise<void> {
    const ended = this.#process;
    this.#process = undefined;
    if (!ended) return;
    const exit = once(ended, 'exit');
    ended.kill('SIGKILL');
    await exit;
  }

  /** Has it accept connections and say nothing, until `wake`. */
  fallSilent(): void {
    this.#process?.kill('SIGSTOP');
  }

  wake(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Writes everything to disk. */
  async save(): Promise<void> {
    await this.command('SAVE');
  }

  /** What Redis answers to a command. */
  async command(...words: string[]): Promise<unknown> {
    const client = createClient({ url: this.url, RESP: 2 });
    await client.connect();
    try {
      return await client.sendCommand(words);
    } finally {
      client.destroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#dir, { recursive: true, force: true });
  }
}
