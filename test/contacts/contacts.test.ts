import { describe, expect, test } from 'vitest';
import {
  type ContactRecord,
  createContact,
  findContact,
  listContacts,
  type NewContact,
  patchContact,
  resubscribe,
  suppress,
  unsubscribe,
  unsuppress,
  withContact,
} from '../../src/contacts/contacts.ts';
import { type Directory, homeLane } from '../../src/contacts/directory.ts';
import { isTimeZone } from '../../src/contacts/time_zone.ts';
import { inLane } from '../../src/db/lanes.ts';
import { newId } from '../../src/lib/uuid.ts';
import { setup } from '../support/setup.ts';
import { eraseContact } from './erase.sql.ts';

const { db } = await setup();
const directory: Directory = { lanes: 32, secret: Buffer.alloc(32, 7) };
const now = new Date('2026-03-02T09:00:00.000Z');
const later = new Date('2026-03-03T10:00:00.000Z');

describe('a contact', () => {
  test('is made with everything that is said of it, in the lane of its address', async () => {
    const contact = await contactWith({
      email: 'ada@example.com',
      name: 'Ada Lovelace',
      external_user_id: 'user_1',
      properties: { plan: 'pro', seats: 3, gone: null },
      time_zone: 'Europe/London',
    });
    expect(contact).toEqual({
      lane: homeLane(directory, 'ada@example.com'),
      id: contact.id,
      email: 'ada@example.com',
      name: 'Ada Lovelace',
      external_user_id: 'user_1',
      properties: { plan: 'pro', seats: 3 },
      time_zone: 'Europe/London',
      unsubscribed_at: null,
      suppressed_at: null,
      suppressed_reason: null,
      erased_at: null,
      created_at: now,
      updated_at: now,
    });
    expect(await findContact(db, contact.id)).toEqual(contact);
  });

  test('is made once for an address, at the same moment too', async () => {
    const results = await Promise.all([1, 2, 3].map(() => create({ email: 'once@example.com' })));
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['created', 'exists', 'exists']);
    const made = results.find(({ outcome }) => outcome === 'created');
    const id = made?.outcome === 'created' && made.contact.id;
    const others = results.filter(({ outcome }) => outcome === 'exists');
    expect(others).toEqual([1, 2].map(() => ({ outcome: 'exists', contact_id: id })));
  });

  test('that exists is not changed by being made again', async () => {
    const contact = await contactWith({ email: 'kept@example.com' });
    await create({ email: 'kept@example.com', name: 'Another', properties: { plan: 'free' } });
    expect(await findContact(db, contact.id)).toEqual(contact);
  });

  test('is not made with more properties than may be kept', async () => {
    const properties = { essay: 'x'.repeat(16_384) };
    const refused = await create({ email: 'large@example.com', properties });
    expect(refused).toEqual({ outcome: 'properties_too_large', bytes: 16_396, most: 16_384 });
    expect(await listContacts(db, { search: 'large@', limit: 1 })).toEqual([]);
  });

  test('keeps what a patch leaves out; null empties a field and removes a property', async () => {
    const contact = await contactWith({
      email: 'patch@example.com',
      name: 'Pat',
      properties: { a: 1, b: { c: 2 } },
    });
    const patched = await patch(contact.id, { properties: { a: null, d: [3] }, time_zone: 'Asia/Tokyo' });
    const expected = {
      ...contact,
      properties: { b: { c: 2 }, d: [3] },
      time_zone: 'Asia/Tokyo',
      updated_at: later,
    };
    expect(patched).toEqual({ outcome: 'updated', contact: expected, fields: ['properties', 'time_zone'] });
    expect(await findContact(db, contact.id)).toEqual(expected);
    expect(await patch(contact.id, { name: null })).toMatchObject({
      outcome: 'updated',
      contact: { name: null },
    });
  });

  test('is unchanged by a patch that says what is so', async () => {
    const contact = await contactWith({
      email: 'same@example.com',
      name: 'Sam',
      properties: { a: { b: 1 } },
    });
    const patched = await patch(contact.id, { name: 'Sam', properties: { a: { b: 1 }, c: null } });
    expect(patched).toEqual({ outcome: 'unchanged', contact });
  });

  test('patched at the same moment keeps every property', async () => {
    const { id } = await contactWith({ email: 'raced@example.com' });
    await Promise.all(Array.from({ length: 8 }, (_, i) => patch(id, { properties: { [`p${i}`]: i } })));
    expect(Object.keys((await findContact(db, id))?.properties ?? {})).toHaveLength(8);
  });

  test('that does not exist is not found', async () => {
    expect(await findContact(db, newId())).toBeUndefined();
    expect(await patch(newId(), { name: 'Nobody' })).toBeUndefined();
  });

  test('that was erased takes nothing any more', async () => {
    const { id, lane } = await contactWith({ email: 'erased@example.com' });
    await eraseContact(db, lane, id, now);
    expect(await patch(id, { name: 'Back' })).toEqual({ outcome: 'erased' });
    for (const mark of [suppress, unsuppress, unsubscribe, resubscribe]) {
      expect(await withContact(db, id, (tx, contact) => mark(tx, contact, later))).toEqual({
        outcome: 'erased',
      });
    }
    expect(await create({ email: 'erased@example.com' })).toEqual({ outcome: 'exists', contact_id: id });
  });
});

