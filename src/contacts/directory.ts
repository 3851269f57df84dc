import type { Db, Tx } from '../db/database.ts';
import { laneOf } from '../db/lanes.ts';
import { getOrMake } from '../lib/get_or_make.ts';
import { newId } from '../lib/uuid.ts';
import { addressKey } from './address.ts';
import {
  findByAddress,
  insertContacts,
  type Located,
  readContacts,
  updateContacts,
} from './directory.sql.ts';
import type { Properties } from './properties.ts';

/** Whom a trigger or a report speaks of. `email` is normalised; null means that nothing was said. */
export type Person = {
  email: string;
  external_user_id: string | null;
  name: string | null;
};

export type Contact = {
  lane: number;
  id: string;
  email: string;
  name: string | null;
  external_user_id: string | null;
  properties: Properties;
  time_zone: string | null;
  unsubscribed_at: Date | null;
  suppressed_at: Date | null;
  suppressed_reason: 'bounced' | 'complained' | 'manual' | null;
  erased_at: Date | null;
};

/** Where people are looked up: how many lanes there are, and the secret of the directory's keys. */
export type Directory = { lanes: number; secret: Buffer };

/** The lane in which a person who is new would live. */
export function homeLane(directory: Directory, email: string): number {
  return laneOf(email, directory.lanes);
}

export type Resolved = { contact: Contact } | { movedTo: { lane: number; contact_id: string } };

/** What is said of a person. `properties` are those that a new contact begins with; a known one keeps its own. */
export type Said = Person & { trusted: boolean; properties?: Properties };

/**
 * The contacts of `people`, all of whose addresses belong to `lane`, made where they are new; in the order of
 * `people`. A person whose contact lives in another lane (the address was changed) is answered with where.
 * `tx` holds the lane's lock. What a trusted caller says of a known contact replaces what was; an untrusted
 * one (a public form, where anybody may type anybody's address) only fills what is empty.
 */
export async function resolveContacts(
  tx: Tx,
  directory: Directory,
  lane: number,
  people: Said[],
  now: Date,
): Promise<Resolved[]> {
  const keys = new Map(people.map(({ email }) => [email, addressKey(directory.secret, email)]));
  const located = await locate(tx, lane, keys);
  const here = [...located.values()].filter((place) => place.contact_lane === lane);
  const known = await contactsById(
    tx,
    lane,
    here.map((place) => place.contact_id),
  );
  const made = new Map<string, Contact>();
  const changed = new Set<Contact>();
  const resolved = people.map((person): Resolved => {
    const place = located.get(person.email);
    if (place && place.contact_lane !== lane) {
      return { movedTo: { lane: place.contact_lane, contact_id: place.contact_id } };
    }
    const contact = place
      ? known.get(place.contact_id)
      : getOrMake(made, person.email, () => newContact(lane, person));
    if (!contact) throw new Error(`The directory names a contact that lane ${lane} does not have.`);
    if (takeUp(contact, person) && place) changed.add(contact);
    return { contact };
  });
  await insertContacts(tx, lane, [...made.values()], keys, now);
  await updateContacts(tx, lane, [...changed], now);
  return resolved;
}

/**
 * The contacts of addresses that belong to `lane`, by address, or in which lane they live; nobody is made, and those
 * whom nobody knows are missing. `tx` holds the lane's lock.
 */
export async function lookUpContacts(
  tx: Tx,
  directory: Directory,
  lane: number,
  emails: string[],
): Promise<Map<string, Resolved>> {
  const located = await locateContacts(tx, directory, lane, emails);
  const here = [...located.values()].filter((place) => place.contact_lane === lane);
  const known = await contactsById(
    tx,
    lane,
    here.map((place) => place.contact_id),
  );
  const found = new Map<string, Resolved>();
  for (const [email, { contact_lane, contact_id }] of located) {
    const contact = known.get(contact_id);
    if (contact_lane !== lane) found.set(email, { movedTo: { lane: contact_lane, contact_id } });
    else if (contact) found.set(email, { contact });
  }
  return found;
}

/**
 * Where the contacts of addresses live that all belong to `lane`, by address; unknown ones are missing, and nobody is
 * made.
 */
export function locateContacts(
  tx: Tx,
  directory: Directory,
  lane: number,
  emails: string[],
): Promise<Map<string, Located>> {
  return locate(tx, lane, new Map(emails.map((email) => [email, addressKey(directory.secret, email)])));
}

/** The contacts of this lane with these ids, by id; those that do not exist are missing. */
export async function contactsById(tx: Db, lane: number, ids: string[]): Promise<Map<string, Contact>> {
  const contacts = await readContacts(tx, lane, ids);
  return new Map(contacts.map((contact) => [contact.id, contact]));
}

async function locate(tx: Tx, lane: number, keys: Map<string, Buffer>): Promise<Map<string, Located>> {
  const found = await findByAddress(tx, lane, [...keys.values()]);
  const byKey = new Map(found.map((place) => [place.email_key.toString('hex'), place]));
  const located = new Map<string, Located>();
  for (const [email, key] of keys) {
    const place = byKey.get(key.toString('hex'));
    if (place) located.set(email, place);
  }
  return located;
}

function newContact(lane: number, { email, properties = {} }: Said): Contact {
  const blank = {
    name: null,
    external_user_id: null,
    time_zone: null,
    unsubscribed_at: null,
    suppressed_at: null,
    suppressed_reason: null,
    erased_at: null,
  };
  return { lane, id: newId(), email, properties, ...blank };
}

/** Takes what `person` says into `contact`, and says whether that changed it. An erased contact takes nothing. */
function takeUp(contact: Contact, person: Said): boolean {
  if (contact.erased_at) return false;
  let isChanged = false;
  for (const field of ['name', 'external_user_id'] as const) {
    if (person[field] === null || person[field] === contact[field]) continue;
    if (!person.trusted && contact[field] !== null) continue;
    contact[field] = person[field];
    isChanged = true;
  }
  return isChanged;
}
