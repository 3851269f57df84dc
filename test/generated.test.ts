import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readMajorVersion } from '../scripts/generate/catalog.sql.ts';
import { generatedFiles } from '../scripts/generate/generated_files.ts';
import { setup } from './support/setup.ts';

const ROOT = join(import.meta.dirname, '..');
const EMBEDDED_MAJOR = 18;

const store = await setup();

// Other versions word a view's definition differently, and their servers are not what the files are written from.
test.runIf((await readMajorVersion(store.db)) === EMBEDDED_MAJOR)(
  'what is written from the code is as new as the code',
  async () => {
    const files = await generatedFiles(store);
    const read = files.map(async ({ path, text }) => {
      const kept = await readFile(join(ROOT, path), 'utf8').catch(() => null);
      return kept === text
        ? []
        : [`${path} is ${kept === null ? 'missing' : 'out of date'}: run npm run generate`];
    });
    expect((await Promise.all(read)).flat()).toEqual([]);
  },
);
