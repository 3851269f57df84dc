import { SingleBar } from 'cli-progress';
import type { Db } from '../db/database.ts';
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
    .action(async ({ json = false, repair = false }: { json?: boolean; repair?: boolean }) => {
      const { found, remaining } = await withDatabase((db) => recountAndRepair(db, repair));
      if (json) print(JSON.stringify({ ...found, remaining }, null, 2));
      else report(found, repair ? remaining : undefined);
      done(remaining === 0 ? 0 : 1);
    });
};

type Outcome = {
  found: Recount & { as_of: Date };
  /** How many keys differ at the end. */
  remaining: number;
};

/** A repair is believed when another recount finds nothing any more, and not before. */
async function recountAndRepair(db: Db, withRepair: boolean): Promise<Outcome> {
  const once = async (repairing: boolean) => {
    const as_of = new Date();
    const run = { trigger: 'command', withRepair: repairing } as const;
    return { as_of, ...(await withProgress((onCounter) => runRecount(db, as_of, { ...run, onCounter }))) };
  };
  const found = await once(withRepair);
  if (!withRepair || found.differing === 0) return { found, remaining: found.differing };
  return { found, remaining: (await once(false)).differing };
}

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
Exit code 0: every counter agrees with its rows; with --repair, it does so when recounted after the repair. 1: some
differ, and are listed. With --json, "differing" keys were found and "remaining" ones differ at the end.`;

/** Prints what was found; `remaining` of it differ still, after a repair. */
function report({ counters, differing }: Recount, remaining: number | undefined): void {
  for (const { counter, keys, differing: n, differences } of counters) {
    const noun = keys === 1 ? 'key ' : 'keys';
    print(`${counter.padEnd(18)} ${String(keys).padStart(9)} ${noun}  ${n === 0 ? 'agree' : `${n} DIFFER`}`);
    for (const { key, rows, counter: counted } of differences) {
      print(
        `  ${JSON.stringify(key)}: rows say ${JSON.stringify(rows)}, the counter says ${JSON.stringify(counted)}`,
      );
    }
  }
  say(conclusion(differing, remaining));
}

function conclusion(differing: number, remaining: number | undefined): string {
  if (differing === 0) return 'Every counter agrees with its rows.';
  if (remaining === undefined) return `${keysThat(differing, 'differs', 'differ')} from the rows.`;
  const repaired = `${keysThat(differing, 'differed', 'differed')} from the rows. The repair was recounted:`;
  if (remaining === 0) return `${repaired} every counter agrees with its rows now.`;
  return `${repaired} ${keysThat(remaining, 'differs', 'differ')} still.`;
}

function keysThat(n: number, one: string, many: string): string {
  return n === 1 ? `1 key ${one}` : `${n} keys ${many}`;
}
