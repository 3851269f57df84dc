import { sql } from 'kysely';
import { arrayOf, type ElementType } from '../db/arrays.sql.ts';
import type { Db, Tx } from '../db/database.ts';
import { NORMALISATION } from './address.ts';
import type { Contact } from './directory.ts';

export type Located = { email_key: Buffer; contact_lane: number; contact_id: string };

/** Where the contacts of these address keys live. In no order; unknown addresses are missing. */
export async function findByAddress(tx: Tx, lane: number, keys: Buffer[]): Promise<Located[]> {
  const { rows } = await sql<Located>`
    SELECT email_key, contact_lane, contact_id
    FROM sequitur.contact_emails
    WHERE lane = ${lane} AND email_key = ANY(${arrayOf(keys, 'bytea')})`.execute(tx);
  return rows;
}

/** Contacts of this lane by id. In no order; those that do not exist are missing. */
export async function readContacts(tx: Db, lane: number, ids: string[]): Promise<Contact[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<Contact>`
    SELECT lane, id, email, name, external_user_id, properties, time_zone, unsubscribed_at, suppressed_at,
           suppressed_reason, erased_at
    FROM sequitur.contacts
    WHERE lane = ${lane} AND id = ANY(${arrayOf(ids, 'uuid')})`.execute(tx);
  return rows;
}

/** Makes contacts and their directory entries. `keys` holds the address key of each one's address. */
export async function insertContacts(
  tx: Tx,
  lane: number,
  contacts: Contact[],
  keys: Map<string, Buffer>,
  now: Date,
): Promise<void> {
  if (contacts.length === 0) return;
  const ids = column(contacts, 'id', 'uuid');
  const emails = contacts.map((contact) => contact.email);
  const emailKeys = emails.map((email) => keys.get(email));
  await Promise.all([
    sql`
      INSERT INTO sequitur.contacts (lane, id, email, name, external_user_id, properties, created_at, updated_at)
      SELECT ${lane}::smallint, id, email, name, external_user_id, properties, ${now}::timestamptz, ${now}::timestamptz
      FROM unnest(${ids}, ${arrayOf(emails, 'text')}, ${column(contacts, 'name', 'text')},
                  ${column(contacts, 'external_user_id', 'text')}, ${column(contacts, 'properties', 'jsonb')})
        AS new (id, email, name, external_user_id, properties)`.execute(tx),
    sql`
      INSERT INTO sequitur.contact_emails (lane, email_key, contact_lane, contact_id, normalisation, created_at)
      SELECT ${lane}::smallint, email_key, ${lane}::smallint, contact_id, ${NORMALISATION}::smallint, ${now}::timestamptz
      FROM unnest(${arrayOf(emailKeys, 'bytea')}, ${ids})
        AS new (email_key, contact_id)`.execute(tx),
  ]);
}

/** Writes name and user id of contacts as they stand in `contacts`. */
export async function updateContacts(tx: Tx, lane: number, contacts: Contact[], now: Date): Promise<void> {
  if (contacts.length === 0) return;
  await sql`
    UPDATE sequitur.contacts c
    SET name = new.name, external_user_id = new.external_user_id, updated_at = ${now}
    FROM unnest(${column(contacts, 'id', 'uuid')}, ${column(contacts, 'name', 'text')},
                ${column(contacts, 'external_user_id', 'text')})
      AS new (id, name, external_user_id)
    WHERE c.lane = ${lane} AND c.id = new.id`.execute(tx);
}

function column(contacts: Contact[], name: keyof Contact, type: ElementType) {
  return arrayOf(
    contacts.map((contact) => contact[name]),
    type,
  );
}
