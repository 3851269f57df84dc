import type { Command } from 'commander';
import {
  type ApiKeyRow,
  apiKeyNameSchema,
  createApiKey,
  listApiKeys,
  revokeApiKey,
} from '../auth/api_keys.ts';
import { readable } from '../http/validation.ts';
import { type AddCommand, Failure, print, say, withDatabase } from './command.ts';
import { printTable } from './table.ts';

export const addApiKey: AddCommand = (program) => {
  const apiKey = program.command('api-key').description('Keys by which programs use the API.');
  addCreate(apiKey);
  addList(apiKey);
  addRevoke(apiKey);
};

const ACTOR = { kind: 'system', name: 'command line' } as const;

function addCreate(apiKey: Command): void {
  apiKey
    .command('create')
    .description('Make an API key. It is printed once and cannot be read again.')
    .argument('[name]', 'what the key is for, as `api-key list` shows it', 'command line')
    .action(async (text: string) => {
      const { data: name, error } = apiKeyNameSchema.safeParse(text, { error: readable });
      if (name === undefined)
        throw new Failure(`The name of the key ${error.issues.map(({ message }) => message).join(', ')}.`);
      const { secret } = await withDatabase((db) => createApiKey(db, { name, createdBy: ACTOR }));
      print(secret);
      say('Send it as the header "Authorization: Bearer <key>". It is not shown again.');
    });
}

function addList(apiKey: Command): void {
  apiKey
    .command('list')
    .description('List all keys, newest first, revoked ones included. The keys themselves are not shown.')
    .option('--json', 'print them as JSON Lines')
    .action(async ({ json = false }: { json?: boolean }) => {
      const keys = await withDatabase(listApiKeys);
      if (json) for (const key of keys) print(JSON.stringify(key));
      else if (keys.length > 0) printTable(COLUMNS, keys.map(shown));
      else say('There are no keys yet: sequitur api-key create makes one.');
    });
}

const COLUMNS = ['id', 'name', 'begins with', 'created', 'made by', 'last used', 'revoked'];

function shown({ id, name, prefix, created_at, created_by, last_used_at, revoked_at }: ApiKeyRow) {
  return {
    id,
    name,
    'begins with': prefix,
    created: created_at,
    'made by': created_by?.name ?? 'command line, or somebody removed',
    'last used': last_used_at ?? 'never',
    revoked: revoked_at ?? 'no',
  };
}

function addRevoke(apiKey: Command): void {
  apiKey
    .command('revoke')
    .description('End a key. Servers that run refuse it within ten seconds.')
    .argument('<id-or-name>', 'as `api-key list` shows it')
    .action(async (idOrName: string) => {
      const { id, name } = await withDatabase(async (db) => {
        const key = choose(await listApiKeys(db), idOrName);
        await revokeApiKey(db, key.id, ACTOR);
        return key;
      });
      say(`The key "${name}" (${id}) is revoked.`);
    });
}

/** The one key that is meant. Throws a Failure where there is none, or several. */
function choose(keys: ApiKeyRow[], idOrName: string): ApiKeyRow {
  const meant = keys.filter(({ id, name }) => id === idOrName.toLowerCase() || name === idOrName);
  const [key, ...others] = meant.filter(({ revoked_at }) => !revoked_at);
  if (!key && meant.length > 0) throw new Failure(`The key "${idOrName}" was revoked before.`);
  if (!key) throw new Failure(`There is no key "${idOrName}". sequitur api-key list shows which there are.`);
  if (others.length === 0) return key;
  const ids = [key, ...others].map(({ id, prefix }) => `  ${id}  (${prefix}…)`);
  throw new Failure(`Several keys are named "${idOrName}". Say which by its id:\n${ids.join('\n')}`);
}
