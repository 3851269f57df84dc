import { join } from 'node:path';
import { SingleBar } from 'cli-progress';
import { InvalidArgumentError } from 'commander';
import { listAdministrators } from '../auth/administrators.ts';
import type { Config } from '../config.ts';
import type { Db } from '../db/database.ts';
import { DEMO_SIZE, ensureDemo } from '../demo/demo.ts';
import type { DemoMark } from '../demo/mark.ts';
import { createTraffic } from '../demo/traffic.ts';
import { type AddCommand, configOrFail, Failure, say } from './command.ts';
import { type Running, serve, untilSignal } from './start.ts';

export const addDemo: AddCommand = (program) => {
  program
    .command('demo')
    .description('Show Sequitur with a made-up shop: 20,000 people, 90 days of history, and live traffic.')
    .option('--port <port>', 'where to listen; default: PORT, else 3000', parsePort)
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
const SENDER = { name: 'Juniper Coffee', address: 'hello@example.com' };

async function runDemo(config: Config): Promise<void> {
  const stopping = new AbortController();
  const signalled = untilSignal().then(() => stopping.abort());
  try {
    const { running, mark } = await serveDemo(config, stopping.signal);
    await announce(running.db, config, running.url);
    const { db, intake } = running;
    const onTrouble = (error: unknown) => say(`The demo could not make its next trigger: ${error}`);
    const traffic = createTraffic({ db, intake, mark, chance: Math.random, onTrouble });
    traffic.start();
    await signalled;
    await traffic.stop();
    await running.stop();
  } catch (error) {
    if (error instanceof Failure || !stopping.signal.aborted) throw error;
  }
}

async function serveDemo(config: Config, signal: AbortSignal): Promise<{ running: Running; mark: DemoMark }> {
  const { promise: filled, resolve } = Promise.withResolvers<DemoMark>();
  const populate = async (db: Db, publicUrl: string) => resolve(await fill(db, config, publicUrl, signal));
  const running = await serve(config, populate, signal);
  return { running, mark: await filled };
}

function demoConfig(config: Config, port: number | undefined): Config {
  assertPrivate(config, config.administrator === null);
  return {
    ...config,
    port: port ?? config.port,
    dataDir: join(config.dataDir, 'demo'),
    // Its people are made up, and its traffic never ends: nothing of it may leave the machine.
    smtp: null,
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

async function fill(db: Db, config: Config, publicUrl: string, signal: AbortSignal): Promise<DemoMark> {
  const result = await withProgress((onLane) => {
    const made = { size: DEMO_SIZE, seed: SEED, now: new Date(), from: config.mailFrom, publicUrl };
    return ensureDemo(db, { ...made, signal, onLane });
  });
  if (result.outcome === 'interrupted')
    throw new Failure('The demo is not complete. Start it again and it goes on where it stopped.');
  if (result.outcome === 'not_empty')
    throw new Failure(
      `The database in ${placeOf(config)} holds ${result.holds.join(', ')} that the demo did not make. Nothing was ` +
        'changed. Set DATA_DIR (or DATABASE_URL) to an empty one.',
    );
  assertPrivate(config, await everybodySignsIn(db));
  return result.mark;
}

async function everybodySignsIn(db: Db): Promise<boolean> {
  return (await listAdministrators(db)).some(({ email }) => email === EVERYBODY.email);
}

async function announce(db: Db, config: Config, url: string): Promise<void> {
  if (await everybodySignsIn(db))
    say(`Sign in at ${url} as ${EVERYBODY.email} with the password ${EVERYBODY.password}`);
  if (!config.databaseUrl)
    say(`Its data are in ${config.dataDir}: other commands see them with DATA_DIR set to that.`);
}

function placeOf({ databaseUrl, dataDir }: Config): string {
  return databaseUrl ? new URL(databaseUrl).pathname.slice(1) : dataDir;
}

async function withProgress<T>(work: (onLane: OnLane) => Promise<T>): Promise<T> {
  const progress = process.stderr.isTTY ? progressBar() : progressLines();
  const began = performance.now();
  try {
    return await work((done, of) => {
      progress.onLane(done, of);
      const seconds = Math.round((performance.now() - began) / 1000);
      if (done === of) say(`Made up ${DEMO_SIZE.days} days of history in ${seconds} s.`);
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

function progressLines(): { onLane: OnLane; stop: () => void } {
  return {
    onLane(done, of) {
      if (done < of && done % Math.ceil(of / 4) === 0)
        say(`Making up ${DEMO_SIZE.days} days of history: ${Math.round((100 * done) / of)} %`);
    },
    stop: () => {},
  };
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a number from 0 to 65535.');
}
