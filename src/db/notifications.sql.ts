import { sql } from 'kysely';
import type pg from 'pg';
import type { Db } from './database.ts';

/** What a process says to all that listen: which `values` of which topics changed. */
export type Message = { from: string; said: { topic: string; values: string[] }[] };

/** Begins to hear what `notify` says. Where that has begun, it changes nothing. */
export async function listen(client: pg.Client): Promise<void> {
  await client.query('LISTEN sequitur');
}

/** Says a message, as JSON of less than 8,000 bytes, to all sessions that listen. */
export async function notify(db: Db, message: Message): Promise<void> {
  await sql`SELECT pg_notify('sequitur', ${JSON.stringify(message)})`.execute(db);
}
