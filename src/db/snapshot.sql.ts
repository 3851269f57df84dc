import { sql } from 'kysely';
import type { Db, Tx } from './database.ts';
import { openGate } from './transaction.ts';

/**
 * Runs `work` in one REPEATABLE READ, read-only transaction, so that all its reads see one moment. What it starts
 * first goes to the server together with the transaction's beginning, and its end is not waited for: there is
 * nothing to be lost, and each wait is a fifth of a short answer. The connection's next statements queue behind.
 */
export function inSnapshot<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.connection().execute(async (connection) => {
    // A connection with a transaction open on it is all that a Tx is to those who only read.
    const tx = connection as Tx;
    const gate = await openGate(tx);
    const begun = sql`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`.execute(tx);
    try {
      const [answer] = await Promise.all([work(tx), begun]);
      return answer;
    } finally {
      sql`COMMIT`.execute(tx).catch(() => {}); // a broken connection says so to whoever uses it next
      gate.close();
    }
  });
}
