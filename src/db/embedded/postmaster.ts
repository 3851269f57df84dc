import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { COMMAND_ENVIRONMENT, identityOf, ownAccount, runAs } from './account.ts';
import { clusterDir } from './cluster.ts';
import { codeOf, EmbeddedPostgresError } from './failure.ts';
import type { Home } from './home.ts';
import type { Programs } from './programs.ts';
import { settingsArguments } from './settings.ts';
import { answers, socketPath } from './socket.ts';

// A shutdown has two seconds in all. The first stage also writes a checkpoint.
const FAST_STOP_MS = 1_500;
const IMMEDIATE_STOP_MS = 400;

/** Everything that is needed to run the server of one home. */
export type Site = { home: Home; programs: Programs; socketDir: string };

/**
 * What can be seen of a home's server.
 * `absent`: none runs. `running`: it does; only when `ready` it lets connections in. `opening`: it has just begun.
 * `hidden`: one answers, but as no process that can be seen from here, as from a second container.
 */
export type Sighting = { state: 'absent' } | { state: 'opening' } | { state: 'hidden' } | RunningServer;

export type RunningServer = {
  state: 'running';
  pid: number;
  socketDir: string;
  phase: 'starting' | 'ready' | 'stopping';
};

// postmaster.pid is written at one stroke; empty for longer than this, it is what a power cut left.
const OPENING_MS = 5_000;

/** Looks for a server of this home, by its postmaster.pid and by who that process is now. */
export async function lookForServer(home: Home): Promise<Sighting> {
  const file = pidFile(home);
  const lines = (await readFile(file, 'utf8').catch(() => undefined))?.split('\n');
  if (lines === undefined) return { state: 'absent' };
  const pid = Number(lines[0]);
  const socketDir = lines[4] ?? '';
  if (await isServer(pid, home)) {
    return { state: 'running', pid, socketDir, phase: phaseOf(lines[7]?.trim()) };
  }
  if (socketDir !== '' && (await answers(socketPath(socketDir)))) return { state: 'hidden' };
  return { state: !(pid > 0) && (await isYoung(file)) ? 'opening' : 'absent' };
}

async function isYoung(file: string): Promise<boolean> {
  const written = await stat(file).catch(() => undefined);
  return written !== undefined && Date.now() - written.mtimeMs < OPENING_MS;
}

function phaseOf(status: string | undefined): RunningServer['phase'] {
  return status === 'ready' || status === 'stopping' ? status : 'starting';
}

function pidFile(home: Home): string {
  return join(clusterDir(home), 'postmaster.pid');
}

