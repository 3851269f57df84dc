import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { IMPORT_EXCEPTIONS, SQL_EXCEPTIONS } from './layers.ts';
import { RULES } from './rules.ts';
import { parseSource, type Source } from './source.ts';

const FILES = ['src/**/*.ts', 'web/src/**/*.{ts,tsx}', 'scripts/**/*.ts', 'bench/*.ts', 'test/**/*.ts'];
const WRITTEN_BY_PROGRAMS = /\/generated\//;

/** What breaks a rule of the architecture in the repository at `root`: sentences, in the order of the files. */
export async function checkArchitecture(root: string): Promise<string[]> {
  const paths = globSync(FILES, { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !WRITTEN_BY_PROGRAMS.test(path))
    .sort();
  const sources = await Promise.all(
    paths.map(async (path) => parseSource(path, await readFile(join(root, path), 'utf8'))),
  );
  return [...sources.flatMap((source) => RULES.flatMap((rule) => rule(source))), ...outdated(sources)];
}

/** Exceptions that nothing needs any more, which would otherwise hide the next mistake. */
function outdated(sources: Source[]): string[] {
  const there = new Map(sources.map((source) => [source.path, source]));
  const imports = IMPORT_EXCEPTIONS.filter(({ file, imports }) => {
    const name = imports.split('/').at(-1) ?? '';
    return !there.get(file)?.imports.some(({ specifier }) => specifier.endsWith(`/${name}`));
  });
  const files = SQL_EXCEPTIONS.filter(({ file }) => !there.has(file));
  return [...imports, ...files].map(
    ({ file }) => `scripts/architecture/layers.ts: nothing needs the exception for ${file}.`,
  );
}
