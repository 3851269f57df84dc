import { sql } from 'kysely';
import { arrayOf, type ElementType } from '../../src/db/arrays.sql.ts';
import { prepared } from '../../src/db/connections.sql.ts';
import type { Db, Tx } from '../../src/db/database.ts';

/** Makes an empty table of numbers that are unique. */
export async function makeNumbers(db: Db): Promise<void> {
  await sql`CREATE TABLE numbers (n integer PRIMARY KEY)`.execute(db);
}

export async function emptyNumbers(db: Db): Promise<void> {
  await sql`TRUNCATE numbers`.execute(db);
}

/** Adds a number; fails where it is there already. */
export async function addNumber(db: Db | Tx, n: number): Promise<void> {
  await sql`INSERT INTO numbers VALUES (${n}::int)`.execute(db);
}

/** All numbers in their order. */
export async function readNumbers(db: Db | Tx): Promise<number[]> {
  const { rows } = await sql<{ n: number }>`SELECT n FROM numbers ORDER BY n`.execute(db);
  return rows.map(({ n }) => n);
}

/** How PostgreSQL writes each element of an array that it was sent; null for NULL. In the array's order. */
export async function asText(
  db: Db,
  values: readonly unknown[],
  type: ElementType,
): Promise<(string | null)[]> {
  const { rows } = await sql<{ text: string | null }>`
    SELECT value::text AS text
    FROM unnest(${arrayOf(values, type)}) WITH ORDINALITY AS sent (value, place) ORDER BY place`.execute(db);
  return rows.map(({ text }) => text);
}

/** The isolation and access mode of a transaction. */
export async function readModes(tx: Tx): Promise<{ isolation: string; read_only: string }> {
  const { rows } = await sql<{ isolation: string; read_only: string }>`
    SELECT current_setting('transaction_isolation') AS isolation,
           current_setting('transaction_read_only') AS read_only`.execute(tx);
  const modes = rows[0];
  if (!modes) throw new Error('The transaction did not say what it is.');
  return modes;
}

/** What no server understands. */
export async function sayNonsense(tx: Tx): Promise<void> {
  await sql`SELEC`.execute(tx);
}

/** What the sessions whose application has this name are doing: 'idle', 'idle in transaction', … */
export async function statesOf(db: Db, applicationName: string): Promise<string[]> {
  const { rows } = await sql<{ state: string }>`
    SELECT state FROM pg_stat_activity WHERE application_name = ${applicationName}`.execute(db);
  return rows.map(({ state }) => state);
}

/** Makes the schema, and makes it `role`'s. */
export async function giveSchema(db: Db, role: string): Promise<void> {
  await sql`CREATE SCHEMA sequitur AUTHORIZATION ${sql.id(role)}`.execute(db);
}

/** `n`, asked by a prepared statement that takes 10 ms. */
export async function echo(db: Db | Tx, n: number): Promise<number | undefined> {
  const { rows } = await sql<{ n: number }>`${prepared} SELECT ${n}::int AS n, pg_sleep(0.01)`.execute(db);
  return rows[0]?.n;
}

/** How many statements the session that answers has prepared. */
export async function countPrepared(db: Db | Tx): Promise<number> {
  const { rows } = await sql<{ n: number }>`SELECT count(*) AS n FROM pg_prepared_statements`.execute(db);
  return rows[0]?.n ?? 0;
}