/** Whether process `pid` is this home's server. A zombie is not: it has no command line any more. */
async function isServer(pid: number, home: Home): Promise<boolean> {
  if (!(pid > 0)) return false;
  const cluster = clusterDir(home);
  if (process.platform === 'linux') {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return command.includes(`\0-D\0${cluster}\0`);
  }
  const listed = await runAs(ownAccount(), 'ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
  return listed.stdout.includes(` -D ${cluster} `);
}

/**
 * A server that this process has launched. `failure` gives the end of its log; `stop` ends it at
 * whatever point of its start it is.
 */
export type Launched = {
  /** `stopped`: it ran, and was told to stop. */
  readonly state: 'alive' | 'stopped' | 'failed';
  failure(): Promise<string>;
  stop(): Promise<void>;
};

/**
 * Launches the server, which `lookForServer` must have found absent, in a session of its own, so that Ctrl-C in the
 * terminal reaches us first, and not it. Returns at once; `lookForServer` tells when it is up. Two launched at once
 * are harmless: PostgreSQL lets one live.
 */
export async function launchServer({ home, programs, socketDir }: Site): Promise<Launched> {
  await clearStale(pidFile(home), home);
  await clearStale(`${socketPath(socketDir)}.lock`, home);
  const log = logFile(home);
  const from = await sizeOf(log);
  const args = ['-D', clusterDir(home), ...settingsArguments(socketDir)];
  const child = spawn('/bin/sh', ['-c', INTO_LOG, 'sh', log, programs.postgres, ...args], {
    cwd: home.dir,
    env: COMMAND_ENVIRONMENT,
    detached: true,
    stdio: 'ignore',
    ...identityOf(home.account),
  });
  child.unref();
  return launched(home, child, () => endOfLog(log, from));
}

/**
 * Removes a lock file whose process is not this home's server. PostgreSQL does so itself where that process is gone,
 * but takes any living one for its twin: a stranger with the same id since a restart, or the zombie that a killed
 * server remains where no init process buries it. A server of another system was ruled out by its silent socket, and
 * should all of this be wrong, the shared memory of the cluster still keeps a second server out.
 */
async function clearStale(lockFile: string, home: Home): Promise<void> {
  const text = await readFile(lockFile, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const pid = Number.parseInt(text, 10);
  const stale = pid > 0 ? isAlive(pid) && !(await isServer(pid, home)) : !(await isYoung(lockFile));
  if (stale) await unlink(lockFile).catch(() => {});
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function launched(home: Home, child: ChildProcess, readLog: () => Promise<string>): Launched {
  let spawnError: string | undefined;
  let state: Launched['state'] = 'alive';
  child.once('exit', (code) => {
    state = code === 0 ? 'stopped' : 'failed';
  });
  child.once('error', (error) => {
    spawnError = error.message;
    state = 'failed';
  });
  const isOver = async () => state !== 'alive';
  return {
    get state() {
      return state;
    },
    failure: async () => spawnError ?? (await readLog()),
    stop: async () => {
      if (state === 'alive' && child.pid !== undefined) await endProcess(home, child.pid, isOver);
    },
  };
}

// The shell opens the log as the server's own account and gives way to the server, which keeps the process id.
const INTO_LOG = 'umask 077; log=$1; shift; exec "$@" >> "$log" 2>&1';

function logFile(home: Home): string {
  return join(home.dir, 'server.log');
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}

/** The last lines that the log got after byte `from`. */
async function endOfLog(log: string, from: number): Promise<string> {
  const handle = await open(log, 'r').catch(() => undefined);
  if (handle === undefined) return `(no log in ${log})`;
  try {
    const written = await handle.read({ position: from, buffer: Buffer.alloc(64 * 1024) });
    const lines = written.buffer.toString('utf8', 0, written.bytesRead).trimEnd().split('\n');
    return lines.slice(-15).join('\n');
  } finally {
    await handle.close();
  }
}

const LOG_LIMIT_BYTES = 4 * 1024 * 1024;

/**
 * Keeps the server's log below about twice 4 MiB: past 4 MiB it becomes `server.log.1` and begins anew. It is copied
 * and emptied rather than renamed, because a running server has it open (for appending, so it goes on at the start).
 */
export async function trimLog(home: Home): Promise<void> {
  const log = logFile(home);
  if ((await sizeOf(log)) < LOG_LIMIT_BYTES) return;
  await runAs(home.account, '/bin/sh', ['-c', 'umask 077; cp "$1" "$1.1" && : > "$1"', 'sh', log]);
}

/**
 * Stops the server and waits for its end: within 1.5 s by disconnecting everyone and writing a checkpoint, else
 * at once, as in a crash, which loses nothing and costs the next start a recovery. Throws when it survives both.
 */
export async function stopServer(home: Home, pid: number): Promise<void> {
  const stopped = await endProcess(home, pid, async () => !(await isServer(pid, home)));
  if (stopped) return;
  throw new EmbeddedPostgresError(
    `PostgreSQL (process ${pid}) did not stop within two seconds. It is still ending; the next start waits for it.`,
  );
}

async function endProcess(home: Home, pid: number, isOver: () => Promise<boolean>): Promise<boolean> {
  await signal(home, pid, 'INT');
  if (await comesTrue(isOver, FAST_STOP_MS)) return true;
  await signal(home, pid, 'QUIT');
  return comesTrue(isOver, IMMEDIATE_STOP_MS);
}

async function comesTrue(condition: () => Promise<boolean>, limitMs: number): Promise<boolean> {
  const limit = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > limit) return false;
    await pause(10);
  }
  return true;
}

/**
 * Makes a server that is stopping do so without waiting for anyone. One that somebody told to stop with a plain kill
 * serves those who are connected for as long as they like, and refuses all others.
 */
export async function hastenStop(home: Home, pid: number): Promise<void> {
  await signal(home, pid, 'INT');
}

/** As the server's own account: the process id was read from a file of that account's, and root could hit anyone. */
async function signal(home: Home, pid: number, name: 'INT' | 'QUIT'): Promise<void> {
  await runAs(home.account, '/bin/sh', ['-c', 'kill -s "$1" "$2"', 'sh', name, String(pid)]);
}
