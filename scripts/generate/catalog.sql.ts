import { sql } from 'kysely';
import type { Db, Tx } from '../../src/db/database.ts';

export type Relation = {
  name: string;
  kind: 'table' | 'view';
  /** "RANGE (executed_at)"; null where the table is not partitioned. */
  partitioned_by: string | null;
  /** "fillfactor=80"; null where nothing is set. */
  options: string | null;
  /** What a view selects; null for a table. */
  definition: string | null;
};

export type Column = {
  relation: string;
  name: string;
  type: string;
  required: boolean;
  default_value: string | null;
};

/** A constraint's clause as in CREATE TABLE, or the whole statement of an index. */
export type Detail = { relation: string; name: string; definition: string };

/** Makes the server name the schema of everything until the transaction ends, whoever is asking. */
export async function nameSchemas(tx: Tx): Promise<void> {
  await sql`SELECT set_config('search_path', '', true)`.execute(tx);
}

/** Tables and views by name. Partitions are left out: which weeks there are is a matter of the day. */
export async function readRelations(tx: Tx): Promise<Relation[]> {
  const { rows } = await sql<Relation>`
    SELECT c.relname AS name,
      CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END AS kind,
      pg_get_partkeydef(c.oid) AS partitioned_by,
      array_to_string(c.reloptions, ', ') AS options,
      CASE c.relkind WHEN 'v' THEN pg_get_viewdef(c.oid, true) END AS definition
    FROM pg_class c
    WHERE c.relnamespace = 'sequitur'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
    ORDER BY c.relname COLLATE "C"`.execute(tx);
  return rows;
}

/** The columns of tables, in their order. */
export async function readColumns(tx: Tx): Promise<Column[]> {
  const { rows } = await sql<Column>`
    SELECT c.relname AS relation, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
      a.attnotnull AS required, pg_get_expr(d.adbin, d.adrelid) AS default_value
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'sequitur'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    ORDER BY c.relname COLLATE "C", a.attnum`.execute(tx);
  return rows;
}

/** Primary keys, then unique, check and foreign keys, each by name. NOT NULL stands with its column. */
export async function readConstraints(tx: Tx): Promise<Detail[]> {
  const { rows } = await sql<Detail>`
    SELECT c.relname AS relation, k.conname AS name, pg_get_constraintdef(k.oid, true) AS definition
    FROM pg_constraint k
    JOIN pg_class c ON c.oid = k.conrelid
    WHERE c.relnamespace = 'sequitur'::regnamespace AND NOT c.relispartition AND k.contype IN ('p', 'u', 'c', 'f')
    ORDER BY c.relname COLLATE "C", position(k.contype::text IN 'pucf'), k.conname COLLATE "C"`.execute(tx);
  return rows;
}

/** Indexes that no constraint stands for, by name. */
export async function readIndexes(tx: Tx): Promise<Detail[]> {
  const { rows } = await sql<Detail>`
    SELECT c.relname AS relation, i.relname AS name, pg_get_indexdef(i.oid) AS definition
    FROM pg_index x
    JOIN pg_class c ON c.oid = x.indrelid
    JOIN pg_class i ON i.oid = x.indexrelid
    WHERE c.relnamespace = 'sequitur'::regnamespace AND NOT c.relispartition
      AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.oid AND k.conrelid = c.oid)
    ORDER BY c.relname COLLATE "C", i.relname COLLATE "C"`.execute(tx);
  return rows;
}

/**
 * What is in the schema and cannot be shown by the four questions above: sequences, functions, triggers, types of
 * its own, generated columns. "function now_in_lane", one a row, by name; none so far.
 */
export async function readUnshown(tx: Tx): Promise<string[]> {
  const { rows } = await sql<{ what: string }>`
    SELECT 'relation ' || relname AS what FROM pg_class
    WHERE relnamespace = 'sequitur'::regnamespace AND relkind NOT IN ('r', 'p', 'v', 'i', 'I', 't')
    UNION ALL
    SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'sequitur'::regnamespace
    UNION ALL
    SELECT 'trigger ' || g.tgname FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
    WHERE c.relnamespace = 'sequitur'::regnamespace AND NOT g.tgisinternal
    UNION ALL
    SELECT 'type ' || typname FROM pg_type
    WHERE typnamespace = 'sequitur'::regnamespace AND typtype IN ('d', 'e', 'r')
    UNION ALL
    SELECT 'generated column ' || attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'sequitur'::regnamespace AND (a.attgenerated <> '' OR a.attidentity <> '')
    ORDER BY 1`.execute(tx);
  return rows.map(({ what }) => what);
}

/** The server's major version: 18, say. */
export async function readMajorVersion(db: Db): Promise<number> {
  const { rows } = await sql<{ version: number }>`
    SELECT current_setting('server_version_num')::int / 10000 AS version`.execute(db);
  return rows[0]?.version ?? 0;
}
