import { expect, test } from 'vitest';
import { openSequenceIds } from '../../src/sequences/sequence_ids.ts';
import { aSequence } from '../support/factories.ts';
import { setup } from '../support/setup.ts';

const { db } = await setup();

test('a sequence is found by id and by key, the first time and the second', async () => {
  const { id, key } = await aSequence(db);
  const idOf = openSequenceIds(db);
  expect([await idOf(key), await idOf(key), await idOf(id), await idOf(id)]).toEqual([id, id, id, id]);
});

test('one that is missing is found as soon as it is there', async () => {
  const idOf = openSequenceIds(db);
  expect(await idOf('summer-sale')).toBeUndefined();
  const { id } = await aSequence(db, { name: 'Summer sale' });
  expect(await idOf('summer-sale')).toBe(id);
});
