import { sql } from 'kysely';
import { arrayOf } from '../db/arrays.sql.ts';
import type { Tx } from '../db/database.ts';

/**
 * Stops all mail to these contacts. One that is stopped already keeps its date and reason, but that a complaint
 * replaces a bounce: an address can be repaired, and what its owner has said stays said.
 */
export async function suppressContacts(
  tx: Tx,
  lane: number,
  contacts: { contact_id: string; at: Date }[],
  reason: 'bounced' | 'complained',
): Promise<void> {
  if (contacts.length === 0) return;
  const ids = arrayOf(
    contacts.map((contact) => contact.contact_id),
    'uuid',
  );
  const instants = arrayOf(
    contacts.map((contact) => contact.at),
    'timestamptz',
  );
  await sql`
    UPDATE sequitur.contacts c SET suppressed_at = new.at, suppressed_reason = ${reason}, updated_at = new.at
    FROM (
      SELECT DISTINCT ON (id) id, at FROM unnest(${ids}, ${instants}) AS n (id, at) ORDER BY id, at
    ) new
    WHERE c.lane = ${lane} AND c.id = new.id
      AND (c.suppressed_at IS NULL OR (c.suppressed_reason = 'bounced' AND ${reason} = 'complained'))`.execute(
    tx,
  );
}
