import { join } from 'node:path';
import { SingleBar } from 'cli-progress';
import { listAdministrators } from '../auth/administrators.ts';
import type { Config } from '../config.ts';
import type { Db } from '../db/database.ts';
import { DEMO_SIZE, ensureDemo } from '../demo/demo.ts';
import type { DemoMark } from '../demo/mark.ts';
import { createTraffic } from '../demo/traffic.ts';
import { doneWithin, unlessAborted } from '../lib/abort.ts';
import type { Store } from '../store.ts';
import { type AddCommand, configOrFail, DEMO_FOLDER, Failure } from './command.ts';
import { type Output, openOutput } from './output.ts';
import { portOption } from './port.ts';
import { type Running, serve } from './serve.ts';
import { untilStopped } from './until_stopped.ts';

export const addDemo: AddCommand = (program) => {
  program
    .command('demo')
    .description('Show Sequitur with a made-up shop: 20,000 people, 90 days of history, and live traffic.')
    .addOption(portOption())
    .addHelpText('after', HELP)
    .action(async ({ port }: { port?: number }) => runDemo(demoConfig(configOrFail(), port)));
};

const HELP = `
The data are in the folder demo of the data directory (data/demo, or $DATA_DIR/demo); with DATABASE_URL in that
database. A database that holds anything the demo did not make is refused. Started again, the demo completes a
history that was interrupted, or goes on with the one that it has; delete its folder to begin anew.
Mail is always captured, never sent. ADMIN_EMAIL and ADMIN_PASSWORD say who signs in; without them it is an
administrator whom everybody knows, and the demo listens on this machine alone.`;

/** Whoever runs a demo may sign in like this, so it must never be reachable from elsewhere. */
const EVERYBODY = { email: 'demo@example.com', password: 'juniper-coffee' };
const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];
const SEED = 'Juniper Coffee';
const TRAFFIC_MS = 300;
const SENDER = { name: 'Juniper Coffee', address: 'hello@example.com' };

async function runDemo(config: Config): Promise<void> {
  const output = await openOutput(config);
  await untilStopped(output, async (signal) => {
    const { running, mark } = await serveDemo(config, output, signal);
    await introduce(running.db, config, { url: running.url, announce: output.announce });
    const { db, intake } = running;
    const onTrouble = (err: unknown) => output.log.error({ err }, 'the next trigger of the demo failed');
    const traffic = createTraffic({ db, intake, mark, chance: Math.random, onTrouble });
    traffic.start();
    return async () => {
      await doneWithin(TRAFFIC_MS, traffic.stop());
      await running.stop();
    };
  });
}

async function serveDemo(
  config: Config,
  output: Output,
  signal: AbortSignal,
): Promise<{ running: Running; mark: DemoMark }> {
  const { promise: filled, resolve } = Promise.withResolvers<DemoMark>();
  const populate = async (store: Store, publicUrl: string) =>
    resolve(await fill(store, { config, publicUrl, signal, announce: output.announce }));
  const running = await serve(config, output, { populate, signal, sends: true });
  return { running, mark: await filled };
}

function demoConfig(config: Config, port: number | undefined): Config {
  assertPrivate(config, config.administrator === null);
  return {
    ...config,
    port: port ?? config.port,
    dataDir: join(config.dataDir, DEMO_FOLDER),
    // Its people are made up, and its traffic never ends: nothing of it may leave the machine.
    smtp: null,
    alwaysCaptured: true,
    mailFrom: SENDER,
    administrator: config.administrator ?? EVERYBODY,
  };
}

function assertPrivate({ host }: Config, everybodySignsIn: boolean): void {
  if (!everybodySignsIn || LOOPBACK.includes(host)) return;
  throw new Failure(
    `Everybody knows the password of ${EVERYBODY.email}, so the demo does not listen on ${host}. Unset HOST, or ` +
      'begin with an empty data directory and with ADMIN_EMAIL and ADMIN_PASSWORD.',
  );
}

