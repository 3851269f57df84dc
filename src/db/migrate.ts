import { readdir, readFile } from 'node:fs/promises';
import { CompiledQuery, type Kysely } from 'kysely';
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration';
import type { Db } from './database.ts';
import { codeOf, DatabaseFailure, reasonOf } from './failure.ts';
import { createSchema, keepWritersOut, whoAsks } from './schema.sql.ts';

const FOLDER = new URL('../../migrations/', import.meta.url);

/**
 * Brings the database to the newest schema and returns the names of the migrations that this call ran,
 * in order. Any number of processes may call it at once: one migrates, the others wait for it.
 * Throws the first failing migration's error, with nothing of that run kept, and a DatabaseFailure where the role may
 * not make what it needs.
 */
export async function migrate(db: Db): Promise<string[]> {
  try {
    await createSchema(db);
    return await runMigrations(db);
  } catch (error) {
    throw codeOf(error) === INSUFFICIENT_PRIVILEGE ? await notAllowed(db, error) : error;
  }
}

const INSUFFICIENT_PRIVILEGE = '42501';

async function notAllowed(db: Db, error: unknown): Promise<DatabaseFailure> {
  const { role, database } = await whoAsks(db);
  return new DatabaseFailure(
    `The role "${role}" cannot set up Sequitur in the database "${database}": ${reasonOf(error)}. Give it a schema of ` +
      `its own there: CREATE SCHEMA sequitur AUTHORIZATION "${role}".`,
    { cause: error },
  );
}

async function runMigrations(db: Db): Promise<string[]> {
  const migrator = new Migrator({
    db,
    provider: sqlFiles,
    migrationTableSchema: 'sequitur',
    migrationTableName: 'migrations',
    migrationLockTableName: 'migrations_lock',
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error) throw error;
  return results.map((result) => result.migrationName);
}

// Numbered SQL files. A file's text goes to the server as it is, many statements in one call.
const sqlFiles: MigrationProvider = {
  async getMigrations() {
    const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort();
    const entries = names.map(async (name) => [name.replace(/\.sql$/, ''), await fromFile(name)] as const);
    return Object.fromEntries(await Promise.all(entries));
  },
};

async function fromFile(name: string): Promise<Migration> {
  const text = await readFile(new URL(name, FOLDER), 'utf8');
  return {
    async up(db: Kysely<unknown>) {
      await keepWritersOut(db);
      await db.executeQuery(CompiledQuery.raw(text));
    },
  };
}
