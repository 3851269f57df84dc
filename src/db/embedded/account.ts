import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { EmbeddedPostgresError, reasonOf, WAY_OUT } from './failure.ts';

/** The account of the operating system that owns PostgreSQL's files and runs its processes. */
export type Account = { uid: number; gid: number; name: string };

/** How a command ended; `code` is null when it could not be started or was killed, and `stderr` then says why. */
export type CommandResult = { code: number | null; stdout: string; stderr: string };

type CommandOptions = { cwd?: string; signal?: AbortSignal | undefined };

/** The account of this very process. */
export function ownAccount(): Account {
  const uid = process.getuid?.() ?? -1;
  return { uid, gid: process.getgid?.() ?? -1, name: uid === 0 ? 'root' : `user ${uid}` };
}

/**
 * The account for a cluster that is yet to be made: our own, except that PostgreSQL refuses to run as root,
 * where it is `postgres`, else `nobody`. Throws when root may not switch to it.
 */
export async function chooseAccount(): Promise<Account> {
  const own = ownAccount();
  if (own.uid !== 0) return own;
  const account = unprivilegedAccount(await readFile('/etc/passwd', 'utf8').catch(() => ''));
  if (!account) {
    throw new EmbeddedPostgresError(
      `PostgreSQL does not run as root, and this machine has no user "postgres" or "nobody" to run it as. Start Sequitur as an ordinary user. ${WAY_OUT}`,
    );
  }
  await assertSwitchable(account);
  return account;
}

/** The first of `postgres` and `nobody` that `passwd`, the text of /etc/passwd, knows; never an account with uid 0. */
export function unprivilegedAccount(passwd: string): Account | undefined {
  const accounts = passwd.split('\n').map((line) => {
    const [name = '', , uid, gid] = line.split(':');
    return { name, uid: Number(uid), gid: Number(gid) };
  });
  const named = (name: string) => accounts.find((account) => account.name === name && account.uid > 0);
  return named('postgres') ?? named('nobody');
}

/** Throws when this process may not run commands as `account`: root without the right to, as in some containers. */
export async function assertSwitchable(account: Account): Promise<void> {
  const tried = await runAs(account, '/bin/sh', ['-c', ':']);
  if (tried.code === 0) return;
  throw new EmbeddedPostgresError(
    `PostgreSQL does not run as root, and switching to ${account.name} failed: ${tried.stderr.trim()}. Start Sequitur as an ordinary user. ${WAY_OUT}`,
  );
}

/** Whether `account` may enter the directory `dir`. Asked of the system itself: mode bits alone would miss ACLs. */
export async function canEnter(account: Account, dir: string): Promise<boolean> {
  const { code } = await runAs(account, '/bin/sh', ['-c', 'cd -- "$1"', 'sh', dir]);
  return code === 0;
}

/**
 * Runs a command as `account` to its end; never rejects.
 *
 * Whatever lies in a directory of the account is written by such commands rather than by this process, because a
 * root that writes where another user rules can be led astray by a symbolic link.
 */
export function runAs(
  account: Account,
  file: string,
  args: string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const settings = {
    cwd: options.cwd ?? '/',
    env: COMMAND_ENVIRONMENT,
    signal: options.signal,
    ...identityOf(account),
  };
  return new Promise<CommandResult>((resolve) => {
    execFile(file, args, settings, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ code, stdout, stderr: code === null ? `${stderr}${error?.message ?? ''}` : stderr });
    });
  }).catch((error: unknown) => ({ code: null, stdout: '', stderr: reasonOf(error) }));
}

/** The spawn options that make a child run as `account`; empty when that is this process's own. */
export function identityOf(account: Account): { uid?: number; gid?: number } {
  return account.uid === process.getuid?.() ? {} : { uid: account.uid, gid: account.gid };
}

/** All that children see of the environment, so that nobody's PG* or LC_* variables change what PostgreSQL does. */
export const COMMAND_ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/bin:/bin' };
