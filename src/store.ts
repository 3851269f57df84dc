import type pg from 'pg';
import type { Config } from './config.ts';
import { closeDatabase, type Db, openDatabase } from './db/database.ts';
import { startEmbedded } from './db/embedded/embedded.ts';

/** The database as a process uses it. */
export type Store = {
  db: Db;
  connection: string | pg.PoolConfig;
  /** Closes the connections, and the embedded server unless another process uses it. */
  close(): Promise<void>;
};

/**
 * Opens the database that the configuration names: a server, or the embedded one, started when it is not up.
 * Throws the signal's reason when that aborts meanwhile.
 */
export async function openStore(
  { databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>,
  log: (line: string) => void,
  signal?: AbortSignal,
): Promise<Store> {
  if (databaseUrl) {
    const db = openDatabase(databaseUrl);
    return { db, connection: databaseUrl, close: () => closeDatabase(db) };
  }
  const embedded = await startEmbedded({ dataDir, log, ...(signal && { signal }) });
  const db = openDatabase(embedded.connection);
  return {
    db,
    connection: embedded.connection,
    async close() {
      await closeDatabase(db);
      await embedded.stop();
    },
  };
}
