import { describe, expect, test } from 'vitest';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { newId } from '../../src/lib/uuid.ts';
import { findSequence } from '../../src/sequences/sequences.ts';
import {
  addStep,
  editStep,
  listRevisions,
  listSteps,
  MAX_STEPS,
  orderSteps,
  removeStep,
  type StepContent,
} from '../../src/sequences/steps.ts';
import { setup } from '../support/setup.ts';
import { change, content, factoriesFor, later } from './factories.ts';

const { db } = await setup();
const { sequenceWith, stepIn, statusOf, activeSequence } = factoriesFor(db);

describe('steps', () => {
  test('are added at a position, and the others make room', async () => {
    const { id } = await sequenceWith({ name: 'Adding' });
    await stepIn(id, { subject: 'b' });
    await stepIn(id, { subject: 'c' });
    await stepIn(id, { subject: 'a' }, 0);
    expect(await subjectsOf(id)).toEqual(['a', 'b', 'c']);
    expect((await listSteps(db, id)).map(({ position }) => position)).toEqual([0, 1, 2]);
    const beyond = await inTransaction(db, (tx) => addStep(tx, id, content(), 4, change));
    expect(beyond).toEqual({ outcome: 'no_such_position', last: 3 });
  });

  test('begin at revision 1 with all their content', async () => {
    const { id } = await sequenceWith({ name: 'First revision' });
    const step = await stepIn(id, { text: 'plain', delay_seconds: 3600 });
    expect((await listSteps(db, id))[0]).toEqual(step);
    expect(step).toMatchObject({
      revision: 1,
      position: 0,
      text: 'plain',
      delay_seconds: 3600,
      revised_by: 'Ada Admin',
    });
    const [first, ...others] = await revisionsOf(id, step.id);
    expect(others).toEqual([]);
    expect(first).toEqual({
      ...content({ text: 'plain', delay_seconds: 3600 }),
      revision: 1,
      created_at: change.now,
      created_by: 'Ada Admin',
    });
  });

  test('get the next revision by an edit, while the ones before stay as they were', async () => {
    const { id } = await sequenceWith({ name: 'Editing' });
    const step = await stepIn(id, { subject: 'before' });
    const edited = await edit(id, step.id, { subject: 'after' });
    expect(edited).toEqual({
      outcome: 'edited',
      step: { ...step, subject: 'after', revision: 2, revised_at: later.now, revised_by: 'Bob Boss' },
    });
    expect(await listSteps(db, id)).toEqual([edited.outcome === 'edited' && edited.step]);
    const revisions = await revisionsOf(id, step.id);
    expect(revisions.map(({ revision, subject }) => [revision, subject])).toEqual([
      [2, 'after'],
      [1, 'before'],
    ]);
    expect(await findSequence(db, id)).toMatchObject({ updated_at: later.now });
  });

  test('get no revision by an edit that changes nothing', async () => {
    const { id } = await sequenceWith({ name: 'Unchanged' });
    const step = await stepIn(id);
    expect(await edit(id, step.id, { ...content() })).toEqual({ outcome: 'unchanged', step });
    expect(await revisionsOf(id, step.id)).toHaveLength(1);
  });

  test('are refused with every template problem, where a template does not parse', async () => {
    const { id } = await sequenceWith({ name: 'Invalid' });
    const broken = content({ subject: 'Hello {{ name', html: '<p>\n{% if x %}', text: null });
    const refused = await inTransaction(db, (tx) => addStep(tx, id, broken, undefined, change));
    expect(refused).toMatchObject({
      outcome: 'invalid_templates',
      problems: [
        { field: 'subject', line: 1, column: 7 },
        { field: 'html', line: 2, column: 1 },
      ],
    });
    const step = await stepIn(id);
    expect(await edit(id, step.id, { html: '{% nothing %}' })).toMatchObject({
      outcome: 'invalid_templates',
    });
    expect(await revisionsOf(id, step.id)).toHaveLength(1);
  });

  test('take no edit that started from an older revision', async () => {
    const { id } = await sequenceWith({ name: 'Two editors' });
    const step = await stepIn(id);
    const both = await Promise.all(
      ['mine', 'yours'].map((subject) =>
        inTransaction(db, (tx) => editStep(tx, id, step.id, { patch: { subject }, seen: 1 }, later)),
      ),
    );
    expect(both.map(({ outcome }) => outcome).sort()).toEqual(['edited', 'edited_meanwhile']);
  });

  test('edited at the same moment get one revision each', async () => {
    const { id } = await sequenceWith({ name: 'At once' });
    const step = await stepIn(id);
    await Promise.all(Array.from({ length: 8 }, (_, i) => edit(id, step.id, { subject: `edit ${i}` })));
    const revisions = await revisionsOf(id, step.id);
    expect(revisions.map(({ revision }) => revision)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  test('added at the same moment get positions of their own', async () => {
    const { id } = await sequenceWith({ name: 'Added at once' });
    await Promise.all(Array.from({ length: 8 }, () => stepIn(id, {}, 0)));
    expect((await listSteps(db, id)).map(({ position }) => position)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('are put into another order without a new revision', async () => {
    const { id } = await sequenceWith({ name: 'Ordering' });
    const [a, b, c] = [
      await stepIn(id, { subject: 'a' }),
      await stepIn(id, { subject: 'b' }),
      await stepIn(id, { subject: 'c' }),
    ];
    const ordered = await order(id, [c.id, a.id, b.id]);
    expect(ordered).toMatchObject({
      outcome: 'ordered',
      steps: [{ subject: 'c' }, { subject: 'a' }, { subject: 'b' }],
    });
    expect(
      (await listSteps(db, id)).map(({ subject, position, revision }) => [subject, position, revision]),
    ).toEqual([
      ['c', 0, 1],
      ['a', 1, 1],
      ['b', 2, 1],
    ]);
    expect(await order(id, [c.id, a.id, b.id])).toMatchObject({ outcome: 'unchanged' });
  });

  test('are put into order only by naming each of them once', async () => {
    const { id } = await sequenceWith({ name: 'Misordered' });
    const [a, b] = [await stepIn(id), await stepIn(id)];
    const stranger = newId();
    expect(await order(id, [a.id, a.id, stranger])).toEqual({
      outcome: 'not_these_steps',
      missing: [b.id],
      unknown: [stranger],
      repeated: [a.id],
    });
  });

  test('close up when one is removed, and its revisions stay', async () => {
    const { id } = await sequenceWith({ name: 'Removing' });
    await stepIn(id, { subject: 'a' });
    const b = await stepIn(id, { subject: 'b' });
    await stepIn(id, { subject: 'c' });
    expect(await remove(id, b.id)).toMatchObject({ outcome: 'removed', step: { subject: 'b' } });
    expect((await listSteps(db, id)).map(({ subject, position }) => [subject, position])).toEqual([
      ['a', 0],
      ['c', 1],
    ]);
    expect(await revisionsOf(id, b.id)).toHaveLength(1);
    expect(await remove(id, b.id)).toEqual({ outcome: 'no_such_step' });
    expect(await edit(id, b.id, { subject: 'x' })).toEqual({ outcome: 'no_such_step' });
  });

  test('of an active sequence are edited and removed, but for the last', async () => {
    const { id } = await activeSequence('Live');
    const extra = await stepIn(id);
    expect(await remove(id, extra.id)).toMatchObject({ outcome: 'removed' });
    const [last] = await listSteps(db, id);
    expect(await edit(id, last?.id ?? '', { subject: 'still live' })).toMatchObject({ outcome: 'edited' });
    expect(await remove(id, last?.id ?? '')).toEqual({ outcome: 'last_of_active' });
    await statusOf(id, 'paused');
    expect(await remove(id, last?.id ?? '')).toMatchObject({ outcome: 'removed' });
  });

  test('of another sequence are not found', async () => {
    const mine = await sequenceWith({ name: 'Mine' });
    const other = await sequenceWith({ name: 'Other' });
    const step = await stepIn(other.id);
    expect(await edit(mine.id, step.id, { subject: 'x' })).toEqual({ outcome: 'no_such_step' });
    expect(await remove(mine.id, step.id)).toEqual({ outcome: 'no_such_step' });
    expect(await revisionsOf(mine.id, step.id)).toEqual([]);
  });

  test('are a hundred at most', async () => {
    const { id } = await sequenceWith({ name: 'Many' });
    await inTransaction(db, async (tx) => {
      for (let i = 0; i < MAX_STEPS; i++) await addStep(tx, id, content(), undefined, change);
    });
    const one = await inTransaction(db, (tx) => addStep(tx, id, content(), undefined, change));
    expect(one).toEqual({ outcome: 'too_many_steps', most: MAX_STEPS });
  });
});

function edit(sequenceId: string, stepId: string, patch: Partial<StepContent>) {
  return inTransaction(db, (tx) => editStep(tx, sequenceId, stepId, { patch }, later));
}

function order(sequenceId: string, ids: string[]) {
  return inTransaction(db, (tx) => orderSteps(tx, sequenceId, ids, later));
}

function remove(sequenceId: string, stepId: string) {
  return inTransaction(db, (tx) => removeStep(tx, sequenceId, stepId, later));
}

async function subjectsOf(sequenceId: string) {
  return (await listSteps(db, sequenceId)).map(({ subject }) => subject);
}

function revisionsOf(sequenceId: string, stepId: string) {
  return listRevisions(db, sequenceId, stepId, { limit: 100 });
}
