import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { startEmbedded } from '../../src/db/embedded/embedded.ts';
import { newId } from '../../src/lib/uuid.ts';
import type { BenchContext } from './bench.ts';
import { createDatabase, dropDatabase, readServerFacts, type ServerFacts } from './postgres.sql.ts';

export type BenchServer = {
  /** The server's version, and whether its commits are durable. */
  facts: ServerFacts;
  /** Makes a database, empty or a copy of `from`, on which no pool may be open. It goes with the benchmark. */
  makeDatabase: (from?: BenchDatabase) => Promise<BenchDatabase>;
};

export type BenchDatabase = {
  name: string;
  /** What DATABASE_URL has to be for a process that is to use it. */
  url: string;
  /** A pool of `connections` on it. Destroy it, or leave that to the end of the benchmark. */
  open: (connections: number) => Db;
};

/**
 * A PostgreSQL for one benchmark: the embedded one in a directory of its own, durable as it is for users, or the
 * server that the context names. Nothing of it remains afterwards.
 */
export async function startServer(context: BenchContext): Promise<BenchServer> {
  const { databaseUrl } = context;
  const connect = databaseUrl ? inUrl(databaseUrl) : await embedded(context);
  const root = openDatabase(connect(), { max: 1 });
  context.afterwards(() => root.destroy());
  return {
    facts: await readServerFacts(root),
    makeDatabase: async (from) => {
      const name = `sequitur_bench_${newId().replaceAll('-', '')}`;
      context.afterwards(() => dropDatabase(root, name));
      await createDatabase(root, name, from?.name);
      const open = (connections: number) => {
        const db = openDatabase(connect(name), { max: connections, applicationName: 'sequitur bench' });
        context.afterwards(() => db.destroy());
        return db;
      };
      return { name, url: urlOf(connect(name)), open };
    },
  };
}

/** Settings for `pg` of a database; of the one that the server was named with where none is given. */
type Connect = (database?: string) => pg.PoolConfig;

async function embedded({ afterwards, progress, signal }: BenchContext): Promise<Connect> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sequitur-bench-'));
  afterwards(() => rm(dataDir, { recursive: true, force: true }));
  const server = await startEmbedded({ dataDir, log: progress, signal });
  afterwards(() => server.stop());
  return (database = server.connection.database) => ({ ...server.connection, database });
}

function inUrl(url: string): Connect {
  return (database) => {
    const named = new URL(url);
    if (database !== undefined) named.pathname = `/${database}`;
    return { connectionString: named.href };
  };
}

function urlOf({ connectionString, host = '', port, user, database }: pg.PoolConfig): string {
  return (
    connectionString ?? `postgres://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`
  );
}
