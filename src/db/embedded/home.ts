import {
  access,
  chmod,
  constants,
  lchown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  realpath,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { type Account, assertSwitchable, canEnter, chooseAccount, ownAccount } from './account.ts';
import { codeOf, EmbeddedPostgresError, reasonOf, WAY_OUT } from './failure.ts';
import { readRecord, recordOnce } from './record.ts';

/**
 * The directory that holds everything of one embedded PostgreSQL, mode 0700, and the account that owns it:
 * `cluster/` (PostgreSQL's data directory), `run/` (its socket) and `server.log`.
 */
export type Home = { dir: string; account: Account };

/** For root: what must lie where an unprivileged account can reach it, when DATA_DIR or node_modules do not. */
export const SYSTEM_DIR = '/var/lib/sequitur';

const POINTER = 'postgres.location';
const ANOTHER_DATA_DIR = 'Set DATA_DIR to a directory that you may write to.';

/**
 * Whether `dataDir` holds an embedded database, or says where it is. It only looks; what it may not look into counts as
 * one, and opening it then says what is wrong.
 */
export async function holdsDatabase(dataDir: string): Promise<boolean> {
  if ((await readRecord(join(dataDir, POINTER))) !== undefined) return true;
  return stat(join(dataDir, 'postgres/cluster/PG_VERSION')).then(
    () => true,
    (error) => codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR',
  );
}

/**
 * Finds the home that belongs to `dataDir`, or makes it: `<dataDir>/postgres`, owned by whoever runs Sequitur.
 *
 * Root runs PostgreSQL as another account. When that account cannot enter `dataDir`, as in a clone below /root, the
 * home is made under /var/lib/sequitur and the file `postgres.location` in `dataDir` says where; `warn` is told so each
 * time, since a copy of `dataDir` is then no backup. Loosening the modes of directories in use was rejected: they are not ours. So was a name computed from dataDir alone: after
 * `rm -rf data` one expects an empty database, not the old one back.
 */
export async function openHome(dataDir: string, warn: (line: string) => void): Promise<Home> {
  const base = await makeDataDir(dataDir);
  const home = await findHome(base);
  if (!home.dir.startsWith(`${base}${sep}`))
    warn(
      `The database is not in ${base} but in ${home.dir}: to back up, stop Sequitur and copy ${home.dir}. ${home.account.name}, who runs PostgreSQL, cannot enter ${await firstClosed(home.account, base)}.`,
    );
  return home;
}

async function findHome(base: string): Promise<Home> {
  const pointed = await readRecord(join(base, POINTER));
  const dir = pointed ?? join(base, 'postgres');
  const existing = await ownerOf(dir);
  if (existing) return openExisting(dir, existing);
  if (pointed) {
    throw new EmbeddedPostgresError(
      `${join(base, POINTER)} says that the database is in ${pointed}, which is not there. Restore that directory, or delete ${POINTER} to begin with an empty database.`,
    );
  }
  const account = await chooseAccount();
  return (await isReachable(base, account)) ? makeHome(dir, account) : makeHomeElsewhere(base, account);
}

async function isReachable(base: string, account: Account): Promise<boolean> {
  if (account.uid === ownAccount().uid || (await canEnter(account, base))) return true;
  // Empty and root's, it was made for this, as by mktemp -d: it may be passed through, like one of our own making.
  const { mode, uid } = await stat(base);
  if (uid !== 0 || (await readdir(base)).length > 0) return false;
  await chmod(base, mode | 0o011);
  if (await canEnter(account, base)) return true;
  await chmod(base, mode);
  return false;
}

async function makeDataDir(dataDir: string): Promise<string> {
  // Others may pass through a directory that root makes, or its PostgreSQL could not; they may not list it.
  const mode = ownAccount().uid === 0 ? 0o711 : 0o700;
  try {
    await makeDirectory(dataDir, mode);
    const base = await realpath(dataDir);
    await access(base, constants.R_OK | constants.W_OK | constants.X_OK);
    return base;
  } catch (error) {
    throw new EmbeddedPostgresError(
      `Cannot use ${dataDir} as the data directory: ${reasonOf(error)}. ${ANOTHER_DATA_DIR}`,
      { cause: error },
    );
  }
}

/**
 * Makes a directory and what is missing above it; one that is there stays as it is. Node's own `recursive` was rejected:
 * in a file system that takes no directories and says that there is none, as /proc does, it tries for ever.
 */
async function makeDirectory(dir: string, mode: number): Promise<void> {
  try {
    await mkdir(dir, { mode });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') {
      if ((await stat(dir)).isDirectory()) return;
      throw new Error('it is a file, not a directory');
    }
    const above = dirname(dir);
    if (codeOf(error) !== 'ENOENT' || above === dir) throw error;
    if (await isThere(above)) throw new Error(`no directory can be made in ${above}`);
    await makeDirectory(above, mode);
    await makeDirectory(dir, mode);
  }
}

