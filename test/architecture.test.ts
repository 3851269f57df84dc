import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkArchitecture } from '../scripts/architecture/check.ts';
import { LAYERS, mayImport } from '../scripts/architecture/layers.ts';
import { RULES } from '../scripts/architecture/rules.ts';
import { parseSource } from '../scripts/architecture/source.ts';

const ROOT = join(import.meta.dirname, '..');

/** What the rules say about a file of this path and text, without the path in front. */
function said(path: string, text: string): string[] {
  const source = parseSource(path, text);
  return RULES.flatMap((rule) => rule(source)).map((sentence) => sentence.replace(path, ''));
}

test('the whole repository keeps the rules', async () => {
  expect(await checkArchitecture(ROOT)).toEqual([]);
});

test('no two parts may import each other', () => {
  const features = [
    'ledger',
    'sequences',
    'contacts',
    'enrollment',
    'reporting',
    'delivery',
    'analytics',
    'retention',
  ];
  const parts = [...Object.keys(LAYERS), ...features.map((feature) => `${feature}/routes`)];
  const pairs = parts.flatMap((a) => parts.map((b) => [a, b] as const));
  const circles = pairs.filter(([a, b]) => a !== b && mayImport(a, b) && mayImport(b, a));
  expect(circles).toEqual([]);
});

test('imports against the arrows are found, whatever their form', () => {
  for (const statement of [
    "import { a } from '../delivery/worker.ts';",
    "import type { A } from '../delivery/worker.ts';",
    "import { type A } from '../delivery/worker.ts';",
    "import '../delivery/worker.ts';",
    "export * from '../delivery/worker.ts';",
    "const worker = await import('../delivery/worker.ts');",
    "type Worker = import('../delivery/worker.ts').Worker;",
  ]) {
    expect(said('src/ledger/record.ts', `// first line\n${statement}`)).toEqual([
      ':2 imports src/delivery/worker.ts, but ledger may not import delivery.',
    ]);
  }
});

test('imports along the arrows are let through', () => {
  const down = "import { a } from '../ledger/record.ts'; import { b } from '../../lib/uuid.ts';";
  expect(said('src/delivery/settle.ts', down.replace('../../lib', '../lib'))).toEqual([]);
  expect(said('src/ledger/record.ts', "import { a } from './days.ts'; import pg from 'pg';")).toEqual([]);
});

test('only the routes of a feature reach http and auth', () => {
  const text = "import { problem } from '../http/errors.ts'; import { audit } from '../auth/audit.ts';";
  expect(said('src/contacts/routes.ts', text)).toEqual([]);
  expect(said('src/contacts/fields.routes.ts', text)).toEqual([]);
  expect(said('src/contacts/contacts.ts', text)).toEqual([
    ':1 imports src/http/errors.ts, but contacts may not import http.',
    ':1 imports src/auth/audit.ts, but contacts may not import auth.',
  ]);
  expect(said('src/contacts/contacts.ts', "import type { FastifyReply } from 'fastify';")).toEqual([
    ':1 imports fastify, but only routes know HTTP.',
  ]);
});

test('routes may use features below theirs, but no feature its own routes or those above', () => {
  expect(said('src/delivery/preview.routes.ts', "import { a } from '../sequences/sequences.ts';")).toEqual(
    [],
  );
  expect(said('src/sequences/routes.ts', "import { a } from '../delivery/routes.ts';")).toEqual([
    ':1 imports src/delivery/routes.ts, but sequences/routes may not import delivery/routes.',
  ]);
  expect(said('src/delivery/worker.ts', "import { a } from './preview.routes.ts';")).toEqual([
    ':1 imports src/delivery/preview.routes.ts, but delivery may not import delivery/routes.',
  ]);
});

test('src imports nothing from outside itself, and has no part that the arrows do not name', () => {
  expect(said('src/lib/uuid.ts', "import { a } from '../../test/support/setup.ts';")).toEqual([
    ':1 imports test/support/setup.ts, but lib may not import what is outside src.',
  ]);
  expect(said('src/mailing/send.ts', '')).toEqual([
    ' is in a part that scripts/architecture/layers.ts does not name.',
  ]);
});

test('the dashboard knows nothing of the server, and its ui no feature', () => {
  expect(said('web/src/features/a/Page.tsx', "import { A } from '../../ui/A.tsx';")).toEqual([]);
  expect(said('web/src/ui/A.tsx', "import { api } from '../api/client.ts';")).toEqual([
    ":1 imports web/src/api/client.ts, but the dashboard's ui may not.",
  ]);
  expect(said('web/src/api/client.ts', "import type { A } from '../../../src/app.ts';")).toEqual([
    ":1 imports src/app.ts, but the dashboard's api may not.",
  ]);
});

test('SQL outside a *.sql.ts file is found', () => {
  const breaking = [
    "import { sql } from 'kysely';",
    "import { type Kysely, sql as tag } from 'kysely';",
    "import { CompiledQuery } from 'kysely';",
    'await client.query(text);',
    "const text = 'SELECT id FROM sequitur.lanes';",
    'const text = `\n  SELECT id\n  FROM ${table}`;',
    'const text = `INSERT INTO ${table} VALUES (1)`;',
    "const text = 'UPDATE sequitur.lanes SET owner = null';",
    "const text = 'WITH a AS (DELETE FROM sequitur.lanes RETURNING *) TABLE a';",
    "const text = 'CREATE INDEX lanes_by_owner ON sequitur.lanes (owner)';",
    "const text = ' select 1 from sequitur.lanes';",
  ];
  for (const text of breaking) {
    expect(said('src/contacts/contacts.ts', text), text).toHaveLength(1);
    expect(said('src/contacts/contacts.sql.ts', text), text).toEqual([]);
  }
  const innocent = [
    "import { type Kysely } from 'kysely';",
    'request.query;',
    "const text = 'Select one from the list, or create one';",
    "const text = 'Update the page and set a title';",
  ];
  for (const text of innocent) expect(said('src/contacts/contacts.ts', text), text).toEqual([]);
});

test('only the ledger writes executions and counters', () => {
  const text = 'sql`INSERT INTO sequitur.weekly_counts (n) VALUES (${n})`;';
  expect(said('src/ledger/counters.sql.ts', text)).toEqual([]);
  expect(said('src/delivery/settle.sql.ts', text)).toEqual([':1 writes what only src/ledger may write.']);
  expect(said('src/delivery/settle.sql.ts', 'sql`SELECT n FROM sequitur.weekly_counts`;')).toEqual([]);
});

test('the environment is read in one place', () => {
  for (const text of [
    'const port = process.env.PORT;',
    "const port = process['env']['PORT'];",
    'const { env } = process;',
    "import { env } from 'node:process';",
  ]) {
    expect(said('src/lib/uuid.ts', text), text).toEqual([
      ':1 reads the environment, which is for src/config.ts.',
    ]);
    expect(said('src/config.ts', text), text).toEqual([]);
  }
  expect(said('src/lib/uuid.ts', 'process.exitCode = 1;')).toEqual([]);
});

test('names that say nothing and files that are too long are found', () => {
  expect(said('src/lib/utils.ts', '')).toEqual([' is called utils, which does not say what is inside.']);
  expect(said('web/src/helpers/dates.ts', '')).toEqual([
    ' is called helpers, which does not say what is inside.',
  ]);
  expect(said('src/lib/uuid.ts', 'a();\n'.repeat(400))).toEqual([]);
  expect(said('src/lib/uuid.ts', 'a();\n'.repeat(401))).toEqual([' has 401 lines, more than 400.']);
});
