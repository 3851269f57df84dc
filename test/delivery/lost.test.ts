import { afterEach, beforeEach, expect, test } from 'vitest';
import { newId } from '../../src/lib/uuid.ts';
import {
  aClock,
  anAddress,
  anIntake,
  aSequence,
  aWorker,
  expectCleanRecount,
  trigger,
} from '../support/factories.ts';
import { contactOf, enrollmentsOf, executionsOf, funnelOf, giveLanesBack } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { moveEnrollment, renameContact } from './lost.sql.ts';

const { db } = await setup();

beforeEach(() => giveLanesBack(db));
afterEach(() => expectCleanRecount(db));

const LANE = 9;

/** Three people of one lane whose email is due, and a worker that tells its troubles. */
async function due() {
  const clock = aClock();
  const sequence = await aSequence(db);
  const intake = anIntake(db, { clock });
  const emails = Array.from({ length: 3 }, () => anAddress(LANE));
  for (const email of emails) await trigger(intake, sequence, { email });
  const troubles: string[] = [];
  const worker = aWorker(db, { clock, onTrouble: (error) => troubles.push(String(error)) });
  const round = async () => {
    worker.wakeHeld();
    await worker.runDry();
  };
  return { clock, sequence, email: emails[1] ?? '', troubles, round };
}

test('a run whose contact is lost is set aside, told once, and goes on when the contact is there again', async () => {
  const { sequence, email, troubles, round, clock } = await due();
  const { id = '' } = (await contactOf(db, email)) ?? {};
  const elsewhere = newId();
  await renameContact(db, id, elsewhere);
  await round();
  await round();
  expect(await executionsOf(db, sequence.id)).toHaveLength(2);
  const lost = (await enrollmentsOf(db, sequence.id)).find(({ contact_id }) => contact_id === id);
  expect(lost).toMatchObject({
    status: 'active',
    held_at: clock.now(),
    last_error: 'contact_lost',
    attempts: 0,
  });
  expect(troubles).toEqual([expect.stringContaining(`its contact ${id} is not in the database`)]);
  await renameContact(db, elsewhere, id);
  await round();
  expect(await executionsOf(db, sequence.id)).toHaveLength(3);
  expect(await funnelOf(db, sequence.id)).toEqual({ sent: 3 });
});

test('so is a run whose sequence is lost', async () => {
  const { sequence, email, troubles, round } = await due();
  const { id: contactId } = (await contactOf(db, email)) ?? {};
  const run = (await enrollmentsOf(db, sequence.id)).find(({ contact_id }) => contact_id === contactId);
  const nowhere = newId();
  await moveEnrollment(db, run?.id ?? '', nowhere);
  await round();
  await round();
  expect(await executionsOf(db, sequence.id)).toHaveLength(2);
  expect(await enrollmentsOf(db, nowhere)).toMatchObject([{ status: 'active', last_error: 'sequence_lost' }]);
  expect(troubles).toEqual([expect.stringContaining(`its sequence ${nowhere} is not in the database`)]);
  await moveEnrollment(db, run?.id ?? '', sequence.id);
  await round();
  expect(await funnelOf(db, sequence.id)).toEqual({ sent: 3 });
});
