import type { Store } from '../../src/store.ts';
import { apiDescription, apiTypes } from './api_description.ts';
import { databaseTypes } from './database_types.ts';
import { schemaText } from './schema_text.ts';

/** A file that is written from the code: its path in the repository and what it should hold. */
export type GeneratedFile = { path: string; text: string };

/** Everything that `npm run generate` writes. `store` is a database as `prepareDatabase` leaves it. */
export async function generatedFiles(store: Pick<Store, 'db' | 'connection'>): Promise<GeneratedFile[]> {
  const description = await apiDescription(store);
  return [
    { path: 'schema.sql', text: await schemaText(store.db) },
    { path: 'src/db/generated/schema.ts', text: await databaseTypes(store.db) },
    { path: 'openapi.json', text: `${JSON.stringify(description, null, 2)}\n` },
    { path: 'web/src/api/generated/openapi.d.ts', text: await apiTypes(description) },
  ];
}
