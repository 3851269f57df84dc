import { describe, expect, test } from 'vitest';
import type { Tx } from '../../src/db/database.ts';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { newId } from '../../src/lib/uuid.ts';
import { createEventTrigger } from '../../src/sequences/event_triggers.ts';
import { createPromoPage } from '../../src/sequences/promo_pages.ts';
import {
  type Change,
  createSequence,
  findSequence,
  listSequences,
  patchSequence,
  setStatus,
} from '../../src/sequences/sequences.ts';
import { addStep, listSteps, orderSteps } from '../../src/sequences/steps.ts';
import { setup } from '../support/setup.ts';
import { change, content, factoriesFor, later } from './factories.ts';

const { db } = await setup();
const { sequenceWith, stepIn, statusOf, activeSequence } = factoriesFor(db);
const bySequitur: Change = { ...later, by: null };

describe('a sequence', () => {
  test('starts as a draft without steps that people enter once', async () => {
    const sequence = await sequenceWith({ name: 'Spring sale', description: 'Two emails' });
    expect(sequence).toEqual({
      id: sequence.id,
      key: 'spring-sale',
      name: 'Spring sale',
      description: 'Two emails',
      status: 'draft',
      reentry: 'once',
      reentry_days: null,
      send_window: null,
      example: null,
      created_at: change.now,
      updated_at: change.now,
      activated_at: null,
      paused_at: null,
    });
    expect(await findSequence(db, sequence.id)).toEqual(sequence);
    expect(await findSequence(db, 'spring-sale')).toEqual(sequence);
    expect(await listSteps(db, sequence.id)).toEqual([]);
  });

  test('gets a numbered key where its name makes one that is taken, at the same moment too', async () => {
    const made = await Promise.all([1, 2, 3, 4].map(() => sequenceWith({ name: 'Père Noël!' })));
    expect(made.map(({ key }) => key).sort()).toEqual([
      'pere-noel',
      'pere-noel-2',
      'pere-noel-3',
      'pere-noel-4',
    ]);
  });

  test('is refused under a key that was asked for and is taken', async () => {
    await sequenceWith({ name: 'One', key: 'asked-for' });
    const second = await inTransaction(db, (tx) =>
      createSequence(tx, { name: 'Two', key: 'asked-for' }, change),
    );
    expect(second).toEqual({ outcome: 'key_taken', key: 'asked-for' });
  });

  test('is found by id or key only', async () => {
    expect(await findSequence(db, newId())).toBeUndefined();
    expect(await findSequence(db, 'no-such-key')).toBeUndefined();
  });

  test('needs days for the rule that counts them, and takes none with others', async () => {
    const missing = await inTransaction(db, (tx) =>
      createSequence(tx, { name: 'A', reentry: 'after_days' }, change),
    );
    expect(missing).toEqual({ outcome: 'invalid_reentry', problem: 'days_missing' });
    const extra = await inTransaction(db, (tx) =>
      createSequence(tx, { name: 'A', reentry: 'once', reentry_days: 3 }, change),
    );
    expect(extra).toEqual({ outcome: 'invalid_reentry', problem: 'days_without_rule' });
  });

  test('keeps what an update leaves out, and drops the days with their rule', async () => {
    const sequence = await sequenceWith({ name: 'Reorder', reentry: 'after_days', reentry_days: 30 });
    const renamed = await inTransaction(db, (tx) =>
      patchSequence(tx, sequence.id, { name: 'Reminder' }, later),
    );
    expect(renamed).toEqual({
      outcome: 'updated',
      sequence: { ...sequence, name: 'Reminder', updated_at: later.now },
      fields: ['name'],
    });
    const once = await inTransaction(db, (tx) => patchSequence(tx, sequence.id, { reentry: 'once' }, later));
    expect(once).toMatchObject({ outcome: 'updated', sequence: { reentry: 'once', reentry_days: null } });
    const days = await inTransaction(db, (tx) => patchSequence(tx, sequence.id, { reentry_days: 5 }, later));
    expect(days).toEqual({ outcome: 'invalid_reentry', problem: 'days_without_rule' });
    expect(await findSequence(db, sequence.id)).toMatchObject({
      name: 'Reminder',
      reentry: 'once',
      key: 'reorder',
    });
  });

  test('is unchanged by an update that says what is so', async () => {
    const sequence = await sequenceWith({ name: 'Same' });
    const patch = { name: 'Same', reentry: 'once', reentry_days: null } as const;
    const result = await inTransaction(db, (tx) => patchSequence(tx, sequence.id, patch, later));
    expect(result).toEqual({ outcome: 'unchanged', sequence });
  });

  test('that does not exist cannot be changed', async () => {
    const results = await inTransaction(db, async (tx) => [
      await patchSequence(tx, newId(), { name: 'X' }, change),
      await setStatus(tx, newId(), 'active', change),
      await addStep(tx, newId(), content(), undefined, change),
      await orderSteps(tx, newId(), [], change),
    ]);
    expect(results.map(({ outcome }) => outcome)).toEqual(Array(4).fill('no_such_sequence'));
  });
});

