import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PoolConfig } from 'pg';
import { findProgram } from './program.ts';

const PROGRAM = findProgram('pgbouncer');
const PORT = 6432;

/** Why tests of PgBouncer cannot run here; undefined where they can. For `skip(noPgBouncer !== undefined, …)`. */
export const noPgBouncer = PROGRAM
  ? undefined
  : 'no pgbouncer is installed (Debian: apt-get install pgbouncer)';

/**
 * A real PgBouncer on a Unix socket of its own, in front of the tests' server, which gives each transaction whichever
 * of its few connections is free. Close it with `await using`.
 */
export class PgBouncer implements AsyncDisposable {
  readonly #dir: string;
  readonly #to: PoolConfig;
  readonly #process: ChildProcess;

  static async start(to: PoolConfig, { connections }: { connections: number }): Promise<PgBouncer> {
    const dir = await mkdtemp(join(tmpdir(), 'pgbouncer-'));
    const settings = join(dir, 'settings.ini');
    await writeFile(
      settings,
      `[databases]\n* = host=${to.host} port=${to.port} user=${to.user}\n[pgbouncer]\nlisten_addr =\n` +
        `listen_port = ${PORT}\nunix_socket_dir = ${dir}\nauth_type = any\npool_mode = transaction\n` +
        `default_pool_size = ${connections}\n`,
    );
    await chmod(dir, 0o777);
    // It refuses to be root, and the server's socket is its owner's.
    const { uid, gid } = await stat(join(String(to.host), `.s.PGSQL.${to.port}`));
    const as = process.getuid?.() === 0 ? { uid, gid } : {};
    const started = spawn(PROGRAM ?? 'pgbouncer', [settings], { stdio: ['ignore', 'ignore', 'pipe'], ...as });
    const bouncer = new PgBouncer(dir, to, started);
    for await (const line of started.stderr) if (String(line).includes('process up')) return bouncer;
    await bouncer[Symbol.asyncDispose]();
    throw new Error('PgBouncer did not start.');
  }

  private constructor(dir: string, to: PoolConfig, started: ChildProcess) {
    this.#dir = dir;
    this.#to = to;
    this.#process = started;
  }

  /** How to reach the database through here. */
  get connection(): PoolConfig {
    return { ...this.#to, host: this.#dir, port: PORT };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null) {
      const exit = once(this.#process, 'exit');
      this.#process.kill('SIGKILL');
      await exit;
    }
    await rm(this.#dir, { recursive: true, force: true });
  }
}
