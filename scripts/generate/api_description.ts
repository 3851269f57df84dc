import openapiTypes, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { pino } from 'pino';
import { compose } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { Store } from '../../src/store.ts';

const HEADER = '// The API as the dashboard sees it. Written by npm run generate from openapi.json.\n\n';

/**
 * What `/api/openapi.json` answers on a workspace with nothing configured, asked of the wired server without
 * listening anywhere. `store` is a prepared database.
 */
export async function apiDescription(store: Pick<Store, 'db' | 'connection'>): Promise<object> {
  const read = readConfig({ TIME_ZONE: 'UTC' }, '/');
  if (!read.ok) throw new Error(read.problems.join('\n'));
  const sequitur = await compose(store, {
    config: read.config,
    publicUrl: 'http://localhost:3000',
    log: pino({ level: 'silent' }),
    sends: true,
  });
  try {
    const answer = await sequitur.app.inject('/api/openapi.json');
    if (answer.statusCode !== 200)
      throw new Error(`/api/openapi.json answered ${answer.statusCode}: ${answer.body}`);
    return answer.json();
  } finally {
    await sequitur.stop();
  }
}

/** The types of the API's requests and answers as TypeScript. */
export async function apiTypes(description: object): Promise<string> {
  const types = await openapiTypes(description as OpenAPI3, { alphabetize: false });
  return `${HEADER}${astToString(types)}`;
}
