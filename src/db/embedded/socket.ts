import { lstat, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { runAs } from './account.ts';
import { EmbeddedPostgresError } from './failure.ts';
import type { Home } from './home.ts';
import { readRecord, recordOnce } from './record.ts';
import { PORT } from './settings.ts';

// sockaddr_un: 108 bytes on Linux, 104 on macOS, the last one a zero.
const LONGEST_PATH_BYTES = process.platform === 'darwin' ? 103 : 107;

/** The path of the socket that PostgreSQL makes in `dir`. */
export function socketPath(dir: string): string {
  return join(dir, `.s.PGSQL.${PORT}`);
}

/**
 * The directory for the server's socket, made if missing, that only the home's account and root may enter:
 * `run` in the home, or, where that path is too long for a socket, one in /tmp, kept in the file `socket.location` of
 * the home so that every process and every later start uses the same.
 */
export async function ensureSocketDir(home: Home): Promise<string> {
  const near = join(home.dir, 'run');
  if (Buffer.byteLength(socketPath(near)) <= LONGEST_PATH_BYTES) {
    if (await isClosed(home, near)) return near;
    return makeDirectory(home, ['sh', '-c', 'mkdir -p "$1" && chmod 700 "$1" && echo "$1"', 'sh', near]);
  }
  const location = join(home.dir, 'socket.location');
  const recorded = await readRecord(location);
  if (recorded !== undefined && (await reclaim(home, recorded))) return recorded;
  // Someone else may have taken the name since /tmp was last cleared.
  if (recorded !== undefined) await rm(location, { force: true });
  const made = await makeDirectory(home, ['mktemp', '-d', '/tmp/sequitur-XXXXXX']);
  return recordOnce(home.account, location, made);
}

async function isClosed(home: Home, dir: string): Promise<boolean> {
  const found = await lstat(dir).catch(() => undefined);
  return found?.isDirectory() === true && found.uid === home.account.uid && (found.mode & 0o077) === 0;
}

async function makeDirectory(home: Home, command: string[]): Promise<string> {
  const [program = '', ...args] = command;
  const made = await runAs(home.account, program, args);
  if (made.code === 0) return made.stdout.trimEnd();
  throw new EmbeddedPostgresError(
    `Cannot make a directory for PostgreSQL's socket: ${made.stderr.trim()}. Let ${home.account.name} write there.`,
  );
}

async function reclaim(home: Home, dir: string): Promise<boolean> {
  await runAs(home.account, 'mkdir', ['-m', '700', dir]);
  return isClosed(home, dir);
}

/** Whether a server accepts connections on the socket at `path`, without asking whether it lets one in. */
export function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
