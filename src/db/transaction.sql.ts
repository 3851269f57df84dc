import { type QueryExecutorProvider, type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from './database.ts';

/**
 * Runs `work` in one transaction, READ COMMITTED and writing. Statements that `work` starts together (Promise.all) go
 * to the server together, in the order in which they were started, and their answers come back together; the first
 * ones go with the transaction's beginning. Once `work` has failed, no statement of it can be sent any more.
 *
 * None of it is so in Kysely's own transactions. They keep statements waiting for the answer to the one before. And
 * when one of several fails, those still waiting are sent after the ROLLBACK, where each commits by itself: a
 * counter without its row.
 *
 * Should the beginning itself fail (cancelled at that very moment, say), what `work` started with it is carried out
 * alone, and nothing after it is. So that must be right by itself: reads, or one statement that is the whole change.
 */
export async function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  refuseNested(db);
  return db.connection().execute(async (connection) => {
    const transaction = await open(connection);
    try {
      const answer = await transaction.run(sql`BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE`, work);
      await commit(transaction);
      return answer;
    } catch (error) {
      // Where this fails too, the connection is broken, and the server rolls back by itself.
      await sql`ROLLBACK`.execute(transaction).catch(() => {});
      throw error;
    }
  });
}

/**
 * Runs `work` in one REPEATABLE READ, read-only transaction, so that all its reads see one moment. What it starts
 * first goes to the server together with the transaction's beginning, and the answer does not wait for its end: there
 * is nothing to be lost, and each wait is a fifth of a short answer. The connection does: nobody else is given it
 * before the server has said that its snapshot is closed.
 */
export async function inSnapshot<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  refuseNested(db);
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const used = db.connection().execute(async (connection) => {
    const transaction = await open(connection);
    const answer = transaction.run(sql`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`, work);
    await answer.then(resolve, reject);
    // After what has failed COMMIT is a ROLLBACK by itself.
    await sql`COMMIT`.execute(transaction).catch(() => sql`ROLLBACK`.execute(transaction));
  });
  // Either there was no connection to be had, or the answer is given and the pool will find that this one is broken.
  used.catch(reject);
  return promise;
}

// PostgreSQL would only warn of a second BEGIN, and the inner COMMIT would end the outer transaction half done.
function refuseNested(db: Db): void {
  if (db.isTransaction) throw new Error('This is inside a transaction already.');
}

/** A connection, beside what `run` lets be said on it. */
type Transaction = QueryExecutorProvider & {
  /** Sends `begin` and, without waiting for its answer, what `work` starts. Afterwards `work` can say no more. */
  run: <T>(begin: RawBuilder<unknown>, work: (tx: Tx) => Promise<T>) => Promise<T>;
};

async function open(connection: Db): Promise<Transaction> {
  const queueing = connection.getExecutor();
  const driver = await queueing.provideConnection(async (provided) => provided);
  let isOpen = true;
  // It does not queue: the driver does, and it pipelines.
  const executor = queueing.withConnectionProvider({
    // Async, and yet `consumer` begins before it returns: statements keep the order in which they were started.
    async provideConnection(consumer) {
      if (!isOpen) throw new Error('This transaction has ended: it takes no more statements.');
      return consumer(driver);
    },
  });
  // A connection with a transaction open on it, and with these, is all that a Tx is to those who use it.
  Object.defineProperties(connection, {
    getExecutor: { value: () => executor },
    isTransaction: { value: true },
  });
  const tx = connection as Tx;
  return {
    getExecutor: () => queueing,
    run: async (begin, work) => {
      const end = () => {
        isOpen = false;
      };
      const begun = begin.execute(tx);
      begun.catch(end);
      try {
        const [, answer] = await Promise.all([begun, work(tx)]);
        return answer;
      } finally {
        end();
      }
    },
  };
}

/** Throws where a statement has failed and `work` went on all the same: the server rolls back then, and says so. */
async function commit(transaction: Transaction): Promise<void> {
  const { rows } = await sql<{ command?: string }>`COMMIT`.execute(transaction);
  if (rows[0]?.command !== 'COMMIT')
    throw new Error('A statement of this transaction has failed, so all of it was rolled back.');
}
