import type { Sequitur } from '../app.ts';
import { ensureFirstAdministrator } from '../auth/administrators.ts';
import { prepareSetupLink } from '../auth/setup.ts';
import type { Config } from '../config.ts';
import type { Db } from '../db/database.ts';
import { holdsDatabase } from '../db/embedded/embedded.ts';
import { knownZone } from '../ledger/calendars.ts';
import { prepareDatabase } from '../ledger/prepare.ts';
import { doneWithin, unlessAborted } from '../lib/abort.ts';
import { EXAMPLE_SEQUENCES } from '../sequences/examples.ts';
import { installExamples } from '../sequences/install.ts';
import { openStore, type Store } from '../store.ts';
import { ensureDashboard } from './build.ts';
import { type AddCommand, configOrFail, Failure } from './command.ts';
import { introduceMail } from './mail.ts';
import { type Output, openOutput } from './output.ts';
import { findPort, portFailure, portOption } from './port.ts';
import { untilStopped } from './until_stopped.ts';

export const addStart: AddCommand = (program) => {
  program
    .command('start')
    .description('Run everything in this process: dashboard, API, promo pages and sending.')
    .addOption(portOption())
    .action(async ({ port }: { port?: number }) => {
      const set = configOrFail();
      const config = { ...set, port: port ?? set.port };
      const output = await openOutput(config);
      await untilStopped(output, async (signal) => {
        const running = await serve(config, output, {
          signal,
          populate: ({ db }) => addExamples(db, config),
        });
        await introduceMail(running, config, output);
        return running.stop;
      });
    });
};

/** A server that is up. `stop` ends it within two seconds, the embedded PostgreSQL included; about four if that hangs. */
export type Running = Sequitur & { db: Db; url: string };

export type ServeOptions = {
  /** Fills a prepared database before anybody sees it. */
  populate: (store: Store, publicUrl: string) => Promise<void>;
  signal: AbortSignal;
};

/**
 * Starts Sequitur and resolves when it serves. Throws, with nothing left running, when it cannot start, and when
 * `signal` aborts meanwhile.
 */
export async function serve(
  config: Config,
  { log, announce }: Output,
  { populate, signal }: ServeOptions,
): Promise<Running> {
  const port = await findPort(config);
  await ensureDashboard(announce);
  for (const warning of config.warnings) log.warn(warning);
  if (!config.databaseUrl && (await holdsDatabase(config.dataDir))) log.info('Starting PostgreSQL …');
  const publicUrl = config.publicUrl ?? `http://localhost:${port}`;
  // While the database starts. Imported above, it would double the time that every other command takes to begin.
  const loading = import('../app.ts');
  const store = await openStore(config, {
    log: (line) => log.info(line),
    warn: (line) => log.warn(line),
    signal,
  });
  let sequitur: Sequitur | undefined;
  const stop = () => stopAll(sequitur, store);
  try {
    await unlessAborted(signal, prepare(store, config, publicUrl, populate));
    const { compose } = await loading;
    sequitur = await unlessAborted(signal, compose(store, { config, publicUrl, log }));
    await listen(sequitur, config.host, port);
    sequitur.start();
    announce(`Sequitur is at ${publicUrl}`);
    await unlessAborted(signal, offerSetup(store.db, publicUrl, announce));
    return { ...sequitur, db: store.db, url: publicUrl, stop };
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
}

async function prepare(
  store: Store,
  config: Config,
  publicUrl: string,
  populate: ServeOptions['populate'],
): Promise<void> {
  await prepareDatabase(store.db, { timeZone: config.timeZone });
  // Also of an old database, whose days it will change.
  if (config.isTimeZoneFixed) await knownZone(store.db, config.timeZone);
  await populate(store, publicUrl);
  await makeAdministrator(store.db, config);
}

// What waits for a database that does not answer any more is not waited for.
const STOP_MS = 1_500;

async function stopAll(sequitur: Sequitur | undefined, store: Store): Promise<void> {
  try {
    if (sequitur) await doneWithin(STOP_MS, sequitur.stop());
  } finally {
    await store.close();
  }
}

async function addExamples(db: Db, { examples }: Config): Promise<void> {
  if (examples) await installExamples(db, EXAMPLE_SEQUENCES, new Date());
}

async function listen({ app }: Sequitur, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw portFailure(error, { host, port });
  }
}

async function makeAdministrator(db: Db, { administrator }: Config): Promise<void> {
  if (!administrator) return;
  const made = await ensureFirstAdministrator(db, administrator);
  if (made.outcome !== 'invalid') return;
  const problems = made.problems.map(({ path, message }) => `  - ADMIN_${path.toUpperCase()} ${message}.`);
  throw new Failure(`The first administrator cannot be made:\n${problems.join('\n')}`);
}

async function offerSetup(db: Db, publicUrl: string, announce: Output['announce']): Promise<void> {
  const link = await prepareSetupLink(db, { publicUrl, now: new Date() });
  if (link.outcome === 'link') announce(`Set it up within a day at ${link.url}`);
}
