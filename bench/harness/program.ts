import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { BenchContext } from './bench.ts';

const PROGRAM = join(import.meta.dirname, '../../bin/sequitur');
const LOOK_EVERY_MS = 5;
const PATIENCE_MS = 60_000;

/** Sequitur as a process of its own, as users run it. `stop` is Ctrl-C, and resolves when it is gone. */
export type Program = {
  url: string;
  /** The most memory that it has had so far, in MB; null where the system does not tell (Linux does). */
  peakMemory: () => Promise<number | null>;
  stop: () => Promise<void>;
};

/** Starts Sequitur with these settings and no others, and resolves at the first 200 of /readyz. */
export async function startProgram(
  { signal }: BenchContext,
  settings: Record<string, string>,
  command: 'start' | 'worker' = 'start',
): Promise<Program> {
  signal.throwIfAborted();
  const port = await freePort();
  const program = spawn(PROGRAM, [command, '--port', String(port)], {
    env: environment(settings, port),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = listenTo(program);
  const exit = once(program, 'exit');
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilReady(url, program, signal);
  } catch (error) {
    // Not SIGKILL: that would leave its PostgreSQL behind.
    program.kill('SIGTERM');
    await exit;
    throw new Error(`Sequitur did not become ready.\n${said()}`, { cause: error });
  }
  return {
    url,
    peakMemory: () => peakMemoryOf(program),
    async stop() {
      program.kill('SIGINT');
      await exit;
    },
  };
}

async function peakMemoryOf({ pid }: ChildProcess): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) / 1024;
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}

/** Nothing of the caller's environment, and what a .env file could set is set here, since that comes first. */
function environment(settings: Record<string, string>, port: number): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    HOST: '127.0.0.1',
    PORT: String(port),
    LOG_LEVEL: 'info',
    TIME_ZONE: 'Europe/Berlin',
    EXAMPLES: 'off',
    ...Object.fromEntries(
      ['DATABASE_URL', 'SMTP_URL', 'PUBLIC_URL', 'ADMIN_EMAIL', 'REDIS_URL'].map((name) => [name, '']),
    ),
    ...settings,
  };
}

/** Gathers what a program says on both channels. */
function listenTo(program: ChildProcess): () => string {
  const said: string[] = [];
  for (const stream of [program.stdout, program.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => said.push(text));
  }
  return () => said.join('');
}

async function untilReady(url: string, program: ChildProcess, signal: AbortSignal): Promise<void> {
  const givenUp = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  while (!(await isReady(url, givenUp))) {
    givenUp.throwIfAborted();
    if (program.exitCode !== null) throw new Error(`It ended with exit code ${program.exitCode}.`);
    await pause(LOOK_EVERY_MS);
  }
}

async function isReady(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const { ok } = await fetch(`${url}/readyz`, { signal });
    return ok;
  } catch {
    return false; // nobody listens yet
  }
}
