import { afterEach, expect, test } from 'vitest';
import { EVERYTHING } from '../../src/analytics/filter.ts';
import { funnel } from '../../src/analytics/funnel.ts';
import { sequenceAnalytics } from '../../src/analytics/sequence.ts';
import { listTimeline } from '../../src/analytics/timeline.sql.ts';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { derivedId, newId } from '../../src/lib/uuid.ts';
import { removeStep } from '../../src/sequences/steps.ts';
import { aClock, anAddress, aSequence, expectCleanRecount } from '../support/factories.ts';
import { contactOf, executionsOf } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { aReporting, openServer } from './open_server.ts';

const { db } = await setup();
const clock = aClock();
const { post } = await openServer(db, clock);

afterEach(() => expectCleanRecount(db));

function report(sequence: { id: string }, step: string, some: { email?: string; at?: string } = {}) {
  const { email = anAddress(), at = '2026-03-01T10:00:00Z' } = some;
  return post({ sequence: sequence.id, recipient_email: email, step, executed_at: at });
}

/** Emails by step, as the page of a sequence shows them. */
async function byStep(sequence: { id: string }) {
  const range = { time_range: 'all' as const };
  const asked = { sequenceId: sequence.id, range, filter: EVERYTHING, compare: false, limit: 1 };
  const { by_step } = await sequenceAnalytics(db, { ...asked, now: clock.now() });
  return by_step.map(({ step_id, revision, position, subject, name, executions }) => [
    step_id,
    { revision, position, subject, name, executions },
  ]);
}

test('a name that is not known gets an id of its own, and analytics show the name', async () => {
  const sequence = await aSequence(db, { steps: [], status: 'draft' });
  const email = anAddress();
  await report(sequence, ' Reminder 2 ', { email, at: '2026-03-02T08:00:00Z' });
  await report(sequence, 'Reminder 1');
  await report(sequence, 'Reminder 1', { email });
  const first = derivedId(sequence.id, 'Reminder 1');
  const second = derivedId(sequence.id, 'Reminder 2');
  const shown = { revision: null, position: null, subject: null };
  expect(await byStep(sequence)).toEqual([
    [first, { ...shown, name: 'Reminder 1', executions: 2 }],
    [second, { ...shown, name: 'Reminder 2', executions: 1 }],
  ]);
  const asked = { sequenceId: sequence.id, range: { time_range: '7d' as const }, now: clock.now() };
  const { steps } = await funnel(db, { ...asked, sources: [], byRevision: false });
  expect(steps).toMatchObject([
    { step_id: first, name: 'Reminder 1', entered: 2, sent: 2 },
    { step_id: second, name: 'Reminder 2', entered: 1, sent: 1 },
  ]);
  const { lane = 0, id: contactId = '' } = (await contactOf(db, email)) ?? {};
  const timeline = await listTimeline(db, { lane, contactId }, { sequenceId: null, limit: 10, after: null });
  expect(timeline.map(({ kind, step_id, step_name }) => [kind, step_id, step_name])).toEqual([
    ['sent', second, 'Reminder 2'],
    ['sent', first, 'Reminder 1'],
  ]);
});

test('the id of a step made here is that step, removed or not, in its place and without a name', async () => {
  const sequence = await aSequence(db, { steps: [{ subject: 'One' }, { subject: 'Two' }] });
  const [one, two] = sequence.steps;
  if (!one || !two) throw new Error('The sequence lacks its steps.');
  await report(sequence, one.id.toUpperCase());
  await report(sequence, two.id);
  await inTransaction(db, (tx) => removeStep(tx, sequence.id, two.id, { by: 'Ada', now: clock.now() }));
  await report(sequence, two.id);
  const shown = { revision: null, name: null };
  expect(await byStep(sequence)).toEqual([
    [one.id, { ...shown, subject: 'One', position: 0, executions: 1 }],
    [two.id, { ...shown, subject: 'Two', position: null, executions: 2 }],
  ]);
});

test('the id of another sequence’s step, and an id that nobody knows, are names like any other', async () => {
  const sequence = await aSequence(db);
  const other = await aSequence(db);
  const foreign = other.steps[0]?.id ?? '';
  const unknown = newId();
  for (const step of [foreign, unknown]) await report(sequence, step);
  const steps = (await executionsOf(db, sequence.id)).map(({ step_id }) => step_id);
  expect(new Set(steps)).toEqual(new Set([derivedId(sequence.id, foreign), derivedId(sequence.id, unknown)]));
});

test('processes that meet the same new names at once agree on their ids, and none fails', async () => {
  const sequence = await aSequence(db);
  const names = Array.from({ length: 50 }, (_, i) => `letter ${i}`);
  const reportings = Array.from({ length: 4 }, () => aReporting(db, clock));
  const answers = await Promise.all(
    reportings.map((reporting, i) =>
      reporting.submit(
        (i % 2 === 0 ? names : names.toReversed()).map((step) => ({
          sequence: sequence.key,
          recipient_email: anAddress(),
          recipient_user_id: null,
          source: 'api',
          step,
          executed_at: clock.now(),
          context: {},
          id: null,
        })),
      ),
    ),
  );
  const steps = answers.flat().map((answer) => 'step_id' in answer && answer.step_id);
  expect(new Set(steps)).toEqual(new Set(names.map((name) => derivedId(sequence.id, name))));
  const executions = (await byStep(sequence)).map(([, of]) => (of as { executions: number }).executions);
  expect(executions).toEqual(Array(50).fill(4));
});