function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function ownerOf(dir: string): Promise<Account | undefined> {
  try {
    const { uid, gid } = await lstat(dir);
    return { uid, gid, name: `user ${uid}` };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new EmbeddedPostgresError(`Cannot look at ${dir}: ${reasonOf(error)}`, { cause: error });
  }
}

async function openExisting(dir: string, owner: Account): Promise<Home> {
  const own = ownAccount();
  if (own.uid !== 0) {
    if (owner.uid === own.uid) return { dir, account: own };
    throw new EmbeddedPostgresError(
      `The database in ${dir} belongs to ${owner.name}, and this process is ${own.name}. Start Sequitur as the user who made it (or as root), or set DATA_DIR to another directory.`,
    );
  }
  // A root-owned home is one whose making was cut short between the next function's two steps.
  if (owner.uid === 0) return makeHome(dir, await chooseAccount());
  await assertSwitchable(owner);
  if (await canEnter(owner, dir)) return { dir, account: owner };
  throw new EmbeddedPostgresError(
    `The database in ${dir} belongs to ${owner.name}, who cannot enter ${await firstClosed(owner, dir)}. Let that user pass through it (chmod o+x), or move the data directory.`,
  );
}

async function makeHome(dir: string, account: Account): Promise<Home> {
  try {
    await makeDirectory(dir, 0o700);
    await lchown(dir, account.uid, account.gid);
    return { dir, account };
  } catch (error) {
    throw new EmbeddedPostgresError(`Cannot make ${dir}: ${reasonOf(error)}. ${ANOTHER_DATA_DIR}`, {
      cause: error,
    });
  }
}

async function makeHomeElsewhere(base: string, account: Account): Promise<Home> {
  await openSystemDir(account);
  const made = await mkdtemp(join(SYSTEM_DIR, 'data-'));
  await writeFile(join(made, 'belongs-to'), `${base}\n`, { mode: 0o600 });
  await lchown(made, account.uid, account.gid);
  const dir = await recordOnce(ownAccount(), join(base, POINTER), made);
  if (dir !== made) await rm(made, { recursive: true });
  return { dir, account };
}

/** Makes /var/lib/sequitur where it is missing. Throws when `account` cannot pass through it. */
export async function openSystemDir(account: Account): Promise<void> {
  try {
    const isNew = !(await isThere(SYSTEM_DIR));
    await makeDirectory(SYSTEM_DIR, 0o755);
    if (isNew) await chmod(SYSTEM_DIR, 0o711);
  } catch (error) {
    throw new EmbeddedPostgresError(`Cannot make ${SYSTEM_DIR}: ${reasonOf(error)}. ${PLACE_IT}`, {
      cause: error,
    });
  }
  if (await canEnter(account, SYSTEM_DIR)) return;
  throw new EmbeddedPostgresError(
    `${account.name}, who is to run PostgreSQL, cannot enter ${SYSTEM_DIR}. ${PLACE_IT}`,
  );
}

const PLACE_IT = `Put Sequitur and DATA_DIR where other users may enter, or start it as an ordinary user. ${WAY_OUT}`;

async function firstClosed(account: Account, dir: string): Promise<string> {
  const parent = dirname(dir);
  const above = parent === dir || (await canEnter(account, parent));
  return above ? dir : firstClosed(account, parent);
}
