import { sql } from 'kysely';
import type pg from 'pg';
import type { Db } from './database.ts';

/** Begins to hear what `notify` says. */
export async function listen(client: pg.Client): Promise<void> {
  await client.query('LISTEN sequitur');
}

/** Says a message, as JSON, to all sessions that listen. */
export async function notify(db: Db, message: object): Promise<void> {
  await sql`SELECT pg_notify('sequitur', ${JSON.stringify(message)})`.execute(db);
}
