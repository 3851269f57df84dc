import type { PoolConfig } from 'pg';
import { inject, onTestFinished } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { newId } from '../../src/lib/uuid.ts';
import { createDatabase, dropDatabase } from '../support/databases.sql.ts';

/** A database of the server that the tests use, as `DATABASE_URL` names it. */
export function urlOf({
  host = '',
  port = 5432,
  user = '',
  password = '',
  database = '',
}: PoolConfig): string {
  const secret = typeof password === 'string' && password ? `:${encodeURIComponent(password)}` : '';
  const at = host.startsWith('/')
    ? `localhost:${port}/${database}?host=${encodeURIComponent(host)}`
    : `${host}:${port}/${database}`;
  return `postgres://${encodeURIComponent(user)}${secret}@${at}`;
}

/** A database without anything in it, dropped when the test is finished. */
export async function anEmptyDatabase(): Promise<string> {
  const server = inject('server');
  const root = openDatabase(inject('root'), { max: 1 });
  const name = `test_${newId().replaceAll('-', '')}`;
  await createDatabase(root, { name, owner: String(server.user) });
  onTestFinished(async () => {
    await dropDatabase(root, name);
    await root.destroy();
  });
  return urlOf({ ...server, database: name });
}
