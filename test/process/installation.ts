import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { access, chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

const PROGRAM = join(import.meta.dirname, '../../bin/sequitur');
const START_MS = 60_000;

/** How a process ended: its exit code, or the signal that killed it; and what it had said. */
export type Finished = { code: number | NodeJS.Signals; out: string; err: string };

/** A process of Sequitur's, with what it has said so far. */
export type Running = {
  pid: number;
  said: { out: string; err: string };
  /** How it ended. */
  finished: Promise<Finished>;
  kill(signal: NodeJS.Signals): void;
};

/** Sequitur with a data directory, a port and an environment of its own, as somebody would install it. */
export class Installation {
  readonly dataDir: string;
  readonly port: number;
  readonly #env: Record<string, string>;
  readonly #running = new Set<Running>();

  /** A new one, whose processes are killed and whose data are removed when the test is finished. */
  static async make(env: Record<string, string> = {}): Promise<Installation> {
    const base = await mkdtemp(join(tmpdir(), 'sequitur process '));
    // PostgreSQL will not run as root: where root runs the tests, its other account has to reach the data in here.
    await chmod(base, 0o755);
    const made = new Installation(base, await freePort(), env);
    onTestFinished(() => made.remove());
    return made;
  }

  private constructor(base: string, port: number, env: Record<string, string>) {
    this.dataDir = join(base, 'data');
    this.port = port;
    this.#env = env;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Begins a command, in this installation's environment and `env`, with nothing or `input` to read. */
  launch(args: string[], env: Record<string, string> = {}, input?: string): Running {
    const settings = { DATA_DIR: this.dataDir, PORT: String(this.port), EXAMPLES: 'off', LOG_LEVEL: 'warn' };
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(PROGRAM, args, {
      env: { PATH, HOME, TIME_ZONE: 'Europe/Berlin', ...settings, ...this.#env, ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    child.stdin?.end(input);
    const running = runningOf(child);
    this.#running.add(running);
    void running.finished.then(() => this.#running.delete(running));
    return running;
  }

  /** Runs a command to its end. */
  run(args: string[], env: Record<string, string> = {}, input?: string): Promise<Finished> {
    return this.launch(args, env, input).finished;
  }

  /** Starts the server, and resolves when it serves. */
  async start(env: Record<string, string> = {}): Promise<Running> {
    const running = this.launch(['start'], env);
    const limit = performance.now() + START_MS;
    while (!running.said.out.includes('Sequitur is at')) {
      const ended = await Promise.race([running.finished, wait(20)]);
      if (ended) throw new Error(`It ended with ${ended.code}: ${ended.err}`);
      if (performance.now() > limit)
        throw new Error(`It did not start: ${running.said.out}${running.said.err}`);
    }
    return running;
  }

  /** The process id of the embedded PostgreSQL; undefined where none runs. */
  async postgres(): Promise<number | undefined> {
    const text = await readFile(join(this.dataDir, 'postgres/cluster/postmaster.pid'), 'utf8').catch(
      () => '',
    );
    const pid = Number(text.split('\n', 1)[0]);
    return pid > 0 && isAlive(pid) ? pid : undefined;
  }

  /** Whether anything was made in the data directory, or the directory itself. */
  hasData(): Promise<boolean> {
    return access(this.dataDir).then(
      () => true,
      () => false,
    );
  }

  async remove(): Promise<void> {
    const left = [...this.#running];
    for (const running of left) running.kill('SIGKILL');
    await Promise.all(left.map(({ finished }) => finished));
    const postgres = await this.postgres();
    if (postgres) process.kill(postgres, 'SIGINT');
    while (await this.postgres()) await wait(20);
    await rm(join(this.dataDir, '..'), { recursive: true, force: true });
  }
}

/** Whether a process of this id runs; one that has ended and is not buried yet does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !isZombie(pid);
}

/** Whether a process has ended and nobody has taken note of it yet; false where the system cannot tell. */
function isZombie(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, ''));
  } catch {
    return false;
  }
}

/** A port of the loopback that nothing listens on right now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (!address || typeof address === 'string') throw new Error('No port was given.');
  return address.port;
}

function runningOf(child: ChildProcess): Running {
  const said = { out: '', err: '' };
  child.stdout?.on('data', (chunk) => {
    said.out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    said.err += chunk;
  });
  const finished = once(child, 'close').then(([code, signal]) => ({ code: code ?? signal, ...said }));
  return { pid: child.pid ?? 0, said, finished, kill: (signal) => void child.kill(signal) };
}
