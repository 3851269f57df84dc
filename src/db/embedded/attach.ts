import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { doneWithin, unlessAborted } from '../../lib/abort.ts';
import { clusterDir } from './cluster.ts';
import { EmbeddedPostgresError, reasonOf, WAY_OUT } from './failure.ts';
import {
  hastenStop,
  type Launched,
  launchServer,
  lookForServer,
  type RunningServer,
  type Site,
  trimLog,
} from './postmaster.ts';
import { PORT } from './settings.ts';
import { enter } from './tenancy.sql.ts';

/** A tenancy of a running server: `client` holds it, as a superuser, in the database `postgres`. */
export type Attachment = { client: pg.Client; pid: number; socketDir: string; launched: boolean };

type Log = (line: string) => void;

const POLL_MS = 15;
const LAUNCHES = 3;
const RELAUNCH_PAUSE_MS = 100;
const HANG_UP_MS = 200;
const CONNECT_LIMIT_MS = 5_000;
const NOTICE_EVERY_MS = 5_000;
// A recovery after a crash replays at most about 1 GB; on a slow disk that is minutes, and interrupting it helps nobody.
const START_LIMIT_MS = 300_000;
// How long the last processes of a killed server may hold its memory.
const REMNANT_LIMIT_MS = 10_000;
// A server that answers and cannot be seen may be a sight of two moments, once.
const HIDDEN_LIMIT_MS = 2_000;

/**
 * Becomes a tenant of the server of `site`, launching it when none runs, and waiting while one starts, recovers or
 * stops. Throws when it cannot be started, with the end of its log, and when `signal` aborts; a server launched by
 * this call is then stopped again.
 */
export async function attach(site: Site, log: Log, signal?: AbortSignal): Promise<Attachment> {
  const attempt = new Attempt(site, log, signal);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const attachment = await attempt.step();
      if (attachment) return attachment;
      await pause(POLL_MS, undefined, { signal });
    }
  } catch (error) {
    await attempt.undo();
    throw error;
  }
}

class Attempt {
  readonly #site: Site;
  readonly #log: Log;
  readonly #signal: AbortSignal | undefined;
  readonly #begun = Date.now();
  #noticed = Date.now();
  #launched: Launched | undefined;
  #failures = 0;
  #hastened = 0;
  #hindrance = 'it does not answer';

  constructor(site: Site, log: Log, signal: AbortSignal | undefined) {
    this.#site = site;
    this.#log = log;
    this.#signal = signal;
  }

  /** One look, and what it calls for. Undefined: look again. */
  async step(): Promise<Attachment | undefined> {
    this.#checkTime();
    const seen = await lookForServer(this.#site.home);
    if (seen.state === 'running') return this.#approach(seen);
    if (seen.state === 'hidden') this.#refuseHidden();
    if (seen.state === 'absent') await this.#launch();
    return undefined;
  }

  async #approach({ pid, socketDir, phase }: RunningServer): Promise<Attachment | undefined> {
    if (phase === 'starting') this.#hindrance = 'it is starting or recovering';
    if (phase === 'stopping') await this.#hasten(pid);
    if (phase !== 'ready') return undefined;
    const client = await this.#join(socketDir);
    return client && { client, pid, socketDir, launched: this.#launched?.state === 'alive' };
  }

  async #join(socketDir: string): Promise<pg.Client | undefined> {
    const client = new pg.Client(superuser(socketDir));
    // Losing the connection shows as 'end'; an 'error' without a listener would end the process.
    client.on('error', () => {});
    const entering = client.connect().then(() => enter(client));
    try {
      if (await unlessAborted(this.#signal, entering)) return client;
      this.#hindrance = 'it is being stopped by another process';
    } catch (error) {
      this.#hindrance = reasonOf(error);
    }
    await hangUp(client);
    return undefined;
  }

  async #hasten(pid: number): Promise<void> {
    this.#hindrance = 'it is stopping';
    if (this.#hastened === pid) return;
    this.#hastened = pid;
    await hastenStop(this.#site.home, pid);
  }

  #refuseHidden(): void {
    if (Date.now() - this.#begun < HIDDEN_LIMIT_MS) return;
    throw new EmbeddedPostgresError(
      `The database in ${this.#site.home.dir} is in use by a server that is no process of this system: from another container, it seems. Only processes of one system can share an embedded database. Stop the other, or use a PostgreSQL server for both (DATABASE_URL).`,
    );
  }

  async #launch(): Promise<void> {
    if (this.#launched?.state === 'alive') return;
    if (this.#launched?.state === 'failed') await this.#judge(await this.#launched.failure());
    await trimLog(this.#site.home);
    this.#launched = await launchServer(this.#site);
  }

  /**
   * Throws unless another launch is worth while: a twin, launched at the same moment, fails one in several ways that
   * pass at once, and the last children of a killed server in a way that passes when they end.
   */
  async #judge(failure: string): Promise<void> {
    this.#failures += 1;
    const remnant = REMNANT.test(failure) && Date.now() - this.#begun < REMNANT_LIMIT_MS;
    if (remnant || this.#failures < LAUNCHES) return pause(RELAUNCH_PAUSE_MS);
    const { home } = this.#site;
    throw new EmbeddedPostgresError(
      `PostgreSQL did not start. The end of its log, ${home.dir}/server.log:\n${failure}\nIts data is in ${clusterDir(home)}. ${WAY_OUT}`,
    );
  }

  #checkTime(): void {
    const now = Date.now();
    if (now - this.#begun > START_LIMIT_MS) {
      throw new EmbeddedPostgresError(
        `PostgreSQL was not ready after ${START_LIMIT_MS / 1000} s: ${this.#hindrance}. See ${this.#site.home.dir}/server.log, and start again.`,
      );
    }
    if (now - this.#noticed < NOTICE_EVERY_MS) return;
    this.#noticed = now;
    this.#log(`waiting for PostgreSQL: ${this.#hindrance}`);
  }

  /** Stops the server that this attempt launched. Should others use it by now, they launch it again. */
  async undo(): Promise<void> {
    await this.#launched?.stop();
  }
}

/** Ends a connection, within a moment also where the server does not answer any more. Never fails. */
export async function hangUp(client: pg.Client): Promise<void> {
  const ended = client.end().catch(() => {});
  if (!(await doneWithin(HANG_UP_MS, ended))) client.connection.stream.destroy();
}

// PostgreSQL's message in the C locale.
const REMNANT = /pre-existing shared memory block/;

function superuser(socketDir: string): pg.ClientConfig {
  return {
    host: socketDir,
    port: PORT,
    user: 'postgres',
    database: 'postgres',
    ssl: false,
    application_name: 'sequitur-tenant',
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
  };
}
