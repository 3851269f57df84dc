import type { PoolConfig } from 'pg';
import { afterAll, inject } from 'vitest';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { newId } from '../../src/lib/uuid.ts';
import { createDatabase, dropDatabase } from './databases.sql.ts';

export type TestDatabase = { db: Db; connection: PoolConfig };

/**
 * A database of the calling file's own, migrated, with 32 lanes and a calendar in Europe/Berlin.
 * Call it once at the top of a file (`const { db } = await setup()`); it is dropped when the file is done.
 */
export async function setup(): Promise<TestDatabase> {
  const server = inject('server');
  const name = `test_${newId().replaceAll('-', '')}`;
  const root = openDatabase(inject('root'), { max: 1 });
  await createDatabase(root, { name, owner: String(server.user), template: inject('template') });
  const connection = { ...server, database: name };
  const db = openDatabase(connection);
  afterAll(async () => {
    await db.destroy();
    await dropDatabase(root, name);
    await root.destroy();
  });
  return { db, connection };
}
