import pg from 'pg';

export type QueryResult = { columns: string[]; rows: Record<string, unknown>[] };

/**
 * Runs one query that somebody typed, in a read-only transaction with the schema on its search path. Throws what
 * PostgreSQL says.
 */
export async function queryReadOnly(
  connection: string | pg.ClientConfig,
  query: string,
): Promise<QueryResult> {
  const client = new pg.Client(connection);
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query('SET LOCAL search_path = sequitur, public');
    // The extended protocol takes one statement: by the simple one, "COMMIT; DELETE ..." would leave the transaction.
    const statement = { text: query, queryMode: 'extended' };
    const { fields, rows } = await client.query<Record<string, unknown>>(statement);
    return { columns: fields.map(({ name }) => name), rows };
  } finally {
    await client.end().catch(() => {});
  }
}
