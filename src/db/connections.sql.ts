import { type PostgresPool, type PostgresPoolClient, type RawBuilder, sql } from 'kysely';
import type pg from 'pg';
import { getOrMake } from '../lib/get_or_make.ts';

const MARK = '/* prepared */';

/**
 * The beginning of a statement that is asked often and is short: a connection has it parsed and planned once, which
 * takes as long as it does. After a few times the plan is made without its parameters, so it has to be one that is
 * right for all of them: look at `EXPLAIN (GENERIC_PLAN)`.
 */
export const prepared: RawBuilder<unknown> = sql.raw(MARK);

/**
 * The connections of `pool`, as Kysely asks them. A statement that takes longer than `answerMs` fails with its
 * connection: the system notices a server that falls silent in the middle of one after a quarter of an hour only.
 */
export function connectionsOf(pool: pg.Pool, answerMs: number | undefined): PostgresPool {
  const connections = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  const direct = new WeakSet<pg.PoolClient>();
  pool.on('connect', (client) => markIfDirect(client, direct));
  const open = (client: pg.PoolClient): PostgresPoolClient => {
    const query = (text: string, values: readonly unknown[]) =>
      ask(client, { text, values: [...values], ...(direct.has(client) && nameOf(text)) }, answerMs);
    // Kysely knows cursors too, and asks with them where it was given a class of them: it was not.
    return {
      query: query as unknown as PostgresPoolClient['query'],
      release: (destroy) => client.release(destroy),
    };
  };
  return {
    options: pool.options,
    connect: async () => {
      const client = await pool.connect();
      return getOrMake(connections, client, () => open(client));
    },
    end: () => pool.end(),
  };
}

/**
 * The driver's own promises, and its own limit of time, have each answer outlive the collection of young memory: once
 * old, it keeps the next ones. Collecting took 12 to 20 ms each time with them, and 2 to 4 ms without (Node 24).
 */
function ask(
  client: pg.PoolClient,
  query: pg.QueryConfig,
  answerMs: number | undefined,
): Promise<pg.QueryResult> {
  return new Promise((resolve, reject) => {
    const tooLate = answerMs && setTimeout(() => giveUp(client, reject), answerMs);
    client.query(query, (error, result) => {
      if (tooLate) clearTimeout(tooLate);
      if (error) reject(error);
      else resolve(result);
    });
  });
}

function giveUp(client: pg.PoolClient, reject: (error: Error) => void): void {
  reject(new Error('Query read timeout'));
  client.connection.stream.destroy();
}

/**
 * A pooler that gives each transaction another server, as PgBouncer does, would have a statement prepared on one and
 * asked for on another. It needs keys of its own for cancelling, so the process that it names is not the server's.
 */
function markIfDirect(client: pg.PoolClient, direct: WeakSet<pg.PoolClient>): void {
  const { processID } = client as { processID?: number };
  client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid', (error, result) => {
    if (!error && result.rows[0]?.pid === processID) direct.add(client);
  });
}

const names = new Map<string, { name: string }>();

/** The name under which a connection knows a prepared statement; nothing where it is none. */
function nameOf(text: string): { name: string } | undefined {
  if (!text.startsWith(MARK)) return undefined;
  return getOrMake(names, text, () => ({ name: `sequitur_${names.size + 1}` }));
}
