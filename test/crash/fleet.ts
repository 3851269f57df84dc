import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { PoolConfig } from 'pg';
import { urlOf } from '../process/databases.ts';
import { Installation, type Running } from '../process/installation.ts';
import { DatabaseProxy } from '../support/database_proxy.ts';
import { LEASE_SECONDS } from './plan.ts';
import { until } from './until.ts';

/** What is run, by what it does in a round. */
const COMMANDS = { api: ['api'], worker: ['worker'] };
/** Connections to the mail server that each worker has. */
export const CONNECTIONS = 4;

export type Worker = { name: string; running: Running; proxy: DatabaseProxy; isStopped: boolean };

/** The processes of a round: one that takes triggers, and workers. Close it with `await using`. */
export class Fleet implements AsyncDisposable {
  readonly #installation: Installation;
  readonly #database: PoolConfig;
  readonly #mailPort: number;
  readonly #workers: Worker[] = [];
  readonly #proxies: DatabaseProxy[] = [];
  #api: Promise<Running> | undefined;
  #named = 0;

  static async start(database: PoolConfig, mailPort: number, workers: number): Promise<Fleet> {
    const installation = await Installation.make({
      DATABASE_URL: urlOf(database),
      LANE_LEASE_SECONDS: String(LEASE_SECONDS),
      MAIL_FROM: 'Northwind <hello@northwind.example.com>',
      PUBLIC_URL: 'https://mail.example.com',
      // Most of what a process costs to start is reading the same code again.
      NODE_COMPILE_CACHE: join(tmpdir(), 'sequitur-crash-code'),
    });
    const fleet = new Fleet(installation, database, mailPort);
    try {
      await Promise.all([fleet.startApi(), ...Array.from({ length: workers }, () => fleet.addWorker())]);
      return fleet;
    } catch (error) {
      await fleet[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(installation: Installation, database: PoolConfig, mailPort: number) {
    this.#installation = installation;
    this.#database = database;
    this.#mailPort = mailPort;
  }

  /** Where triggers go. */
  get url(): string {
    return this.#installation.url;
  }

  /** Those that nobody has killed. */
  get workers(): readonly Worker[] {
    return this.#workers;
  }

  /** Starts the process that takes triggers; one that runs is killed first. */
  async startApi(): Promise<void> {
    const before = this.#api;
    const { promise, resolve } = Promise.withResolvers<Running>();
    this.#api = promise;
    const running = await before;
    running?.kill('SIGKILL');
    await running?.finished;
    resolve(await this.#serving(COMMANDS.api, {}, 'Sequitur is at'));
    await promise;
  }

  /** Starts one more worker. Its name is unlike all others', and the one that it gives the mail server. */
  async addWorker(): Promise<void> {
    this.#named += 1;
    const name = `w${this.#named}.example.com`;
    const proxy = await DatabaseProxy.start(this.#database);
    this.#proxies.push(proxy);
    const env = {
      DATABASE_URL: urlOf(proxy.connection),
      SMTP_URL: `smtp://127.0.0.1:${this.#mailPort}?name=${name}&maxConnections=${CONNECTIONS}`,
    };
    const running = await this.#serving(COMMANDS.worker, env, 'A worker is');
    this.#workers.push({ name, running, proxy, isStopped: false });
  }

  async kill(worker: Worker): Promise<void> {
    this.#workers.splice(this.#workers.indexOf(worker), 1);
    worker.running.kill('SIGKILL');
    await worker.running.finished;
  }

  /** Ends all processes as an operator does. Answers what is to be said of those that did not end well. */
  async stop(): Promise<string[]> {
    const api = await this.#api;
    const all = [...this.#workers, ...(api ? [{ name: 'the API', running: api }] : [])];
    const ends = all.map(async ({ name, running }) => {
      running.kill('SIGTERM');
      return { name, ...(await running.finished) };
    });
    const bad = (await Promise.all(ends)).filter(({ code }) => code !== 0);
    return bad.map(({ name, code, out, err }) => `${name} ended with ${code}: ${out}${err}`);
  }

  /** Where PostgreSQL is away at that moment, a process ends, and whoever looks after it starts it again. */
  async #serving(command: string[], env: Record<string, string>, sign: string): Promise<Running> {
    let running: Running | undefined;
    await until(`"sequitur ${command.join(' ')}" runs`, async () => {
      running ??= this.#installation.launch(command, env);
      if (await Promise.race([running.finished, wait(1)])) running = undefined;
      return running?.said.out.includes(sign) ?? false;
    });
    if (!running) throw new Error('It ended as soon as it ran.');
    return running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#installation.remove();
    await Promise.all(this.#proxies.map((proxy) => proxy[Symbol.asyncDispose]()));
  }
}
