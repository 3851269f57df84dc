import { setTimeout as wait } from 'node:timers/promises';
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

const CONNECT_MS = 10_000;

export type PoolOptions = { max?: number; applicationName?: string };

/**
 * Opens a pool on `connection` (a postgres:// URL, or pg's own settings for a Unix socket).
 * Connections hold no session state, so a transaction-pooling PgBouncer may stand in between.
 */
export function openDatabase(connection: string | pg.PoolConfig, options: PoolOptions = {}): Db {
  const settings = typeof connection === 'string' ? { connectionString: connection } : connection;
  const pool = new pg.Pool({
    max: options.max ?? 12,
    application_name: options.applicationName ?? 'sequitur',
    // A server that says nothing is given up, and one that has vanished is noticed.
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    // What `inTransaction` starts together is sent together.
    pipeline: true,
    ...settings,
  });
  // A connection that breaks fails the query that it is at, and is replaced at the next one. It says so by an event
  // as well, which would end the process if nobody listened: the pool listens on idle connections only.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
}

// A pool ends when every query has; a long one must not keep the process from stopping.
const CLOSE_MS = 300;

/** Closes the pool; resolves within a moment, also when a query of it is still under way. */
export async function closeDatabase(db: Db): Promise<void> {
  await Promise.race([db.destroy(), wait(CLOSE_MS, undefined, { ref: false })]);
}

/** Whether `db` answers. Throws what the driver throws when it does not. */
export async function ping(db: Db): Promise<void> {
  await db.executeQuery(CompiledQuery.raw('SELECT 1'));
}
