import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { ContactQuery, ContactRecord } from './contacts.ts';

const COLUMNS = sql.raw(`lane, id, email, name, external_user_id, properties, time_zone, unsubscribed_at,
  suppressed_at, suppressed_reason, erased_at, created_at, updated_at`);

/**
 * The contact of this id, looked for in every lane; undefined where there is none. The lanes are named, since
 * the key begins with the lane: without them every contact is read (at a million 100 ms, against 0.3 ms).
 */
export async function selectContact(db: Db, id: string): Promise<ContactRecord | undefined> {
  const { rows } = await sql<ContactRecord>`
    SELECT ${COLUMNS} FROM sequitur.contacts
    WHERE lane = ANY(ARRAY(SELECT lane FROM sequitur.lanes)) AND id = ${id}`.execute(db);
  return rows[0];
}

/** The contact of this id in its lane, which the transaction has locked; undefined where there is none. */
export async function selectContactIn(tx: Tx, lane: number, id: string): Promise<ContactRecord | undefined> {
  const { rows } = await sql<ContactRecord>`
    SELECT ${COLUMNS} FROM sequitur.contacts WHERE lane = ${lane} AND id = ${id}`.execute(tx);
  return rows[0];
}

/**
 * Newest first, after `query.after` where that is given, without erased ones; empty at the end of the list.
 * A search that finds nobody reads every contact: 0.3 s at a million. A full-text index on names would not
 * help, since no plan combines it with the order.
 */
export async function selectContacts(
  db: Db,
  { search, after, limit }: ContactQuery,
): Promise<ContactRecord[]> {
  const { rows } = await sql<ContactRecord>`
    SELECT ${COLUMNS} FROM sequitur.contacts
    WHERE erased_at IS NULL AND ${search ? found(search) : sql`true`} AND ${after ? older(after) : sql`true`}
    ORDER BY created_at DESC, id DESC
    LIMIT ${limit}`.execute(db);
  return rows;
}

/** Writes what an edit may change. */
export async function updateContact(tx: Tx, contact: ContactRecord): Promise<void> {
  await sql`
    UPDATE sequitur.contacts
    SET name = ${contact.name}, external_user_id = ${contact.external_user_id},
        properties = ${JSON.stringify(contact.properties)}::jsonb, time_zone = ${contact.time_zone},
        unsubscribed_at = ${contact.unsubscribed_at}, suppressed_at = ${contact.suppressed_at},
        suppressed_reason = ${contact.suppressed_reason}, updated_at = ${contact.updated_at}
    WHERE lane = ${contact.lane} AND id = ${contact.id}`.execute(tx);
}

function found(search: string) {
  const literal = search.replace(/[\\%_]/g, '\\$&');
  return sql`(email LIKE ${`${literal.toLowerCase()}%`} OR external_user_id = ${search}
              OR name ILIKE ${`%${literal}%`})`;
}

function older({ created_at, id }: NonNullable<ContactQuery['after']>) {
  return sql`(created_at, id) < (${created_at}::timestamptz, ${id}::uuid)`;
}
