import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type Config, loadConfig } from '../config.ts';
import type { Db } from '../db/database.ts';
import { holdsDatabase } from '../db/embedded/embedded.ts';
import { isSetUp } from '../db/schema.sql.ts';
import { withoutPassword } from '../db/server.ts';
import { prepareDatabase } from '../ledger/prepare.ts';
import { unlessAborted } from '../lib/abort.ts';
import { openStore, type Store } from '../store.ts';

/** Adds a command to the program. It calls `done` with its exit code, unless that is 0. */
export type AddCommand = (program: Command, done: (exitCode: number) => void) => void;

/** Where the demo keeps its data, in the data directory. */
export const DEMO_FOLDER = 'demo';

/** A failure that the person at the terminal can do something about: shown without a stack, exit code 1. */
export class Failure extends Error {}

/** Writes a line to the terminal, beside what a command prints for other programs. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Writes a line of a command's answer. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The configuration. Throws one Failure that names every bad value. */
export function configOrFail(): Config {
  const loaded = loadConfig();
  if (loaded.ok) return loaded.config;
  const list = loaded.problems.map((problem) => `  - ${problem.replace(/[^.?]$/, '$&.')}`).join('\n');
  throw new Failure(`Sequitur cannot start with this configuration:\n${list}`);
}

/**
 * Opens the database, does `work`, and closes it, whatever happens: at Ctrl-C too, which ends the process. Refuses a
 * database that Sequitur was never started on, and makes none, unless it `mayBeNew`: with a mistyped DATA_DIR a command
 * would find an empty one of its own making, and nothing wrong with it.
 */
export async function withStore<T>(
  work: (store: Store, config: Config) => Promise<T>,
  { mayBeNew = false }: { mayBeNew?: boolean } = {},
): Promise<T> {
  const config = configOrFail();
  if (mayBeNew) config.warnings.forEach(say);
  if (!mayBeNew && !config.databaseUrl && !(await holdsDatabase(config.dataDir))) throw noDatabase(config);
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    // What to back up is said by what makes a database, and not once more by each look at one.
    const warn = mayBeNew ? say : () => {};
    const store = await openStore(config, { log: say, warn, signal: interruption.signal });
    try {
      if (!mayBeNew && !(await isSetUp(store.db))) throw noDatabase(config);
      return await unlessAborted(interruption.signal, work(store, config));
    } finally {
      await store.close();
    }
  } catch (error) {
    // At once, since what was interrupted may go on.
    if (interruption.signal.aborted) process.exit(INTERRUPTED);
    throw error;
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
}

/** The same with a database that was brought to the newest schema. */
export function withDatabase<T>(work: (db: Db, store: Store) => Promise<T>): Promise<T> {
  return withStore(async (store, config) => {
    await prepareDatabase(store.db, { timeZone: config.timeZone });
    return work(store.db, store);
  });
}

/** What ends a command: Ctrl-C, and what a supervisor sends. */
export const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** The exit code that shells expect of a command that was interrupted. */
export const INTERRUPTED = 130;

/** The Failure for a database that Sequitur was never started on. */
export function noDatabase({ databaseUrl, dataDir }: Config): Failure {
  const place = databaseUrl ? `${withoutPassword(databaseUrl)} (DATABASE_URL)` : `${dataDir} (DATA_DIR)`;
  const demo = join(dataDir, DEMO_FOLDER);
  const other = !databaseUrl && existsSync(demo) ? ` The demo's is in ${demo}.` : '';
  return new Failure(
    `There is no Sequitur database in ${place}.${other} Start it first with "npx sequitur start", or name the one that you mean.`,
  );
}
