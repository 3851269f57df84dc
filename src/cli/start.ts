import type { Command } from 'commander';
import type { Config } from '../config.ts';
import type { Db } from '../db/database.ts';
import { EXAMPLE_SEQUENCES } from '../sequences/examples.ts';
import { installExamples } from '../sequences/install.ts';
import { type AddCommand, configOrFail } from './command.ts';
import { introduceMail } from './mail.ts';
import { openOutput } from './output.ts';
import { portOption } from './port.ts';
import { serve } from './serve.ts';
import { untilStopped } from './until_stopped.ts';
import { startWorkers } from './workers.ts';

export const addStart: AddCommand = (program) => {
  serverCommand(program, 'start')
    .description('Run everything: dashboard, API, promo pages and sending.')
    .addHelpText('after', 'WORKERS=2 has two more processes send, and this one answer requests alone.')
    .action(({ port }: { port?: number }) => runServer(port, ({ workers }) => workers));
};

export const addApi: AddCommand = (program) => {
  serverCommand(program, 'api')
    .description('Run dashboard, API and promo pages; mail is sent by workers ("sequitur worker").')
    .action(({ port }: { port?: number }) => runServer(port, () => 'elsewhere'));
};

function serverCommand(program: Command, name: string): Command {
  return program.command(name).addOption(portOption());
}

/** From where mail is sent: by the server itself (0), by so many processes of its own, or by whoever else does. */
type Senders = number | 'elsewhere';

async function runServer(port: number | undefined, sendersOf: (config: Config) => Senders): Promise<void> {
  const set = configOrFail();
  const config = { ...set, port: port ?? set.port };
  const senders = sendersOf(config);
  const output = await openOutput(config);
  await untilStopped(output, async (signal) => {
    const populate = ({ db }: { db: Db }) => addExamples(db, config);
    const running = await serve(config, output, { signal, populate, sends: senders === 0 });
    if (senders === 'elsewhere') output.announce('Mail is sent by workers: run "npx sequitur worker".');
    else await introduceMail(running, config, output);
    if (senders === 0 || senders === 'elsewhere') return running.stop;
    const workers = startWorkers(senders, { publicUrl: running.url, log: output.log });
    return async () => {
      // The embedded PostgreSQL is stopped by whoever leaves it last, which a worker that had to be killed cannot do.
      await workers.stop();
      await running.stop();
    };
  });
}

async function addExamples(db: Db, { examples }: Config): Promise<void> {
  if (examples) await installExamples(db, EXAMPLE_SEQUENCES, new Date());
}
