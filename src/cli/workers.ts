import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { doneWithin } from '../lib/abort.ts';

/** Processes that send for this one. */
export type Workers = {
  /** Ends them within three seconds. */
  stop(): Promise<void>;
};

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
// One that cannot start at all is not tried in a ring.
const AGAIN_MS = 1_000;
const STOP_MS = 3_000;

/**
 * Starts `count` processes that send, each "sequitur worker" in this environment, and another one for each that ends by
 * itself. They end when this process does, however it ends: then nobody holds the channel between them any more.
 */
export function startWorkers(count: number, { publicUrl, log }: { publicUrl: string; log: Logger }): Workers {
  const running = new Set<ChildProcess>();
  let isStopping = false;
  const start = () => {
    if (isStopping) return;
    const args = [MAIN, 'worker', '--attached', '--public-url', publicUrl];
    const worker = spawn(process.execPath, [...process.execArgv, ...args], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    running.add(worker);
    const end = (how: unknown) => {
      // One that could not be started says so and ends, or says so alone.
      if (!running.delete(worker) || isStopping) return;
      log.error(`A process that sends has ended (${how}): starting another one`);
      setTimeout(start, AGAIN_MS).unref();
    };
    worker.once('error', (error) => end(error.message));
    worker.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
  };
  for (let started = 0; started < count; started += 1) start();
  return {
    async stop() {
      isStopping = true;
      await Promise.all([...running].map(stopOne));
    },
  };
}

async function stopOne(worker: ChildProcess): Promise<void> {
  const ended = once(worker, 'exit');
  if (worker.connected) worker.disconnect();
  if (await doneWithin(STOP_MS, ended)) return;
  worker.kill('SIGKILL');
  await ended;
}
