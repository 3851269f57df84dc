import { describe, expect, test } from 'vitest';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { newId } from '../../src/lib/uuid.ts';
import {
  createPromoPage,
  findPromoPage,
  listPromoPages,
  patchPromoPage,
  removePromoPage,
} from '../../src/sequences/promo_pages.ts';
import { setup } from '../support/setup.ts';
import { change, factoriesFor, later } from './factories.ts';

const { db } = await setup();
const { sequenceWith } = factoriesFor(db);

describe('a promo page', () => {
  test('fills in what its author leaves out, and is found by id and slug', async () => {
    const { id: sequence_id } = await sequenceWith({ name: 'Paged' });
    const page = await pageFor({ sequence_id, title: 'Summer Sale!', intro: 'Half price' });
    expect(page).toMatchObject({ slug: 'summer-sale', intro: 'Half price', button_label: 'Sign me up' });
    expect(await findPromoPage(db, 'summer-sale')).toEqual(page);
    expect(await findPromoPage(db, page.id)).toEqual(page);
    expect(await listPromoPages(db, { sequence_id, limit: 10 })).toEqual([page]);
  });

  test('of no known sequence is refused', async () => {
    const result = await inTransaction(db, (tx) =>
      createPromoPage(tx, { sequence_id: newId(), title: 'X' }, change),
    );
    expect(result).toEqual({ outcome: 'no_such_sequence' });
  });

  test('has its slug alone, made at the same moment too', async () => {
    const { id: sequence_id } = await sequenceWith({ name: 'Slugs' });
    const results = await Promise.all(
      [1, 2, 3].map(() =>
        inTransaction(db, (tx) => createPromoPage(tx, { sequence_id, title: 'T', slug: 'raced' }, change)),
      ),
    );
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['created', 'slug_taken', 'slug_taken']);
    const derived = await Promise.all([1, 2].map(() => pageFor({ sequence_id, title: 'Raced' })));
    expect(derived.map(({ slug }) => slug).sort()).toEqual(['raced-2', 'raced-3']);
  });

  test('changes its texts, slug and sequence, but not to a slug that is taken', async () => {
    const [one, two] = [await sequenceWith({ name: 'One' }), await sequenceWith({ name: 'Two' })];
    const page = await pageFor({ sequence_id: one.id, title: 'Movable', slug: 'movable' });
    await pageFor({ sequence_id: one.id, title: 'Fixed', slug: 'fixed' });
    const patch = { slug: 'moved', sequence_id: two.id, closed_text: 'Gone' };
    const moved = await inTransaction(db, (tx) => patchPromoPage(tx, page.id, patch, later));
    expect(moved).toEqual({
      outcome: 'updated',
      page: { ...page, ...patch, updated_at: later.now },
      fields: ['sequence_id', 'slug', 'closed_text'],
    });
    expect(await findPromoPage(db, 'movable')).toBeUndefined();
    expect(await findPromoPage(db, 'moved')).toMatchObject(patch);
    const refusals = await inTransaction(db, async (tx) => [
      await patchPromoPage(tx, page.id, { slug: 'fixed' }, later),
      await patchPromoPage(tx, page.id, { sequence_id: newId() }, later),
      await patchPromoPage(tx, newId(), { title: 'X' }, later),
      await patchPromoPage(tx, page.id, patch, later),
    ]);
    expect(refusals.map(({ outcome }) => outcome)).toEqual([
      'slug_taken',
      'no_such_sequence',
      'no_such_page',
      'unchanged',
    ]);
  });

  test('is gone once removed', async () => {
    const { id: sequence_id } = await sequenceWith({ name: 'Short-lived' });
    const page = await pageFor({ sequence_id, title: 'Short-lived page' });
    expect(await inTransaction(db, (tx) => removePromoPage(tx, page.id, change))).toEqual(page);
    expect(await findPromoPage(db, page.slug)).toBeUndefined();
    expect(await inTransaction(db, (tx) => removePromoPage(tx, page.id, change))).toBeUndefined();
  });
});

async function pageFor(wanted: Parameters<typeof createPromoPage>[1]) {
  const result = await inTransaction(db, (tx) => createPromoPage(tx, wanted, change));
  if (result.outcome !== 'created') throw new Error(result.outcome);
  return result.page;
}
