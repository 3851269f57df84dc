import { attach } from './attach.ts';
import { ensureCluster } from './cluster.ts';
import { holdsDatabase, openHome } from './home.ts';
import type { Site } from './postmaster.ts';
import { findPrograms } from './programs.ts';
import { PORT } from './settings.ts';
import { ensureSocketDir } from './socket.ts';
import { APPLICATION, provision } from './tenancy.sql.ts';
import { Tenant } from './tenant.ts';

export { holdsDatabase };

export type EmbeddedOptions = {
  /** Sequitur's data directory; made when missing. */
  dataDir: string;
  /** Told in whole sentences what takes time or is unusual. */
  log: (line: string) => void;
  /** Told at every start what its reader must know to keep the data, where there is such a thing. Default: `log`. */
  warn?: ((line: string) => void) | undefined;
  /** Gives up a start that is under way; without effect on a server once it is handed over. */
  signal?: AbortSignal;
};

export type EmbeddedPostgres = {
  /** Settings for `pg`: the directory of the Unix socket as host, and an ordinary role that owns its database. */
  connection: { host: string; port: number; user: string; database: string; ssl: false };
  /** The process id of the server, which changes when it had to be brought back. */
  readonly pid: number;
  /** Whether the server ran already: another process uses it, or one that was killed left it behind. */
  adopted: boolean;
  /** Writes to the data files what is not in them yet, so that a stop after much writing has little left to do. */
  checkpoint(): Promise<void>;
  /** Ends this process's use, and the server when no other process uses it. Close your own connections first. */
  stop(): Promise<void>;
};

/**
 * Gives the embedded PostgreSQL of `dataDir`, making it on the first start, launching it unless it runs. Processes
 * that ask for the same `dataDir` share one server, which the last one to call `stop` (or to be killed) leaves; while
 * any of them lives, the server is brought back should it die. A server left behind by a kill is adopted.
 *
 * Throws EmbeddedPostgresError when it cannot, and the signal's reason when that aborts.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { log, signal } = options;
  const site = await prepare(options);
  const held = await attach(site, log, signal);
  const tenant = new Tenant(site, held, log);
  try {
    await provision(held.client);
  } catch (error) {
    await tenant.stop();
    throw error;
  }
  return {
    connection: { host: held.socketDir, port: PORT, user: APPLICATION, database: APPLICATION, ssl: false },
    get pid() {
      return tenant.pid;
    },
    adopted: !held.launched,
    checkpoint: () => tenant.checkpoint(),
    stop: () => tenant.stop(),
  };
}

async function prepare({ dataDir, log, warn = log, signal }: EmbeddedOptions): Promise<Site> {
  const home = await openHome(dataDir, warn);
  const programs = await findPrograms(home, log);
  await ensureCluster(home, programs, { log, signal });
  return { home, programs, socketDir: await ensureSocketDir(home) };
}
