import { CompiledQuery, Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import type { DB } from './generated/schema.ts';

/** The handle that every function touching data takes as its first argument: the pool or an open transaction. */
export type Db = Kysely<DB>;
/** A handle that is certain to be inside a transaction. */
export type Tx = Transaction<DB>;

const { types } = pg;

// int8 as a number: counts and sizes here stay far below 2^53.
types.setTypeParser(types.builtins.INT8, Number);
// A reporting day is a calendar day, not an instant: kept as 'YYYY-MM-DD'.
types.setTypeParser(types.builtins.DATE, (text) => text);

export type PoolOptions = { max?: number; applicationName?: string };

/**
 * Opens a pool on `connection` (a postgres:// URL, or pg's own settings for a Unix socket).
 * Connections hold no session state, so a transaction-pooling PgBouncer may stand in between.
 */
export function openDatabase(connection: string | pg.PoolConfig, options: PoolOptions = {}): Db {
  const settings = typeof connection === 'string' ? { connectionString: connection } : connection;
  const pool = new pg.Pool({
    max: options.max ?? 16,
    application_name: options.applicationName ?? 'sequitur',
    ...settings,
  });
  // An idle connection that breaks is replaced at the next query; without a listener it would end the process.
  pool.on('error', () => {});
  return new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
}

/**
 * Runs `work` in one REPEATABLE READ, read-only transaction, so that all its reads see one moment.
 * For analytics answers; writes go through `inLane`.
 */
export function inSnapshot<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work);
}

/** Whether `db` answers. Throws what the driver throws when it does not. */
export async function ping(db: Db): Promise<void> {
  await db.executeQuery(CompiledQuery.raw('SELECT 1'));
}
