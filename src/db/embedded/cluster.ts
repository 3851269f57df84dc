import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { runAs } from './account.ts';
import { codeOf, EmbeddedPostgresError, reasonOf, WAY_OUT } from './failure.ts';
import type { Home } from './home.ts';
import type { Programs } from './programs.ts';
import { discard, makeUnfinished, sweepUnfinished } from './unfinished.ts';

/** PostgreSQL's data directory within a home. */
export function clusterDir(home: Home): string {
  return join(home.dir, 'cluster');
}

/**
 * Makes the cluster unless it is there; throws when it is there but of another major version.
 * A killed or a concurrent first start does no harm: the cluster is made under another name and renamed when whole.
 */
export async function ensureCluster(
  home: Home,
  programs: Programs,
  { log, signal }: { log: (line: string) => void; signal?: AbortSignal | undefined },
): Promise<void> {
  await sweepUnfinished(home.account, home.dir, 'cluster');
  const version = await versionOf(clusterDir(home));
  if (version === undefined) {
    // Or a start that was given up would still say that it sets something up.
    signal?.throwIfAborted();
    log(`Setting up PostgreSQL in ${home.dir} …`);
    return createCluster(home, programs, signal);
  }
  if (version === programs.major) return;
  throw new EmbeddedPostgresError(
    `The database in ${clusterDir(home)} was made by PostgreSQL ${version}, and this release of Sequitur runs PostgreSQL ${programs.major}. Start it with the release that made it, or set DATA_DIR to another directory. ${WAY_OUT}`,
  );
}

async function versionOf(cluster: string): Promise<string | undefined> {
  try {
    return (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new EmbeddedPostgresError(`Cannot read the database in ${cluster}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

async function createCluster(home: Home, programs: Programs, signal?: AbortSignal): Promise<void> {
  const unfinished = await makeUnfinished(home.account, home.dir, 'cluster');
  try {
    await initialise(home, programs, unfinished, signal);
    await rename(unfinished, clusterDir(home));
    await syncDirectory(home.dir);
  } catch (error) {
    await discard(home.account, unfinished);
    signal?.throwIfAborted();
    if (await versionOf(clusterDir(home))) return; // another process was first
    throw error;
  }
}

async function initialise(home: Home, programs: Programs, dir: string, signal?: AbortSignal): Promise<void> {
  const made = await runAs(home.account, programs.initdb, ['-D', dir, ...INITDB_OPTIONS], {
    cwd: home.dir,
    signal,
  });
  if (made.code === 0) return;
  throw new EmbeddedPostgresError(
    `PostgreSQL could not make its database in ${home.dir}:\n${made.stderr.trim()}\nMend that and start again. ${WAY_OUT}`,
  );
}

const INITDB_OPTIONS = [
  '--username=postgres',
  // Whoever can enter the socket's directory, its owner and root, is let in; nobody else gets that far.
  '--auth-local=trust',
  '--auth-host=reject',
  // Unicode's rules for case, code points for order, both from within PostgreSQL: the C library's change with the
  // system, which silently breaks every index on text.
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--no-instructions',
];

async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
