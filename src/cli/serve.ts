import type { Sequitur } from '../app.ts';
import { ensureFirstAdministrator } from '../auth/administrators.ts';
import { prepareSetupLink } from '../auth/setup.ts';
import type { Config } from '../config.ts';
import type { Db } from '../db/database.ts';
import { holdsDatabase } from '../db/embedded/embedded.ts';
import { knownZone } from '../ledger/calendars.ts';
import { prepareDatabase } from '../ledger/prepare.ts';
import { doneWithin, unlessAborted } from '../lib/abort.ts';
import { openStore, type Store } from '../store.ts';
import { ensureDashboard } from './build.ts';
import { Failure } from './command.ts';
import type { Output } from './output.ts';
import { findPort, type Place, portFailure } from './port.ts';

/** A server that is up. `stop` ends it within two seconds, the embedded PostgreSQL included; about four if that hangs. */
export type Running = Sequitur & { db: Db; url: string };

export type ServeOptions = {
  /** Fills a prepared database before anybody sees it. */
  populate: (store: Store, publicUrl: string) => Promise<void>;
  signal: AbortSignal;
  /** Whether mail leaves from this process; otherwise it leaves from workers elsewhere. */
  sends: boolean;
};

/**
 * Starts Sequitur and resolves when it serves. Throws, with nothing left running, when it cannot start, and when
 * `signal` aborts meanwhile.
 */
export async function serve(
  config: Config,
  { log, announce }: Output,
  { populate, signal, sends }: ServeOptions,
): Promise<Running> {
  const port = await findPort(config);
  await ensureDashboard(announce);
  const url = config.publicUrl ?? `http://localhost:${port}`;
  return onStore(config, { log, signal }, async (store, own) => {
    await unlessAborted(signal, prepare(store, config, url, populate));
    const { compose } = await import('../app.ts');
    const sequitur = own(await unlessAborted(signal, compose(store, { config, publicUrl: url, log, sends })));
    await listen(sequitur, { host: config.host, port });
    sequitur.start();
    announce(`Sequitur is at ${url}`);
    await unlessAborted(signal, offerSetup(store.db, url, announce));
    return { ...sequitur, db: store.db, url };
  });
}

/** What runs on a database, and is stopped before that is closed. */
type Stoppable = { stop(): Promise<void> };

/**
 * Opens the database for `begin`, which hands over what it has made by `own`. `stop` of what it answers stops that and
 * closes the database. `isUp` says that another process of ours has it open. Throws, with nothing left running, where
 * `begin` throws and when `signal` aborts meanwhile.
 */
export async function onStore<T extends Stoppable>(
  config: Config,
  { log, signal, isUp = false }: { log: Output['log']; signal: AbortSignal; isUp?: boolean },
  begin: (store: Store, own: <O extends Stoppable>(made: O) => O) => Promise<T>,
): Promise<T> {
  for (const warning of config.warnings) log.warn(warning);
  if (!isUp && !config.databaseUrl && (await holdsDatabase(config.dataDir)))
    log.info('Starting PostgreSQL …');
  // While the database starts. Imported above, it would double the time that every other command takes to begin.
  void import('../app.ts');
  const say = { log: (line: string) => log.info(line), warn: (line: string) => log.warn(line) };
  const store = await openStore(config, { ...say, signal });
  let owned: Stoppable | undefined;
  const stop = () => stopAll(owned, store);
  try {
    const running = await begin(store, (made) => {
      owned = made;
      return made;
    });
    return { ...running, stop };
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

async function stopAll(owned: Stoppable | undefined, store: Store): Promise<void> {
  try {
    if (owned) await doneWithin(STOP_MS, owned.stop());
  } finally {
    await store.close();
  }
}

/** Listens. Throws a Failure where the place cannot be had. */
export async function listen({ app }: Pick<Sequitur, 'app'>, place: Place): Promise<void> {
  try {
    await app.listen(place);
  } catch (error) {
    throw portFailure(error, place);
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
