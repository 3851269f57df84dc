import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PoolConfig } from 'pg';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/db/database.ts';
import { prepareDatabase } from '../../src/ledger/prepare.ts';
import { newId } from '../../src/lib/uuid.ts';
import { createDatabase, dropDatabase } from './databases.sql.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server as the application uses it. */
    server: PoolConfig;
    /** The server as whoever makes and drops databases uses it. */
    root: PoolConfig;
    template: string;
  }
}

/**
 * One PostgreSQL for the whole run, with a migrated template that each test file copies. TEST_DATABASE_URL
 * names another server (its user may create databases), to run the tests on PostgreSQL 15 to 18.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { server, root: asRoot, stop } = await startServer();
  const root = openDatabase(asRoot, { max: 1 });
  const name = `template_${newId().replaceAll('-', '')}`;
  await createDatabase(root, { name, owner: String(server.user) });
  const template = openDatabase({ ...server, database: name });
  await prepareDatabase(template, { timeZone: 'Europe/Berlin' });
  await template.destroy();
  project.provide('server', server);
  project.provide('root', asRoot);
  project.provide('template', name);
  return async () => {
    await dropDatabase(root, name);
    await root.destroy();
    await stop();
  };
}

type Server = { server: PoolConfig; root: PoolConfig; stop: () => Promise<void> };

async function startServer(): Promise<Server> {
  const url = process.env.TEST_DATABASE_URL;
  if (url) {
    const { hostname, searchParams, username, password, port, pathname } = new URL(url);
    const host = searchParams.get('host') ?? hostname;
    const server = {
      host,
      user: username,
      password,
      port: Number(port || 5432),
      database: pathname.slice(1),
    };
    return { server, root: server, stop: async () => {} };
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'sequitur-test-'));
  const { startEmbedded } = await import('../../src/db/embedded/embedded.ts');
  const embedded = await startEmbedded({ dataDir, log: () => {} });
  return {
    server: { ...embedded.connection },
    // Only a superuser may end an autovacuum that is looking at a database which is to be dropped.
    root: { ...embedded.connection, user: 'postgres', database: 'postgres' },
    stop: async () => {
      await embedded.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
