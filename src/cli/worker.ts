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
    .addHelpText('after', HELP)
    .action(({ port, publicUrl }: Options) => {
      const config = configOrFail();
      return runWorker({ ...config, publicUrl: publicUrl ?? config.publicUrl }, port);
    });
};

type Options = { port?: number; publicUrl?: string };

const HELP = `
It needs the database and the mail settings of the server ("sequitur start" or "sequitur api"), and PUBLIC_URL, to which
the unsubscribe links of its mails lead.`;

async function runWorker(config: Config, port: number | undefined): Promise<void> {
  // A worker that "sequitur start" has started ends with it, and leaves the introductions to it.
  const isChild = process.channel !== undefined;
  const output = await openOutput(config);
  await untilStopped(output, async (signal) => {
    if (isChild) process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
    if (!config.databaseUrl && !(await holdsDatabase(config.dataDir))) throw noDatabase(config);
    const introduced = isChild ? { ...config, warnings: [] } : config;
    const running = await work(introduced, output, { port, signal });
    if (!isChild) await introduceMail({ db: running.db, url: running.publicUrl }, config, output);
    return running.stop;
  });
}

async function work(
  config: Config,
  { log, announce }: Output,
  { port, signal }: { port: number | undefined; signal: AbortSignal },
) {
  const publicUrl = config.publicUrl ?? `http://localhost:${config.port}`;
  const place = port === undefined ? undefined : { host: config.host, port };
  if (place) place.port = await findPort(place);
  return onStore(config, { log, signal }, async (store, own) => {
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
