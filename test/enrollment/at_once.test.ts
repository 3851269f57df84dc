import { afterAll, expect, test } from 'vitest';
import { closeDatabase, openDatabase } from '../../src/db/database.ts';
import type { TriggerAnswer } from '../../src/enrollment/accept.ts';
import { anAddress, anIntake, aSequence, expectCleanRecount, trigger } from '../support/factories.ts';
import { countRows, enrollmentsOf, guardsOf, lifetimeOf } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';

const { db, connection } = await setup();
// Connections, lanes' queue and memory of its own, as another process has them.
const elsewhere = openDatabase(connection);
afterAll(() => closeDatabase(elsewhere));

const PEOPLE = 1_000;

test('of two simultaneous triggers of a sequence for once only, one is accepted, a thousand times', async () => {
  const sequence = await aSequence(db, { reentry: 'once', steps: [{ delay_seconds: 3_600 }] });
  const intakes = [anIntake(db), anIntake(elsewhere)];
  // Both have all their connections open before they meet.
  const other = await aSequence(db);
  const warmUp = Array.from({ length: 200 }, () => anAddress());
  await Promise.all(intakes.flatMap((intake) => warmUp.map((email) => trigger(intake, other, { email }))));
  const people = Array.from({ length: PEOPLE }, () => anAddress());
  const before = await countRows(db);
  const answers: TriggerAnswer[][] = [];
  // A quarter at a time, with either of them first in turn: what comes together in a lane is one race, not many.
  for (let next = 0; next < PEOPLE; next += 250) {
    intakes.reverse();
    const atOnce = people.slice(next, next + 250).map((email) => {
      return Promise.all(intakes.map((intake) => trigger(intake, sequence, { email })));
    });
    answers.push(...(await Promise.all(atOnce)));
  }
  for (const both of answers) {
    expect(both.map(({ reason }) => reason).toSorted()).toEqual(['', 'already_active']);
    expect(new Set(both.map(({ contact_id }) => contact_id)).size).toBe(1);
  }
  const ids = answers.flat().flatMap(({ enrollment_id }) => enrollment_id ?? []);
  const enrollments = await enrollmentsOf(db, sequence.id);
  expect(enrollments.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  expect(ids).toHaveLength(PEOPLE);
  expect(await guardsOf(db, sequence.id)).toEqual(Array(PEOPLE).fill({ active_enrollments: 1, entries: 1 }));
  expect(await lifetimeOf(db, sequence.id)).toMatchObject({ triggers: PEOPLE, suppressed: PEOPLE });
  const after = await countRows(db);
  expect((after.contacts ?? 0) - (before.contacts ?? 0)).toBe(PEOPLE);
  await expectCleanRecount(db);
});
