import { prepareDatabase } from '../ledger/prepare.ts';
import { openStore } from '../store.ts';
import { type AddCommand, configOrFail, print, say } from './command.ts';

export const addMigrate: AddCommand = (program) => {
  program
    .command('migrate')
    .description('Bring the database to the newest schema. `start` does the same by itself.')
    .action(async () => {
      const config = configOrFail();
      const store = await openStore(config, say);
      try {
        const { migrations } = await prepareDatabase(store.db, { timeZone: config.timeZone });
        for (const name of migrations) print(name);
        say(
          migrations.length === 0 ? 'The schema is up to date.' : `${migrations.length} migrations were run.`,
        );
      } finally {
        await store.close();
      }
    });
};
