import { createApiKey } from '../auth/api_keys.ts';
import { type AddCommand, print, say, withDatabase } from './command.ts';

export const addApiKey: AddCommand = (program) => {
  const apiKey = program.command('api-key').description('Keys by which programs use the API.');
  apiKey
    .command('create')
    .description('Make an API key. It is printed once and cannot be read again.')
    .argument('[name]', 'what the key is for, as the dashboard will list it', 'command line')
    .action(async (name: string) => {
      const createdBy = { kind: 'system', name: 'command line' } as const;
      const { secret } = await withDatabase((db) => createApiKey(db, { name, createdBy }));
      print(secret);
      say('Send it as the header "Authorization: Bearer <key>". It is not shown again.');
    });
};
