import { posix } from 'node:path';
import { COUNTER_TABLES } from '../../src/ledger/counters.ts';
import {
  IMPORT_EXCEPTIONS,
  LAYERS,
  mayImport,
  READS_ENVIRONMENT,
  SQL_EXCEPTIONS,
  WEB_LAYERS,
} from './layers.ts';
import type { Source } from './source.ts';

/** Says what in a file breaks a rule: whole sentences that begin with its path, none where all is well. */
export type Rule = (source: Source) => string[];

export const MOST_LINES = 400;

/** Imports run one way, and every file of `src` belongs to a part that the arrows name. */
export const importsFollowTheArrows: Rule = (source) => {
  const from = partOf(source.path);
  if (from === null) return [];
  if (!(from.replace(/\/routes$/, '') in LAYERS)) {
    return [`${source.path} is in a part that scripts/architecture/layers.ts does not name.`];
  }
  return relativeImports(source).flatMap(({ path, line }) => {
    const to = partOf(path);
    if (to !== null && (mayImport(from, to) || isExcepted(source.path, path))) return [];
    return [
      `${source.path}:${line} imports ${path}, but ${from} may not import ${to ?? 'what is outside src'}.`,
    ];
  });
};

/** The dashboard knows the server by its API alone; its `ui` neither fetches nor knows a feature. */
export const dashboardStandsAlone: Rule = (source) => {
  const from = webPartOf(source.path);
  if (from === null) return [];
  const below = WEB_LAYERS[from] ?? ['*'];
  return relativeImports(source).flatMap(({ path, line }) => {
    const to = webPartOf(path);
    if (to !== null && (from === to || !(to in WEB_LAYERS) || below.includes(to) || below.includes('*')))
      return [];
    return [`${source.path}:${line} imports ${path}, but the dashboard's ${from} may not.`];
  });
};

/** In a feature only its routes know HTTP. */
export const onlyRoutesKnowHttp: Rule = (source) => {
  const part = partOf(source.path);
  if (part === null || part.endsWith('/routes') || ['http', 'auth', 'app'].includes(part)) return [];
  return source.imports
    .filter(({ specifier }) => /^(fastify|@fastify\/|fastify-)/.test(specifier))
    .map(({ specifier, line }) => `${source.path}:${line} imports ${specifier}, but only routes know HTTP.`);
};

/** SQL stands in `*.sql.ts`: no `sql` tag, no call of the driver and no statement in a string elsewhere. */
export const sqlHasItsFiles: Rule = (source) => {
  const { path } = source;
  if (!/^(src|scripts|bench)\//.test(path) || path.endsWith('.sql.ts')) return [];
  if (SQL_EXCEPTIONS.some(({ file }) => file === path)) return [];
  const tags = source.imports.filter(
    ({ specifier, names }) =>
      specifier === 'kysely' && names.some((name) => /^(sql|CompiledQuery)$/.test(name)),
  );
  const statements = source.literals.filter(({ text }) => isStatement(text));
  return [
    ...tags.map(({ line }) => `${path}:${line} imports the sql tag, which belongs into a *.sql.ts file.`),
    ...source.queries.map((line) => `${path}:${line} calls .query(), which belongs into a *.sql.ts file.`),
    ...statements.map(({ line }) => `${path}:${line} holds SQL, which belongs into a *.sql.ts file.`),
  ];
};

/** Executions and their counters have one writer. */
export const onlyTheLedgerWritesCounts: Rule = (source) => {
  if (!source.path.startsWith('src/') || source.path.startsWith('src/ledger/')) return [];
  return source.literals
    .filter(({ text }) => WRITES_COUNTS.test(text))
    .map(({ line }) => `${source.path}:${line} writes what only src/ledger may write.`);
};

/** The environment is read once, where all its problems can be told at once. */
export const environmentHasOneReader: Rule = (source) => {
  if (!source.path.startsWith('src/') || source.path === READS_ENVIRONMENT) return [];
  return source.environment.map(
    (line) => `${source.path}:${line} reads the environment, which is for ${READS_ENVIRONMENT}.`,
  );
};

/** A name says what is inside. */
export const namesSaySomething: Rule = ({ path }) => {
  const words = path.split('/').map((segment) => segment.split('.')[0] ?? '');
  const empty = words.find((word) => /^(utils?|helpers?|types?|common|misc)$/i.test(word));
  return empty ? [`${path} is called ${empty}, which does not say what is inside.`] : [];
};

/** A longer file hides a second idea. Tests are lists of cases and may be longer. */
export const filesAreShort: Rule = ({ path, lines }) =>
  lines > MOST_LINES && !path.startsWith('test/')
    ? [`${path} has ${lines} lines, more than ${MOST_LINES}.`]
    : [];

export const RULES: readonly Rule[] = [
  importsFollowTheArrows,
  dashboardStandsAlone,
  onlyRoutesKnowHttp,
  sqlHasItsFiles,
  onlyTheLedgerWritesCounts,
  environmentHasOneReader,
  namesSaySomething,
  filesAreShort,
];

/** The part of `src` that a file belongs to, its routes apart from the rest; null outside `src`. */
function partOf(path: string): string | null {
  const [root, top = '', ...rest] = path.split('/');
  if (root !== 'src') return null;
  if (rest.length === 0) return top.replace(/\.ts$/, '');
  return /(^|\.)routes\.ts$/.test(rest.at(-1) ?? '') && top !== 'http' && top !== 'auth'
    ? `${top}/routes`
    : top;
}

function webPartOf(path: string): string | null {
  return /^web\/src\/([^/]+)/.exec(path)?.[1] ?? null;
}

function relativeImports(source: Source): { path: string; line: number }[] {
  return source.imports
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ specifier, line }) => ({ path: posix.join(posix.dirname(source.path), specifier), line }));
}

function isExcepted(file: string, imports: string): boolean {
  return IMPORT_EXCEPTIONS.some((exception) => exception.file === file && exception.imports === imports);
}

// In capitals a statement is recognised anywhere in a text; in small letters, which are also English, at its start.
const STATEMENT =
  /\b(SELECT\b[\s\S]*\bFROM\b|UPDATE\b[\s\S]*\bSET\b|(INSERT INTO|DELETE FROM|CREATE [A-Z]+) [\w?])/;
const SMALL_STATEMENT = /^\s*(select\s[\s\S]*\sfrom\s|insert into\s|update\s[\s\S]*\sset\s|delete from\s)/;

function isStatement(text: string): boolean {
  return STATEMENT.test(text) || SMALL_STATEMENT.test(text);
}

const COUNTED = ['sequence_executions', 'execution_keys', 'recipients', ...COUNTER_TABLES].join('|');
const WRITES_COUNTS = new RegExp(
  `(INSERT INTO|UPDATE|DELETE FROM|TRUNCATE)\\s+sequitur\\.(${COUNTED})\\b`,
  'i',
);
