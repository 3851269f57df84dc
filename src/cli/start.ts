import { createServer } from 'node:net';
import { pino } from 'pino';
import type { Sequitur } from '../app.ts';
import { ensureFirstAdministrator } from '../auth/administrators.ts';
import { prepareSetupLink } from '../auth/setup.ts';
import type { Config } from '../config.ts';
import type { Db } from '../db/database.ts';
import { ROW_VALUES } from '../http/request_log.ts';
import { prepareDatabase } from '../ledger/prepare.ts';
import { EXAMPLE_SEQUENCES } from '../sequences/examples.ts';
import { installExamples } from '../sequences/install.ts';
import { openStore } from '../store.ts';
import { ensureDashboard } from './build.ts';
import { type AddCommand, configOrFail, Failure, INTERRUPTED, SIGNALS, say } from './command.ts';

export const addStart: AddCommand = (program) => {
  program
    .command('start')
    .description('Run everything in this process: dashboard, API, promo pages and sending.')
    .action(async () => {
      const config = configOrFail();
      // Heard from the first moment: whoever changes their mind while it starts leaves no PostgreSQL behind.
      const stopping = new AbortController();
      const signalled = untilSignal().then(() => stopping.abort());
      try {
        const running = await serve(config, undefined, stopping.signal);
        await signalled;
        await running.stop();
      } catch (error) {
        if (!(error instanceof Error && error.name === 'AbortError')) throw error;
      }
      if (stopping.signal.aborted) endSoon();
    });
};

/** A server that is up. `stop` ends it within two seconds, the embedded PostgreSQL included. */
export type Running = Sequitur & { db: Db; url: string };

/**
 * Starts Sequitur and resolves when it serves. `populate` fills a prepared database before anybody sees it; by
 * default an empty workspace gets the examples, unless they are switched off. Throws, with nothing left running,
 * when it cannot start, and when `signal` aborts meanwhile.
 */
export async function serve(
  config: Config,
  populate: (db: Db, publicUrl: string) => Promise<void> = (db) => addExamples(db, config),
  signal?: AbortSignal,
): Promise<Running> {
  const log = createLog(config);
  await ensureDashboard();
  const port = config.port === 0 ? await freePort(config.host) : config.port;
  const publicUrl = config.publicUrl ?? `http://localhost:${port}`;
  // While the database starts. Imported above, it would double the time that every other command takes to begin.
  const loading = import('../app.ts');
  const store = await openStore(config, (line) => log.info(line), signal);
  let sequitur: Sequitur | undefined;
  try {
    await prepareDatabase(store.db, { timeZone: config.timeZone });
    await populate(store.db, publicUrl);
    await makeAdministrator(store.db, config);
    const { compose } = await loading;
    sequitur = await compose(store, { config, publicUrl, log });
    signal?.throwIfAborted();
    await listen(sequitur, config.host, port);
    sequitur.start();
    say(`Sequitur is at ${publicUrl}`);
    await offerSetup(store.db, publicUrl);
    if (!config.smtp) say('Mail is captured in the Outbox, not sent: set SMTP_URL to send it.');
    const { stop } = sequitur;
    return {
      ...sequitur,
      db: store.db,
      url: publicUrl,
      stop: () => stop().finally(() => store.close()),
    };
  } catch (error) {
    await sequitur?.stop().catch(() => {});
    await store.close();
    throw error;
  }
}

/**
 * Resolves at the first SIGINT or SIGTERM. The process then has ten seconds to end by itself, and a second signal,
 * later than a second after the first, ends it at once.
 */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let heardAt: number | null = null;
    const hear = () => {
      // Ctrl-C under npm arrives twice: from the terminal, and handed on by npm.
      if (heardAt !== null && performance.now() - heardAt > ONE_SIGNAL_MS) process.exit(INTERRUPTED);
      if (heardAt !== null) return;
      heardAt = performance.now();
      say('Stopping …');
      setTimeout(() => process.exit(INTERRUPTED), STOPPING_MS).unref();
      resolve();
    };
    for (const signal of SIGNALS) process.on(signal, hear);
  });
}

const ONE_SIGNAL_MS = 1_000;
// Stopping takes two seconds at most; but it may have been asked of something that hangs.
const STOPPING_MS = 10_000;
const LINGER_MS = 500;

/** Ends the process although something is still open, as a query of a database server that does not answer. */
function endSoon(): void {
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

function createLog({ logLevel }: Config) {
  // PostgreSQL puts the row that it refused into its errors, addresses and all.
  const redact = { paths: [...ROW_VALUES], remove: true };
  if (!process.stdout.isTTY) return pino({ level: logLevel, redact });
  const options = { translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname' };
  return pino({ level: logLevel, redact, transport: { target: 'pino-pretty', options } });
}

async function addExamples(db: Db, { examples }: Config): Promise<void> {
  if (examples) await installExamples(db, EXAMPLE_SEQUENCES, new Date());
}

async function listen({ app }: Sequitur, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'EADDRINUSE') {
      throw new Failure(`Port ${port} on ${host} is in use. Stop what uses it, or set PORT to another one.`);
    }
    if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL')
      throw new Failure(
        `HOST ${host} is no address of this machine. Set it to one, such as 127.0.0.1 or 0.0.0.0.`,
      );
    if (code === 'EACCES')
      throw new Failure(`Port ${port} is not allowed for this user. Set PORT to one over 1023.`);
    throw error;
  }
}

async function makeAdministrator(db: Db, { administrator }: Config): Promise<void> {
  if (!administrator) return;
  const made = await ensureFirstAdministrator(db, administrator);
  if (made.outcome !== 'invalid') return;
  const problems = made.problems.map(({ path, message }) => `  - ADMIN_${path.toUpperCase()} ${message}`);
  throw new Failure(`The first administrator cannot be made:\n${problems.join('\n')}`);
}

async function offerSetup(db: Db, publicUrl: string): Promise<void> {
  const link = await prepareSetupLink(db, { publicUrl, now: new Date() });
  if (link.outcome === 'link') say(`Set it up within a day at ${link.url}`);
}

/** A port that nothing listens on right now. */
async function freePort(host: string): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(0, host, resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (!address || typeof address === 'string') throw new Error('No port was given.');
  return address.port;
}
