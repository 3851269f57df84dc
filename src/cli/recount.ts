import { SingleBar } from 'cli-progress';
import { RECOUNTED, type Recount, type Recounted } from '../ledger/recount.ts';
import { runRecount } from '../ledger/recount_runs.ts';
import { type AddCommand, print, say, withDatabase } from './command.ts';

export const addRecount: AddCommand = (program, done) => {
  program
    .command('recount')
    .description('Recompute every counter from its rows, hot and archived, and report any difference.')
    .option('--repair', 'add to each counter what it lacks; nothing is recorded while that lasts')
    .option('--json', 'print the whole answer as JSON')
    .addHelpText('after', HELP)
    .action(async ({ json = false, repair: withRepair = false }: { json?: boolean; repair?: boolean }) => {
      const answer = await withDatabase((db) =>
        withProgress((onCounter) => runRecount(db, { trigger: 'command', withRepair, onCounter })),
      );
      if (json) print(JSON.stringify(answer, null, 2));
      else report(answer, withRepair);
      done(answer.differing === 0 || withRepair ? 0 : 1);
    });
};

async function withProgress<T>(work: (onCounter: (done: Recounted) => void) => Promise<T>): Promise<T> {
  if (!process.stderr.isTTY) return work(() => {});
  const bar = new SingleBar({ format: 'Recounting {bar} {value}/{total} {counter}', clearOnComplete: true });
  bar.start(RECOUNTED, 0, { counter: '' });
  try {
    return await work(({ counter }) => bar.increment({ counter }));
  } finally {
    bar.stop();
  }
}

const HELP = `
Exit code 0: every counter agrees with its rows, or was repaired. 1: the differences are listed.`;

function report({ counters, differing }: Recount, repaired: boolean): void {
  for (const { counter, keys, differing: n, differences } of counters) {
    print(`${counter.padEnd(18)} ${String(keys).padStart(9)} keys  ${n === 0 ? 'agree' : `${n} DIFFER`}`);
    for (const { key, rows, counter: counted } of differences) {
      print(
        `  ${JSON.stringify(key)}: rows say ${JSON.stringify(rows)}, the counter says ${JSON.stringify(counted)}`,
      );
    }
  }
  if (differing === 0) say('Every counter agrees with its rows.');
  else
    say(
      `${differing} keys ${repaired ? 'differed from their rows and were repaired' : 'differ from their rows'}.`,
    );
}
