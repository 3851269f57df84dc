import { isDeepStrictEqual } from 'node:util';
import type { Db, Tx } from '../db/database.ts';
import { inLane } from '../db/lanes.ts';
import { addressKey } from './address.ts';
import { selectContact, selectContactIn, selectContacts, updateContact } from './contacts.sql.ts';
import { findByAddress } from './directory.sql.ts';
import { type Contact, type Directory, resolveContacts } from './directory.ts';
import { mergeProperties, type TooLarge, tooLarge } from './properties.ts';

/** Everything kept about a contact. `time_zone` is an IANA name. */
export type ContactRecord = Contact & { time_zone: string | null; created_at: Date; updated_at: Date };

/** One page of contacts. `search` is the beginning of an address, part of a name, or a whole user id. */
export type ContactQuery = {
  search?: string | undefined;
  /** The last contact of the page before. */
  after?: { created_at: Date; id: string } | undefined;
  limit: number;
};

/** Newest first, without erased ones; empty at the end of the list. */
export function listContacts(db: Db, query: ContactQuery): Promise<ContactRecord[]> {
  return selectContacts(db, query);
}

/** The contact of this id; undefined where there is none. */
export function findContact(db: Db, id: string): Promise<ContactRecord | undefined> {
  return selectContact(db, id);
}

/**
 * Runs `work` with a contact in one transaction under its lane's lock, and answers what `work` did; undefined
 * where there is no such contact.
 */
export async function withContact<T>(
  db: Db,
  id: string,
  work: (tx: Tx, contact: ContactRecord) => Promise<T>,
): Promise<T | undefined> {
  // A contact keeps its lane for life, so the lane may be read before the lock, and nothing else.
  const place = await selectContact(db, id);
  if (!place) return undefined;
  return inLane(db, place.lane, async (tx) => {
    const contact = await selectContactIn(tx, place.lane, id);
    return contact && work(tx, contact);
  });
}

/** `email` is normalised. */
export type NewContact = {
  email: string;
  name: string | null;
  external_user_id: string | null;
  properties: Record<string, unknown>;
  time_zone: string | null;
};

export type CreatedContact =
  | { outcome: 'created'; contact: ContactRecord }
  | { outcome: 'exists'; contact_id: string }
  | TooLarge;

/**
 * Makes a contact, unless somebody has or had its address; then nothing changes. `tx` holds the lock of
 * `lane`, which is the address's home lane.
 */
export async function createContact(
  tx: Tx,
  directory: Directory,
  lane: number,
  wanted: NewContact,
  now: Date,
): Promise<CreatedContact> {
  const { email, name, external_user_id, time_zone } = wanted;
  const properties = mergeProperties({}, wanted.properties);
  const refused = tooLarge(properties);
  if (refused) return refused;
  const [known] = await findByAddress(tx, lane, [addressKey(directory.secret, email)]);
  if (known) return { outcome: 'exists', contact_id: known.contact_id };
  const person = { email, name, external_user_id, properties, trusted: true };
  const [resolved] = await resolveContacts(tx, directory, lane, [person], now);
  if (!resolved || !('contact' in resolved))
    throw new Error('The directory did not make a contact that it does not have.');
  const contact = { ...resolved.contact, time_zone, created_at: now, updated_at: now };
  if (time_zone !== null) await updateContact(tx, contact);
  return { outcome: 'created', contact };
}

/** What is left out stays; null empties. Of `properties` only those named change, and null removes one. */
export type ContactPatch = {
  name?: string | null | undefined;
  external_user_id?: string | null | undefined;
  properties?: Record<string, unknown> | undefined;
  time_zone?: string | null | undefined;
};

export type ContactField = keyof ContactPatch;

export type PatchedContact =
  | { outcome: 'updated'; contact: ContactRecord; fields: ContactField[] }
  | { outcome: 'unchanged'; contact: ContactRecord }
  | { outcome: 'erased' }
  | TooLarge;

/** Changes what is known of a contact. `tx` holds its lane's lock (`withContact`). */
export async function patchContact(
  tx: Tx,
  contact: ContactRecord,
  patch: ContactPatch,
  now: Date,
): Promise<PatchedContact> {
  if (contact.erased_at) return { outcome: 'erased' };
  const {
    name = contact.name,
    external_user_id = contact.external_user_id,
    time_zone = contact.time_zone,
  } = patch;
  const properties = mergeProperties(contact.properties, patch.properties ?? {});
  const refused = patch.properties && tooLarge(properties);
  if (refused) return refused;
  const changed: ContactRecord = {
    ...contact,
    name,
    external_user_id,
    time_zone,
    properties,
    updated_at: now,
  };
  const fields = FIELDS.filter((field) => !isDeepStrictEqual(changed[field], contact[field]));
  if (fields.length === 0) return { outcome: 'unchanged', contact };
  await updateContact(tx, changed);
  return { outcome: 'updated', contact: changed, fields };
}

/** `changed` is false where the contact was so already, and keeps its first date and reason. */
export type Marked = { outcome: 'marked'; contact: ContactRecord; changed: boolean } | { outcome: 'erased' };

/** Mails nothing to a contact any more, by an administrator's decision. `tx` holds its lane's lock. */
export function suppress(tx: Tx, contact: ContactRecord, now: Date): Promise<Marked> {
  const isSo = contact.suppressed_at !== null;
  return mark(tx, contact, isSo, { suppressed_at: now, suppressed_reason: 'manual', updated_at: now });
}

/** Takes a suppression back, whatever its reason: a repaired mailbox gets mail again. */
export function unsuppress(tx: Tx, contact: ContactRecord, now: Date): Promise<Marked> {
  const isSo = contact.suppressed_at === null;
  return mark(tx, contact, isSo, { suppressed_at: null, suppressed_reason: null, updated_at: now });
}

/** Notes that a contact wants no more mail of any sequence. `tx` holds its lane's lock. */
export function unsubscribe(tx: Tx, contact: ContactRecord, now: Date): Promise<Marked> {
  return mark(tx, contact, contact.unsubscribed_at !== null, { unsubscribed_at: now, updated_at: now });
}

/** Notes that a contact wants mail again. */
export function resubscribe(tx: Tx, contact: ContactRecord, now: Date): Promise<Marked> {
  return mark(tx, contact, contact.unsubscribed_at === null, { unsubscribed_at: null, updated_at: now });
}

const FIELDS = ['name', 'external_user_id', 'properties', 'time_zone'] as const satisfies ContactField[];

async function mark(
  tx: Tx,
  contact: ContactRecord,
  isSo: boolean,
  marks: Partial<ContactRecord>,
): Promise<Marked> {
  if (contact.erased_at) return { outcome: 'erased' };
  if (isSo) return { outcome: 'marked', contact, changed: false };
  const marked = { ...contact, ...marks };
  await updateContact(tx, marked);
  return { outcome: 'marked', contact: marked, changed: true };
}
