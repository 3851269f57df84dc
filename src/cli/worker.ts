import { Option } from 'commander';
import type { WorkerProcess } from '../app.ts';
import type { Config } from '../config.ts';
import { holdsDatabase } from '../db/embedded/embedded.ts';
import { prepareDatabase } from '../ledger/prepare.ts';
import { unlessAborted } from '../lib/abort.ts';
import { type AddCommand, configOrFail, noDatabase } from './command.ts';
import { introduceMail } from './mail.ts';
import { type Output, openOutput } from './output.ts';
import { findPort, parsePort } from './port.ts';
import { listen, onStore } from './serve.ts';
import { untilStopped } from './until_stopped.ts';

export const addWorker: AddCommand = (program) => {
  program
    .command('worker')
    .description('Send what is due, and nothing else; as many as you like share the work.')
    .option('--port <port>', 'answer /healthz, /readyz and /metrics there, 0 for a free one', parsePort)
    .option(
      '--public-url <url>',
      'where unsubscribe links lead; default: PUBLIC_URL, else http://localhost:$PORT',
    )
    // Whoever else starts a process may well hold a channel to it, so the channel alone says nothing.
    .addOption(new Option('--attached', 'end with the process that holds the channel to it').hideHelp())
    .addHelpText('after', HELP)
    .action(({ port, publicUrl, attached = false }: Options) => {
      const config = configOrFail();
      const isAttached = attached;
      return runWorker({ ...config, publicUrl: publicUrl ?? config.publicUrl }, { port, isAttached });
    });
};

type Options = { port?: number; publicUrl?: string; attached?: boolean };

const HELP = `
It needs the database and the mail settings of the server ("sequitur start" or "sequitur api"), and PUBLIC_URL, to which
the unsubscribe links of its mails lead.`;

type RunOptions = {
  port: number | undefined;
  /** "sequitur start" has started it: it ends with that, and leaves the introductions to it. */
  isAttached: boolean;
};

async function runWorker(config: Config, { port, isAttached }: RunOptions): Promise<void> {
  const output = await openOutput(config);
  await untilStopped(isAttached ? { ...output, announce: () => {} } : output, async (signal) => {
    if (isAttached) endWithChannel(signal);
    if (!config.databaseUrl && !(await holdsDatabase(config.dataDir))) throw noDatabase(config);
    const introduced = isAttached ? { ...config, warnings: [] } : config;
    const running = await work(introduced, output, { port, signal, isAttached });
    if (!isAttached) await introduceMail({ db: running.db, url: running.publicUrl }, config, output);
    return running.stop;
  });
}

/** A channel that was closed before anybody listened does not say so again. */
function endWithChannel(stopping: AbortSignal): void {
  // Ctrl-C reaches both processes, and a second signal some time after the first would break the stop off.
  const end = () => stopping.aborted || process.kill(process.pid, 'SIGTERM');
  if (process.connected) process.once('disconnect', end);
  else end();
}

async function work(
  config: Config,
  { log, announce }: Output,
  { port, signal, isAttached }: RunOptions & { signal: AbortSignal },
) {
  const publicUrl = config.publicUrl ?? `http://localhost:${config.port}`;
  const place = port === undefined ? undefined : { host: config.host, port };
  if (place) place.port = await findPort(place);
  return onStore(config, { log, signal, isUp: isAttached }, async (store, own) => {
    await unlessAborted(signal, prepareDatabase(store.db, { timeZone: config.timeZone }));
    const { composeWorker } = await import('../app.ts');
    const worker: WorkerProcess = own(
      await unlessAborted(signal, composeWorker(store, { config, publicUrl, log })),
    );
    if (place) await listen(worker, place);
    worker.start();
    announce(place ? `A worker is at http://localhost:${place.port}` : 'A worker is sending');
    return { ...worker, db: store.db, publicUrl };
  });
}