describe('the list of sequences', () => {
  test('is newest first, page by page, with its steps counted', async () => {
    const names = ['paged one', 'paged two', 'paged three'];
    for (const [i, name] of names.entries()) {
      const now = new Date(Date.UTC(2026, 0, 1 + i));
      const sequence = await sequenceWith({ name }, { ...change, now });
      for (let n = 0; n < i; n++) await stepIn(sequence.id);
    }
    const first = await listSequences(db, { search: 'paged', limit: 2 });
    expect(first.map(({ name, step_count }) => [name, step_count])).toEqual([
      ['paged three', 2],
      ['paged two', 1],
    ]);
    const rest = await listSequences(db, { search: 'paged', after: first[1], limit: 2 });
    expect(rest.map(({ name }) => name)).toEqual(['paged one']);
  });

  test('is searched in name, key and description, where % and _ mean themselves', async () => {
    const sale = await sequenceWith({
      name: '20% off_now',
      description: 'For fans of Ümläut',
      key: 'findable',
    });
    for (const search of ['20% OFF_', 'findab', 'Ümläut']) {
      expect((await listSequences(db, { search, limit: 10 })).map(({ id }) => id)).toEqual([sale.id]);
    }
    expect(await listSequences(db, { search: 'off%now', limit: 10 })).toEqual([]);
  });

  test('is filtered by status', async () => {
    const sequence = await activeSequence('Filtered');
    const found = await listSequences(db, { status: 'active', search: 'Filtered', limit: 10 });
    expect(found.map(({ id }) => id)).toEqual([sequence.id]);
    expect(await listSequences(db, { status: 'draft', search: 'Filtered', limit: 10 })).toEqual([]);
  });
});

describe('the status of a sequence', () => {
  test('goes from draft to active, paused, active, archived and back to paused', async () => {
    const { id } = await sequenceWith({ name: 'Through all' });
    await stepIn(id);
    for (const status of ['active', 'paused', 'active', 'archived', 'paused'] as const) {
      expect(await statusOf(id, status)).toMatchObject({ outcome: 'changed', sequence: { status } });
    }
    expect(await findSequence(db, id)).toMatchObject({ status: 'paused', activated_at: later.now });
  });

  test('cannot skip a stage, and says what is allowed', async () => {
    const { id } = await sequenceWith({ name: 'Skipping' });
    expect(await statusOf(id, 'paused')).toEqual({
      outcome: 'refused',
      refusal: { reason: 'no_such_change', from: 'draft', to: 'paused', allowed: ['active', 'archived'] },
    });
  });

  test('is not active while there are no steps', async () => {
    const { id } = await sequenceWith({ name: 'Empty' });
    expect(await statusOf(id, 'active')).toEqual({ outcome: 'refused', refusal: { reason: 'no_steps' } });
    expect(await findSequence(db, id)).toMatchObject({ status: 'draft', activated_at: null });
  });

  test('that it has already is no change', async () => {
    const sequence = await activeSequence('Twice');
    expect(await statusOf(sequence.id, 'active')).toMatchObject({ outcome: 'unchanged', from: 'active' });
  });
});

describe('an example', () => {
  const touches: [string, (tx: Tx, id: string, by: Change) => Promise<unknown>][] = [
    ['its name', (tx, id, by) => patchSequence(tx, id, { name: 'Touched' }, by)],
    ['its status', (tx, id, by) => setStatus(tx, id, 'archived', by)],
    ['its steps', (tx, id, by) => addStep(tx, id, content(), undefined, by)],
    ['a promo page', (tx, id, by) => createPromoPage(tx, { sequence_id: id, title: 'Touch' }, by)],
    [
      'an event trigger',
      (tx, id, by) => createEventTrigger(tx, { sequence_id: id, event_name: 'touch' }, by),
    ],
  ];

  test.each(touches)('is none any more once a person changes %s', async (_, touch) => {
    const { id } = await sequenceWith({ name: 'Example', example: 'spring-sale' });
    await inTransaction(db, (tx) => touch(tx, id, bySequitur));
    expect(await findSequence(db, id)).toMatchObject({ example: 'spring-sale' });
    const other = await sequenceWith({ name: 'Example', example: 'spring-sale' });
    await inTransaction(db, (tx) => touch(tx, other.id, later));
    expect(await findSequence(db, other.id)).toMatchObject({ example: null });
  });
});
