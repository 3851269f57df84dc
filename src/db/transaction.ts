import type { QueryExecutor } from 'kysely';
import type { Db, Tx } from './database.ts';

/**
 * Runs `work` in one transaction, READ COMMITTED and writing. Statements that
 * `work` starts together (Promise.all) go to the server together, in the order in which they were started, and
 * their answers come back together. Once `work` has failed, no statement of it can be sent any more.
 *
 * Neither is so in Kysely's own transactions. They keep statements waiting for the answer to the one before. And
 * when one of several fails, those still waiting are sent after the ROLLBACK, where each commits by itself: a
 * counter without its row.
 */
export function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (tx) => {
    const gate = await openGate(tx);
    try {
      return await work(tx);
    } finally {
      gate.close();
    }
  });
}

/** Gives `tx` an executor that does not queue: the driver does, and it pipelines. Takes nothing once it is closed. */
export async function openGate(tx: Tx): Promise<{ close: () => void }> {
  const queueing = tx.getExecutor();
  const connection = await queueing.provideConnection(async (connection) => connection);
  let open = true;
  const executor: QueryExecutor = queueing.withConnectionProvider({
    // Async, and yet `consumer` begins before it returns: statements keep the order in which they were started.
    async provideConnection(consumer) {
      if (!open) throw new Error('This transaction has ended: it takes no more statements.');
      return consumer(connection);
    },
  });
  Object.defineProperty(tx, 'getExecutor', { value: () => executor });
  return {
    close: () => {
      open = false;
    },
  };
}
