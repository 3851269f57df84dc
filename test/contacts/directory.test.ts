import { expect, test } from 'vitest';
import { findContact } from '../../src/contacts/contacts.ts';
import { type Directory, homeLane, resolveContacts, type Said } from '../../src/contacts/directory.ts';
import { inLane } from '../../src/db/lanes.ts';
import { anAddress } from '../support/factories.ts';
import { setup } from '../support/setup.ts';

const { db } = await setup();
const directory: Directory = { lanes: 32, secret: Buffer.alloc(32, 7) };
const now = new Date('2026-03-02T09:00:00.000Z');

/** Resolves what several say of one address, in one batch. */
async function resolve(email: string, ...said: Partial<Said>[]) {
  const nothing = { email, external_user_id: null, name: null, trusted: true };
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
  const [first, second] = await resolve(anAddress(), { name: 'Ada' }, { external_user_id: 'user_1' });
  expect(second?.contact).toBe(first?.contact);
  expect(await kept(first?.contact)).toMatchObject({
    name: 'Ada',
    external_user_id: 'user_1',
  });
});

test('whoever may not be trusted fills what is empty, and replaces nothing', async () => {
  const email = anAddress();
  await resolve(email, { name: 'Ada' });
  const [said] = await resolve(email, {
    name: 'Eve',
    external_user_id: 'user_2',
    trusted: false,
  });
  expect(await kept(said?.contact)).toMatchObject({
    name: 'Ada',
    external_user_id: 'user_2',
  });
});

test('properties are what a new contact begins with, and nothing said later changes them', async () => {
  const email = anAddress();
  await resolve(email, { properties: { plan: 'pro' } });
  const [again] = await resolve(email, { name: 'Ada', properties: { plan: 'free', city: 'Oslo' } });
  expect(await kept(again?.contact)).toMatchObject({ name: 'Ada', properties: { plan: 'pro' } });
});
