import { type QueryExecutorProvider, sql } from 'kysely';
import type { Db, Tx } from './database.ts';
import { openGate } from './transaction.ts';

/**
 * Runs `work` in one REPEATABLE READ, read-only transaction, so that all its reads see one moment. What it starts
 * first goes to the server together with the transaction's beginning, and the answer does not wait for its end: there
 * is nothing to be lost, and each wait is a fifth of a short answer. The connection does: nobody else is given it
 * before the server has said that its snapshot is closed.
 */
export function inSnapshot<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const used = db.connection().execute(async (connection) => {
    const behindTheGate = connection.getExecutor();
    // A connection with a transaction open on it is all that a Tx is to those who only read.
    const tx = connection as Tx;
    const gate = await openGate(tx);
    const begun = sql`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`.execute(tx);
    await Promise.all([work(tx), begun]).then(([answer]) => resolve(answer), reject);
    gate.close();
    await end({ getExecutor: () => behindTheGate });
  });
  // Either there was no connection to be had, or the answer is given and the pool will find that this one is broken.
  used.catch(reject);
  return promise;
}

/** After what has failed COMMIT is a ROLLBACK by itself. */
async function end(connection: QueryExecutorProvider): Promise<void> {
  try {
    await sql`COMMIT`.execute(connection);
  } catch {
    await sql`ROLLBACK`.execute(connection);
  }
}
