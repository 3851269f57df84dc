import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { prepareDatabase } from '../src/ledger/prepare.ts';
import { openStore, type Store } from '../src/store.ts';
import { generatedFiles } from './generate/generated_files.ts';

const ROOT = join(import.meta.dirname, '..');

await withFreshStore(async (store) => {
  for (const { path, text } of await generatedFiles(store)) {
    const target = join(ROOT, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
    process.stdout.write(`${path}\n`);
  }
});

/** Lends `work` an empty, migrated database on a PostgreSQL of its own, which is gone afterwards. */
async function withFreshStore(work: (store: Store) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sequitur-generate-'));
  const store = await openStore({ databaseUrl: null, dataDir }, { log: () => {} });
  try {
    await prepareDatabase(store.db, { timeZone: 'UTC' });
    await work(store);
  } finally {
    await store.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}