describe('mail to a contact', () => {
  test('is stopped and allowed again by an administrator', async () => {
    const { id } = await contactWith({ email: 'stopped@example.com' });
    const marks = { suppressed_at: now, suppressed_reason: 'manual' };
    expect(await marked(id, suppress, now)).toMatchObject({ changed: true, contact: marks });
    expect(await marked(id, suppress, later)).toMatchObject({ changed: false, contact: marks });
    expect(await findContact(db, id)).toMatchObject(marks);
    const free = { suppressed_at: null, suppressed_reason: null };
    expect(await marked(id, unsuppress, later)).toMatchObject({ changed: true, contact: free });
    expect(await marked(id, unsuppress, later)).toMatchObject({ changed: false });
    expect(await findContact(db, id)).toMatchObject(free);
  });

  test('is unsubscribed from and subscribed to again, keeping the first date', async () => {
    const { id } = await contactWith({ email: 'left@example.com' });
    expect(await marked(id, unsubscribe, now)).toMatchObject({
      changed: true,
      contact: { unsubscribed_at: now },
    });
    expect(await marked(id, unsubscribe, later)).toMatchObject({
      changed: false,
      contact: { unsubscribed_at: now },
    });
    expect(await marked(id, resubscribe, later)).toMatchObject({
      changed: true,
      contact: { unsubscribed_at: null },
    });
    expect(await findContact(db, id)).toMatchObject({ unsubscribed_at: null, updated_at: later });
  });
});

describe('the list of contacts', () => {
  test('is newest first, page by page, over all lanes', async () => {
    for (let i = 0; i < 5; i++)
      await create({ email: `listed${i}@example.com` }, new Date(now.getTime() + i));
    const first = await listContacts(db, { search: 'listed', limit: 3 });
    expect(first.map(({ email }) => email)).toEqual([4, 3, 2].map((i) => `listed${i}@example.com`));
    const second = await listContacts(db, { search: 'listed', after: first[2], limit: 3 });
    expect(second.map(({ email }) => email)).toEqual([1, 0].map((i) => `listed${i}@example.com`));
  });

  test('is searched by the beginning of an address, a part of the name, and the user id', async () => {
    const grace = await contactWith({
      email: 'ghopper@example.com',
      name: 'Grace Hopper',
      external_user_id: 'U-77',
    });
    for (const search of ['ghop', 'GHopper@Example.com', 'hopper', 'race h', 'U-77']) {
      expect((await listContacts(db, { search, limit: 5 })).map(({ id }) => id)).toEqual([grace.id]);
    }
    for (const search of ['hopper@', 'U-7', 'gh%', 'gh_p']) {
      expect(await listContacts(db, { search, limit: 5 })).toEqual([]);
    }
  });

  test('leaves out who was erased', async () => {
    const { id, lane } = await contactWith({ email: 'forgotten@example.com' });
    await eraseContact(db, lane, id, now);
    expect(await listContacts(db, { search: 'forgotten', limit: 5 })).toEqual([]);
  });
});

test.each([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['America/Argentina/Buenos_Aires', true],
  ['+02:00', false],
  ['Mars/Olympus', false],
  ['', false],
])('%j as a time zone: %s', (name, known) => {
  expect(isTimeZone(name)).toBe(known);
});

const nothing: Omit<NewContact, 'email'> = {
  name: null,
  external_user_id: null,
  properties: {},
  time_zone: null,
};

function create(wanted: Partial<NewContact> & { email: string }, at = now) {
  const lane = homeLane(directory, wanted.email);
  return inLane(db, lane, (tx) => createContact(tx, directory, lane, { ...nothing, ...wanted }, at));
}

async function contactWith(wanted: Partial<NewContact> & { email: string }): Promise<ContactRecord> {
  const result = await create(wanted);
  if (result.outcome !== 'created') throw new Error(result.outcome);
  return result.contact;
}

function patch(id: string, fields: Parameters<typeof patchContact>[2]) {
  return withContact(db, id, (tx, contact) => patchContact(tx, contact, fields, later));
}

function marked(id: string, mark: typeof suppress, at: Date) {
  return withContact(db, id, (tx, contact) => mark(tx, contact, at));
}
