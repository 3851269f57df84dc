import { prepareDatabase } from '../ledger/prepare.ts';
import { type AddCommand, print, say, withStore } from './command.ts';

export const addMigrate: AddCommand = (program) => {
  program
    .command('migrate')
    .description('Bring the database to the newest schema. `start` does the same by itself.')
    .action(() =>
      withStore(
        async ({ db }, { timeZone }) => {
          const { migrations } = await prepareDatabase(db, { timeZone });
          for (const name of migrations) print(name);
          say(sentence(migrations.length));
        },
        { mayBeNew: true },
      ),
    );
};

function sentence(run: number): string {
  if (run === 0) return 'The schema is up to date.';
  return run === 1 ? '1 migration was run.' : `${run} migrations were run.`;
}
