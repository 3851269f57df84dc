import { setTimeout as pause } from 'node:timers/promises';
import { type Attachment, attach, hangUp } from './attach.ts';
import { reasonOf } from './failure.ts';
import { hastenStop, lookForServer, type Site, stopServer, trimLog } from './postmaster.ts';
import { checkpoint, leave } from './tenancy.sql.ts';

const REVIVE_PAUSE_MS = 1_000;
const LEAVE_LIMIT_MS = 500;
const TEND_EVERY_MS = 2_000;

/**
 * One process's tenancy of the embedded server. Any number of processes share a server, and the last to leave stops
 * it. A tenancy is a session of PostgreSQL's holding a shared lock, so the kernel ends it with the process, by kill -9
 * too; files with process ids were rejected, since each needs its own guard against reuse, races and containers.
 *
 * When the server goes away under its tenants, they launch it again.
 */
export class Tenant {
  readonly #site: Site;
  readonly #log: (line: string) => void;
  readonly #leaving = new AbortController();
  readonly #tending: NodeJS.Timeout;
  #held: Attachment;
  #lost = false;
  #revival = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(site: Site, held: Attachment, log: (line: string) => void) {
    this.#site = site;
    this.#log = log;
    this.#held = held;
    this.#watch();
    this.#tending = setInterval(() => void this.#tend(), TEND_EVERY_MS).unref();
  }

  /** The process id of the server at this moment. */
  get pid(): number {
    return this.#held.pid;
  }

  async checkpoint(): Promise<void> {
    await checkpoint(this.#held.client);
  }

  /** Leaves, and stops the server when no other process uses it. Takes at most about 2.5 s; may be called again. */
  stop(): Promise<void> {
    this.#stopped ??= this.#leave();
    return this.#stopped;
  }

  async #tend(): Promise<void> {
    await trimLog(this.#site.home);
    const seen = await lookForServer(this.#site.home);
    if (this.#leaving.signal.aborted) return;
    // Not by a tenant, since this one is still here: it ends, and is brought back.
    if (seen.state === 'running' && seen.phase === 'stopping') await hastenStop(this.#site.home, seen.pid);
  }

  #watch(): void {
    this.#held.client.once('end', () => {
      if (this.#leaving.signal.aborted) return;
      this.#lost = true;
      this.#revival = this.#revive();
    });
  }

  async #revive(): Promise<void> {
    const { signal } = this.#leaving;
    this.#log('PostgreSQL went away; bringing it back');
    while (this.#lost && !signal.aborted) {
      try {
        this.#held = await attach(this.#site, this.#log, signal);
        this.#lost = false;
        this.#log(`PostgreSQL is back (process ${this.pid})`);
        this.#watch();
      } catch (error) {
        if (signal.aborted) return;
        this.#log(reasonOf(error));
        await pause(REVIVE_PAUSE_MS, undefined, { signal }).catch(() => {});
      }
    }
  }

  async #leave(): Promise<void> {
    clearInterval(this.#tending);
    this.#leaving.abort();
    await this.#revival;
    if (this.#lost) return; // an interrupted revival has stopped what it launched
    const { client, pid } = this.#held;
    try {
      if (await this.#isLast()) await stopServer(this.#site.home, pid);
    } finally {
      await hangUp(client);
    }
  }

  /** A server that cannot tell is stopped: whoever else may use it launches it again. */
  async #isLast(): Promise<boolean> {
    const unanswered = pause(LEAVE_LIMIT_MS, true, { ref: false });
    return Promise.race([leave(this.#held.client).catch(() => true), unanswered]);
  }
}
