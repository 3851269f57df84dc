import { sql } from 'kysely';
import { arrayOf } from '../db/arrays.sql.ts';
import type { Db, Tx } from '../db/database.ts';

/** The tables whose rows are divided by week; each has an archive, which may be divided otherwise. */
export const WEEKLY = ['sequence_executions', 'triggers', 'enrollment_steps'] as const;
export type Weekly = (typeof WEEKLY)[number];

/** A partition of a table or of its archive: the rows of [from, before), in milliseconds since 1970. */
export type Part = { table: Weekly; isArchive: boolean; from: number; before: number };

/** Every partition of the weekly tables and of the archive of executions. In no order. */
export async function readParts(db: Db): Promise<Part[]> {
  const parents = [...WEEKLY, archiveOf('sequence_executions')];
  const { rows } = await sql<{ parent: string; from: Date; before: Date }>`
    SELECT p.relname AS parent, ends[1]::timestamptz AS from, ends[2]::timestamptz AS before
    FROM pg_inherits i
    JOIN pg_class p ON p.oid = i.inhparent
    JOIN pg_class c ON c.oid = i.inhrelid
    CROSS JOIN LATERAL
      regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \\(''([^'']+)''\\) TO \\(''([^'']+)''\\)') AS bounds (ends)
    WHERE i.inhparent = ANY(${parents.map((table) => `sequitur.${table}`)}::regclass[])
      AND c.relkind = 'r'`.execute(db);
  return rows.flatMap(({ parent, from, before }) => {
    const table = WEEKLY.find((name) => parent === name || parent === archiveOf(name));
    const isArchive = parent !== table;
    return table ? [{ table, isArchive, from: from.getTime(), before: before.getTime() }] : [];
  });
}

/** Lets nobody else make partitions before the caller's transaction is over. */
export async function lockWeeks(tx: Tx): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtext('sequitur.weeks'))`.execute(tx);
}

/**
 * Makes a partition. It is made beside its parent and then attached: CREATE TABLE ... PARTITION OF would lock the
 * parent against every reader and writer, ATTACH stops neither.
 */
export async function makePart(tx: Tx, part: Part): Promise<void> {
  const parent = sql.table(`sequitur.${part.isArchive ? archiveOf(part.table) : part.table}`);
  const child = sql.table(`sequitur.${nameOf(part)}`);
  await sql`CREATE TABLE ${child} (LIKE ${parent} INCLUDING ALL)`.execute(tx);
  await sql`
    ALTER TABLE ${parent} ATTACH PARTITION ${child}
    FOR VALUES FROM (${sql.lit(new Date(part.from).toISOString())}) TO (${sql.lit(new Date(part.before).toISOString())})
  `.execute(tx);
}

/** Those of `weeks` (their starts) that a table has a partition of, outside its archive. */
export async function hotAmong(tx: Tx, table: Weekly, weeks: number[]): Promise<Set<number>> {
  const names = weeks.map((from) => `sequitur.${weekName(table, from)}`);
  const { rows } = await sql<{ place: number }>`
    SELECT place - 1 AS place
    FROM unnest(${arrayOf(names, 'text')}) WITH ORDINALITY AS asked (name, place)
    JOIN pg_inherits i ON i.inhrelid = to_regclass(asked.name)
    WHERE i.inhparent = ${`sequitur.${table}`}::regclass`.execute(tx);
  return new Set(rows.flatMap(({ place }) => weeks[place] ?? []));
}

function archiveOf(table: Weekly): string {
  return `${table}_archive`;
}

function nameOf({ table, isArchive, from, before }: Part): string {
  return isArchive ? `${archiveOf(table)}_${digits(from)}_${digits(before)}` : weekName(table, from);
}

function weekName(table: Weekly, from: number): string {
  return `${table}_w${digits(from)}`;
}

function digits(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10).replaceAll('-', '');
}