type Filling = {
  config: Config;
  publicUrl: string;
  signal: AbortSignal;
  announce: Output['announce'];
};

async function fill(store: Store, { config, publicUrl, signal, announce }: Filling): Promise<DemoMark> {
  const people = DEMO_SIZE.contacts.toLocaleString('en');
  const onBegin = () => announce(`Making up ${people} people, and what happened to them …`);
  const result = await withProgress(announce, (onLane) => {
    const made = { size: DEMO_SIZE, seed: SEED, now: new Date(), from: config.mailFrom, publicUrl };
    // At Ctrl-C the lanes under way are not waited for: each is a transaction, and made again by the next start.
    return unlessAborted(signal, ensureDemo(store.db, { ...made, signal, onBegin, onLane }));
  }).catch((error) => {
    throw signal.aborted ? incomplete() : error;
  });
  if (result.outcome === 'interrupted') throw incomplete();
  if (result.outcome === 'not_empty')
    throw new Failure(
      `The database in ${placeOf(config)} holds ${result.holds.join(', ')} that the demo did not make. Nothing was ` +
        'changed. Set DATA_DIR (or DATABASE_URL) to an empty one.',
    );
  assertPrivate(config, await everybodySignsIn(store.db));
  // A stop writes to the data files what is not in them yet, which after so much takes longer than a stop may.
  if (result.outcome === 'made') {
    announce('Writing it to disk …');
    await store.checkpoint();
  }
  return result.mark;
}

function incomplete(): Failure {
  return new Failure('The demo is not complete. Start it again and it goes on where it stopped.');
}

async function everybodySignsIn(db: Db): Promise<boolean> {
  return (await listAdministrators(db)).some(({ email }) => email === EVERYBODY.email);
}

async function introduce(
  db: Db,
  { databaseUrl, dataDir }: Config,
  { url, announce }: { url: string; announce: Output['announce'] },
): Promise<void> {
  if (await everybodySignsIn(db))
    announce(`Sign in at ${url} as ${EVERYBODY.email} with the password ${EVERYBODY.password}`);
  announce('The demo keeps all mail in the Outbox and sends none, whatever SMTP_URL says.');
  if (!databaseUrl)
    announce(`Other commands see its data like this: DATA_DIR=${forShell(dataDir)} npx sequitur recount`);
}

function forShell(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

function placeOf({ databaseUrl, dataDir }: Config): string {
  return databaseUrl ? new URL(databaseUrl).pathname.slice(1) : dataDir;
}

async function withProgress<T>(
  announce: Output['announce'],
  work: (onLane: OnLane) => Promise<T>,
): Promise<T> {
  const progress = process.stderr.isTTY ? progressBar() : progressLines(announce);
  const began = performance.now();
  try {
    return await work((done, of) => {
      progress.onLane(done, of);
      const seconds = Math.round((performance.now() - began) / 1000);
      if (done === of)
        announce(`Made up ${DEMO_SIZE.days} days of history in ${seconds} s. Adding up its numbers …`);
    });
  } finally {
    progress.stop();
  }
}

type OnLane = (done: number, of: number) => void;

function progressBar(): { onLane: OnLane; stop: () => void } {
  const bar = new SingleBar({ format: 'Making up history {bar} {percentage} %', clearOnComplete: true });
  return {
    onLane(done, of) {
      if (done === 0) bar.start(of, 0);
      else bar.update(done);
      if (done === of) bar.stop();
    },
    stop: () => bar.stop(),
  };
}

function progressLines(announce: Output['announce']): { onLane: OnLane; stop: () => void } {
  return {
    onLane(done, of) {
      if (done < of && done % Math.ceil(of / 4) === 0)
        announce(`Making up ${DEMO_SIZE.days} days of history: ${Math.round((100 * done) / of)} %`);
    },
    stop: () => {},
  };
}
