import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';

/** Marks a contact as unsubscribed since `now`, or as subscribed. Who is so already keeps the earlier moment. */
export async function setUnsubscribed(
  tx: Tx,
  lane: number,
  contactId: string,
  now: Date,
  unsubscribed = true,
): Promise<void> {
  const since = unsubscribed ? sql`coalesce(unsubscribed_at, ${now}::timestamptz)` : sql`NULL`;
  await sql`
    UPDATE sequitur.contacts SET unsubscribed_at = ${since}, updated_at = ${now}
    WHERE lane = ${lane} AND id = ${contactId}`.execute(tx);
}
