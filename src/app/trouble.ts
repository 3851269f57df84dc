import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { codeOf, isOfConnection, reasonOf } from '../db/failure.ts';

const LOOK_EVERY_MS = 1_000;

/** Told of what failed beside requests; `doing` begins the line: "settling". */
export type TellTrouble = (error: unknown, doing: string) => void;

/**
 * Writes what failed to the log: a bug with its stack, each time. While the database is away every loop fails again and
 * again, all for one cause, so that is one line when it goes and one when `isUp` finds it back.
 */
export function createTroubleLog(options: {
  log: Logger;
  /** Whether the database answers; may take its time. */
  isUp: () => Promise<boolean>;
  everyMs?: number;
}): TellTrouble {
  const { log, isUp, everyMs = LOOK_EVERY_MS } = options;
  let isAway = false;

  async function awaitReturn(): Promise<void> {
    const began = performance.now();
    do await pause(everyMs, undefined, { ref: false });
    while (!(await isUp()));
    isAway = false;
    log.info(`The database answers again, after ${Math.round((performance.now() - began) / 1000)} s`);
  }
  return (err, doing) => {
    if (!isOfConnection(err)) return log.error({ err }, `${doing} failed`);
    if (isAway) return log.debug({ err }, `${doing} failed`);
    isAway = true;
    log.error(
      `The database does not answer (${reasonOf(err) || codeOf(err)}). Everything goes on when it is back`,
    );
    void awaitReturn();
  };
}
