import type { Db, Tx } from '../../src/db/database.ts';
import {
  type Column,
  type Detail,
  nameSchemas,
  type Relation,
  readColumns,
  readConstraints,
  readIndexes,
  readRelations,
  readUnshown,
} from './catalog.sql.ts';

const HEADER = `-- What the migrations add up to, for reading and for reviews. Written by npm run generate; nothing runs it.
-- The partitions of the tables that are split by week are left out.
`;

/**
 * The schema as SQL: tables with their keys, checks and indexes, then views, each by name. The server's pg_dump
 * would do, but the embedded package has none. Throws where the schema has something that would be left out.
 */
export async function schemaText(db: Db): Promise<string> {
  const { relations, unshown, ...parts } = await db.transaction().execute(readCatalog);
  if (unshown.length > 0)
    throw new Error(`schema.sql cannot show ${unshown.join(', ')}: teach scripts/generate/.`);
  const tables = relations.filter(({ kind }) => kind === 'table').map((table) => tableText(table, parts));
  const views = relations.filter(({ kind }) => kind === 'view').map(viewText);
  return [HEADER, ...tables, ...views].join('\n');
}

async function readCatalog(tx: Tx) {
  await nameSchemas(tx);
  return {
    relations: await readRelations(tx),
    columns: await readColumns(tx),
    constraints: await readConstraints(tx),
    indexes: await readIndexes(tx),
    unshown: await readUnshown(tx),
  };
}

type Parts = { columns: Column[]; constraints: Detail[]; indexes: Detail[] };

function tableText(table: Relation, { columns, constraints, indexes }: Parts): string {
  const own = <T extends { relation: string }>(parts: T[]) =>
    parts.filter(({ relation }) => relation === table.name);
  const lines = [
    ...own(columns).map(columnText),
    ...own(constraints).map(({ name, definition }) => `  CONSTRAINT ${name} ${usual(definition)}`),
  ];
  const end = [
    ')',
    table.options && ` WITH (${table.options.replaceAll('=', ' = ')})`,
    table.partitioned_by && ` PARTITION BY ${table.partitioned_by}`,
    ';\n',
  ];
  return [
    `CREATE TABLE sequitur.${table.name} (\n${lines.join(',\n')}\n${end.filter(Boolean).join('')}`,
    ...own(indexes).map(indexText),
  ].join('');
}

function columnText({ name, type, required, default_value }: Column): string {
  const written = type.replace('timestamp(3) with time zone', 'timestamptz(3)');
  return `  ${name} ${written}${required ? ' NOT NULL' : ''}${default_value ? ` DEFAULT ${usual(default_value)}` : ''}`;
}

/** The server shows an expression as it keeps it; this is how a person would have written it. */
function usual(expression: string): string {
  return expression
    .replaceAll(/('(?:[^']|'')*')::(?:text|jsonb)\b/g, '$1')
    .replaceAll(/= ANY \(ARRAY\[([^\]]*)\]\)/g, 'IN ($1)');
}

function indexText({ definition }: Detail): string {
  return `${usual(definition).replace(' ON ONLY ', ' ON ').replace(' USING btree ', ' ')};\n`;
}

function viewText({ name, definition }: Relation): string {
  return `CREATE VIEW sequitur.${name} AS\n${(definition ?? '').trimEnd()}\n`;
}
