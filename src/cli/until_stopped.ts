import { INTERRUPTED, SIGNALS } from './command.ts';
import type { Output } from './output.ts';

/**
 * Runs a server until the first SIGINT or SIGTERM. `start` resolves with how to stop it, and is given a signal that
 * aborts when it is to give up meanwhile: whoever changes their mind while it starts leaves no PostgreSQL behind.
 *
 * From the signal on, the process ends within ten seconds whatever hangs, and at once by a second signal.
 */
export async function untilStopped(
  { announce }: Output,
  start: (signal: AbortSignal) => Promise<() => Promise<void>>,
): Promise<void> {
  const stopping = new AbortController();
  const signalled = firstSignal(announce).then(() => stopping.abort());
  try {
    const stop = await start(stopping.signal);
    await signalled;
    await stop();
  } catch (error) {
    const gaveUp = error instanceof Error && error.name === 'AbortError' && stopping.signal.aborted;
    if (!gaveUp) throw error;
  } finally {
    if (stopping.signal.aborted) endSoon();
  }
}

const ONE_SIGNAL_MS = 1_000;
// With a database that answers it takes two seconds at most, with one that is silent about four: the rest is for a
// machine that is busy.
const STOPPING_MS = 10_000;
const LINGER_MS = 200;

function firstSignal(announce: (line: string) => void): Promise<void> {
  return new Promise((resolve) => {
    let heardAt: number | null = null;
    const hear = () => {
      // Ctrl-C under npm arrives twice: from the terminal, and handed on by npm.
      if (heardAt !== null && performance.now() - heardAt > ONE_SIGNAL_MS) process.exit(INTERRUPTED);
      if (heardAt !== null) return;
      heardAt = performance.now();
      announce('Stopping …');
      setTimeout(() => process.exit(INTERRUPTED), STOPPING_MS).unref();
      resolve();
    };
    for (const signal of SIGNALS) process.on(signal, hear);
  });
}

/** Ends the process although something is still open, as a query of a database server that does not answer. */
function endSoon(): void {
  setTimeout(() => process.exit(), LINGER_MS).unref();
}
