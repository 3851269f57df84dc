import { expect, test } from 'vitest';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { listEventTriggers } from '../../src/sequences/event_triggers.ts';
import { DEMO_SEQUENCES, EXAMPLE_SEQUENCES } from '../../src/sequences/examples.ts';
import { installExamples } from '../../src/sequences/install.ts';
import { findPromoPage, listPromoPages } from '../../src/sequences/promo_pages.ts';
import { createSequence, findSequence, listSequences } from '../../src/sequences/sequences.ts';
import { listSteps } from '../../src/sequences/steps.ts';
import { setup } from '../support/setup.ts';

const { db: empty } = await setup();
const { db: demo } = await setup();
const { db: inUse } = await setup();
const now = new Date('2026-03-02T09:00:00.000Z');

test('an empty workspace gets the examples once, however many processes start', async () => {
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => installExamples(empty, EXAMPLE_SEQUENCES, now)),
  );
  const [ids = [], ...others] = answers.sort((a, b) => b.length - a.length);
  expect(others).toEqual([[], [], [], [], []]);
  const listed = await listSequences(empty, { limit: 10 });
  expect(listed.map(({ id }) => id)).toEqual(ids);
  expect(listed.map(({ key, status, example }) => [key, status, example])).toEqual(
    EXAMPLE_SEQUENCES.map(({ key }) => [key, 'active', key]),
  );
});

test('examples come with their steps, promo pages and event triggers', async () => {
  for (const example of EXAMPLE_SEQUENCES) {
    const sequence = await findSequence(empty, example.key);
    const sequence_id = sequence?.id ?? '';
    expect(sequence).toMatchObject({ name: example.name, activated_at: now, created_at: now });
    expect(await listSteps(empty, sequence_id)).toMatchObject(example.steps);
    expect(await findPromoPage(empty, example.promo_page?.slug ?? '')).toMatchObject({
      ...example.promo_page,
      sequence_id,
    });
    const triggers = await listEventTriggers(empty, { sequence_id, limit: 10 });
    expect(triggers).toMatchObject(example.event_trigger ? [example.event_trigger] : []);
  }
});

test('the sequences of the demo stand in every status', async () => {
  const ids = await installExamples(demo, DEMO_SEQUENCES, now);
  expect(ids).toHaveLength(DEMO_SEQUENCES.length);
  const listed = await listSequences(demo, { limit: 20 });
  expect(listed.map(({ key, status }) => [key, status])).toEqual(
    DEMO_SEQUENCES.map(({ key, status }) => [key, status]),
  );
});

test('a workspace with a sequence of its own gets none', async () => {
  const change = { by: 'Ada', now };
  await inTransaction(inUse, (tx) => createSequence(tx, { name: 'Ours' }, change));
  expect(await installExamples(inUse, EXAMPLE_SEQUENCES, now)).toEqual([]);
  expect(await listSequences(inUse, { limit: 10 })).toHaveLength(1);
  expect(await listPromoPages(inUse, { limit: 10 })).toEqual([]);
});
