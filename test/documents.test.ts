import { existsSync, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { LAYERS } from '../scripts/architecture/layers.ts';
import { COUNTER_TABLES } from '../src/ledger/counters.ts';

const ROOT = join(import.meta.dirname, '..');

const paths = globSync(['*.md', 'docs/**/*.md', 'bench/*.md'], { cwd: ROOT });
const documents = await Promise.all(
  paths.map(async (path) => ({ path, text: await readFile(join(ROOT, path), 'utf8') })),
);
// A table about src says `embedded/` for src/db/embedded/.
const FOLDERS = ['', 'src', 'src/db', 'web/src', 'test'];
const architecture = documents.find(({ path }) => path === 'ARCHITECTURE.md')?.text ?? '';

test('every link between the documents leads somewhere', () => {
  const broken = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)]
      .filter(([, target = '']) => !existsSync(join(ROOT, dirname(path), target)))
      .map(([, target]) => `${path} links to ${target}`),
  );
  expect(broken).toEqual([]);
});

test('every file that the documents name is there', () => {
  const missing = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/`([\w.-]+(?:\/[\w.-]+)*(?:\/|\/[\w.-]+\.(?:tsx?|sql|md)))`/g)]
      .filter(([, name = '']) => !FOLDERS.some((folder) => existsSync(join(ROOT, folder, name))))
      .map(([, name]) => `${path} names ${name}`),
  );
  expect(missing).toEqual([]);
});

test('the map shows every part of src and every counter', () => {
  const shown = [...architecture.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
  const parts = Object.keys(LAYERS).filter((part) => part !== 'main' && part !== 'version');
  // The layers name parts that are yet to come as well.
  const places = parts.flatMap((part) => [`src/${part}`, `src/${part}.ts`]);
  for (const place of places.filter((path) => existsSync(join(ROOT, path)))) expect(shown).toContain(place);
  expect(shown.filter((name) => /_(counts|spans|totals)$/.test(name ?? ''))).toEqual(COUNTER_TABLES);
});

test('every npm script that the documents name is there', async () => {
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const named = documents.flatMap(({ text }) =>
    [...text.matchAll(/npm run ([a-z]+)/g)].map(([, name]) => name),
  );
  for (const name of named) expect(Object.keys(scripts)).toContain(name);
});
