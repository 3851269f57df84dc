import { sql } from 'kysely';
import type { Db } from '../../src/db/database.ts';

type NewDatabase = { name: string; owner: string; template?: string };

/** Makes a database, as a copy of `template` where one is given; one of that name is dropped first. */
export async function createDatabase(root: Db, { name, owner, template }: NewDatabase): Promise<void> {
  await dropDatabase(root, name);
  const copy = template ? sql`TEMPLATE ${sql.id(template)} STRATEGY file_copy` : sql``;
  await sql`CREATE DATABASE ${sql.id(name)} OWNER ${sql.id(owner)} ${copy}`.execute(root);
}

/** Drops a database and ends its sessions. */
export async function dropDatabase(root: Db, name: string): Promise<void> {
  await sql`DROP DATABASE IF EXISTS ${sql.id(name)} WITH (FORCE)`.execute(root);
}
