import { setTimeout as wait } from 'node:timers/promises';

const EVERY_MS = 20;
const PATIENCE_MS = 60_000;

/** Asks again and again until the answer is true. Throws, naming `what` it waited for, when it is not after a minute. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const limit = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (performance.now() > limit) throw new Error(`Waited for a minute, and it is not so: ${what}.`);
    await wait(EVERY_MS);
  }
}

/** Does `work`, again and again while it fails, as it does without PostgreSQL. Throws its last error after a minute. */
export async function insist<T>(work: () => Promise<T>): Promise<T> {
  const limit = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > limit) throw error;
      await wait(EVERY_MS);
    }
  }
}
