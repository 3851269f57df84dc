import { setTimeout as wait } from 'node:timers/promises';
import { CompiledQuery, Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import { connectionsOf } from './connections.sql.ts';
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

/** How every connection is watched: a server that does not let us in is given up, and one that vanishes is noticed. */
export const WATCHED = {
  connectionTimeoutMillis: 10_000,
  keepAlive: true,
  // Without it the system waits for two hours before it looks.
  keepAliveInitialDelayMillis: 10_000,
} as const satisfies pg.ClientConfig;

export type PoolOptions = {
  max?: number;
  applicationName?: string;
  /**
   * How long a statement may take in ms, its waiting for locks included; then it fails, and its connection is given
   * up. The system notices a server that falls silent in the middle of a statement after a quarter of an hour only.
   * Without, a statement may take as long as it likes.
   */
  answerMs?: number;
};

/**
 * Opens a pool on `connection` (a postgres:// URL, or pg's own settings for a Unix socket).
 * Connections hold no session state but statements that are prepared where nothing stands in between, so a
 * transaction-pooling PgBouncer may.
 */
export function openDatabase(connection: string | pg.PoolConfig, options: PoolOptions = {}): Db {
  const settings = typeof connection === 'string' ? { connectionString: connection } : connection;
  const pool = new pg.Pool({
    max: options.max ?? 12,
    application_name: options.applicationName ?? 'sequitur',
    // Longer than between two looks of anything that looks again and again: or each would connect anew.
    idleTimeoutMillis: 30_000,
    ...WATCHED,
    // What `inTransaction` starts together is sent together.
    pipeline: true,
    ...settings,
  });
  // A connection that breaks fails the query that it is at, and is replaced at the next one. It says so by an event
  // as well, which would end the process if nobody listened: the pool listens on idle connections only.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  // One whose statement took too long is torn down, and says so too late to keep the pool from giving it to the next.
  // And one whose transaction could not be ended would take the next one's writes into it.
  pool.on('release', (_error, client) => {
    if (client.connection.stream.destroyed || client.getTransactionStatus() !== 'I') void client.end();
  });
  return new Kysely<DB>({ dialect: new PostgresDialect({ pool: connectionsOf(pool, options.answerMs) }) });
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

/** Whether `db` answers, now. */
export function isUp(db: Db): Promise<boolean> {
  return ping(db).then(
    () => true,
    () => false,
  );
}
