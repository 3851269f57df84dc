import { expect, test } from 'vitest';
import { findContact } from '../../src/contacts/contacts.ts';
import { type Directory, homeLane, type Person, resolveContacts } from '../../src/contacts/directory.ts';
import { inLane } from '../../src/db/lanes.ts';
import { anAddress } from '../support/factories.ts';
import { setup } from '../support/setup.ts';

const { db } = await setup();
const directory: Directory = { lanes: 32, secret: Buffer.alloc(32, 7) };
const now = new Date('2026-03-02T09:00:00.000Z');

/** Resolves what several say of one address, in one batch. */
async function resolve(email: string, ...said: (Partial<Person> & { trusted?: boolean })[]) {
  const nothing = { email, external_user_id: null, name: null, properties: null, trusted: true };
  const people = said.map((person) => ({ ...nothing, ...person }));
  const lane = homeLane(directory, email);
  const resolved = await inLane(db, lane, (tx) => resolveContacts(tx, directory, lane, people, now));
  return resolved.map((one) => {
    if (!('contact' in one)) throw new Error('The contact lives elsewhere.');
    return one;
  });
}

async function kept(contact: { id: string } | undefined) {
  return findContact(db, contact?.id ?? '');
}

test('what is said twice of somebody new in one batch makes one contact that knows both', async () => {
  const [first, second] = await resolve(
    anAddress(),
    { name: 'Ada', properties: { plan: 'free' } },
    { external_user_id: 'user_1', properties: { plan: 'pro' } },
  );
  expect(second?.contact).toBe(first?.contact);
  expect(await kept(first?.contact)).toMatchObject({
    name: 'Ada',
    external_user_id: 'user_1',
    properties: { plan: 'pro' },
  });
});

test('whoever may not be trusted fills what is empty, and replaces nothing', async () => {
  const email = anAddress();
  await resolve(email, { name: 'Ada', properties: { plan: 'pro' } });
  const [said] = await resolve(email, {
    name: 'Eve',
    external_user_id: 'user_2',
    properties: { plan: 'free', city: 'Oslo' },
    trusted: false,
  });
  expect(await kept(said?.contact)).toMatchObject({
    name: 'Ada',
    external_user_id: 'user_2',
    properties: { plan: 'pro', city: 'Oslo' },
  });
});

test('properties that together would be more than 16 kB are left out, and said to be', async () => {
  const email = anAddress();
  const half = 'x'.repeat(9_000);
  const [first] = await resolve(email, { properties: { one: half } });
  expect(first?.left_out).toBeNull();
  const [second] = await resolve(email, { name: 'Ada', properties: { two: half } });
  expect(second?.left_out).toEqual({ two: half });
  expect(await kept(second?.contact)).toMatchObject({ name: 'Ada', properties: { one: half } });
  const [large] = await resolve(anAddress(), { properties: { one: half, two: half } });
  expect(large?.left_out).not.toBeNull();
  expect(await kept(large?.contact)).toMatchObject({ properties: {} });
});
