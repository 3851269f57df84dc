import { sql } from 'kysely';
import type { Db } from '../../src/db/database.ts';

/** Makes a database, empty or a copy of `template`, in which nobody may be connected. */
export async function createDatabase(root: Db, name: string, template?: string): Promise<void> {
  const copy = template ? sql`TEMPLATE ${sql.id(template)} STRATEGY file_copy` : sql``;
  await sql`CREATE DATABASE ${sql.id(name)} ${copy}`.execute(root);
}

/** Drops a database and ends its sessions. */
export async function dropDatabase(root: Db, name: string): Promise<void> {
  await sql`DROP DATABASE IF EXISTS ${sql.id(name)} WITH (FORCE)`.execute(root);
}

export type ServerFacts = { version: string; fsync: string; synchronous_commit: string };

/** The server's version, and whether what it commits survives a power cut. */
export async function readServerFacts(db: Db): Promise<ServerFacts> {
  const { rows } = await sql<ServerFacts>`
    SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
           current_setting('synchronous_commit') AS synchronous_commit`.execute(db);
  const facts = rows[0];
  if (!facts) throw new Error('The server did not say what it is.');
  return facts;
}

/** Does at once what autovacuum does in the minutes after rows were written, for every table of this database. */
export async function vacuum(db: Db): Promise<void> {
  await sql`VACUUM (ANALYZE)`.execute(db);
}
