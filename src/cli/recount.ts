import { SingleBar } from 'cli-progress';
import { RECOUNTED, type Recount, type Recounted, recount } from '../ledger/recount.ts';
import { type AddCommand, print, say, withDatabase } from './command.ts';

export const addRecount: AddCommand = (program, done) => {
  program
    .command('recount')
    .description('Recompute every counter from its rows, hot and archived, and report any difference.')
    .option('--json', 'print the whole answer as JSON')
    .addHelpText('after', '\nExit code 0: no counter differs from its rows. 1: the differences are listed.')
    .action(async ({ json = false }: { json?: boolean }) => {
      const answer = await withDatabase((db) => withProgress((onCounter) => recount(db, onCounter)));
      if (json) print(JSON.stringify(answer, null, 2));
      else report(answer);
      done(answer.differing === 0 ? 0 : 1);
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

function report({ counters, differing }: Recount): void {
  for (const { counter, keys, differing: n, differences } of counters) {
    print(`${counter.padEnd(18)} ${String(keys).padStart(9)} keys  ${n === 0 ? 'agree' : `${n} DIFFER`}`);
    for (const { key, rows, counter: counted } of differences) {
      print(
        `  ${JSON.stringify(key)}: rows say ${JSON.stringify(rows)}, the counter says ${JSON.stringify(counted)}`,
      );
    }
  }
  say(differing === 0 ? 'Every counter agrees with its rows.' : `${differing} keys differ from their rows.`);
}
