import type pg from 'pg';
import type { Config } from './config.ts';
import { closeDatabase, type Db, openDatabase } from './db/database.ts';
import { type EmbeddedOptions, startEmbedded } from './db/embedded/embedded.ts';
import { assertUsable } from './db/server.ts';

/** The database as a process uses it. */
export type Store = {
  db: Db;
  connection: string | pg.PoolConfig;
  /**
   * Writes to the embedded server's data files what is not in them yet, so that `close` takes no longer after much
   * writing. A server of somebody else's is not stopped by us, so it is left to itself.
   */
  checkpoint(): Promise<void>;
  /** Closes the connections, and the embedded server unless another process uses it. */
  close(): Promise<void>;
};

export type StoreOptions = Pick<EmbeddedOptions, 'log' | 'warn'> & { signal?: AbortSignal };

/**
 * Opens the database that the configuration names: a server, or the embedded one, started when it is not up.
 * Throws a DatabaseFailure where it cannot be used, and the signal's reason when that aborts meanwhile.
 */
export async function openStore(
  { databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>,
  { log, warn, signal }: StoreOptions,
): Promise<Store> {
  if (databaseUrl) {
    await assertUsable(databaseUrl, signal);
    const db = openDatabase(databaseUrl);
    return { db, connection: databaseUrl, checkpoint: async () => {}, close: () => closeDatabase(db) };
  }
  const embedded = await startEmbedded({ dataDir, log, warn, ...(signal && { signal }) });
  const db = openDatabase(embedded.connection);
  return {
    db,
    connection: embedded.connection,
    checkpoint: () => embedded.checkpoint(),
    async close() {
      await closeDatabase(db);
      await embedded.stop();
    },
  };
}
