import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { inLane } from '../../src/db/lanes.ts';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import type { Intake } from '../../src/enrollment/intake.ts';
import { DatabaseProxy } from '../support/database_proxy.ts';
import {
  aClock,
  anAddress,
  anIntake,
  aRequest,
  aSequence,
  aWorker,
  DIRECTORY,
  expectCleanRecount,
  trigger,
} from '../support/factories.ts';
import {
  contactOf,
  enrollmentsOf,
  executionsOf,
  giveLanesBack,
  guardsOf,
  lifetimeOf,
  moveContact,
  triggersOf,
} from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';

const { db, connection } = await setup();

beforeEach(() => giveLanesBack(db));
afterEach(() => expectCleanRecount(db));

/** A pool of its own, as another process would have. */
function aPool(settings = connection): Db {
  const pool = openDatabase(settings, { max: 8 });
  onTestFinished(() => pool.destroy());
  return pool;
}

describe('two processes', () => {
  test('that take a trigger of a `once` sequence at the same moment enroll one person once', async () => {
    const sequence = await aSequence(db, { reentry: 'once' });
    const intakes = [anIntake(aPool()), anIntake(aPool())];
    const emails = Array.from({ length: 40 }, () => anAddress());
    const answers = await Promise.all(
      emails.flatMap((email) => intakes.map((intake) => trigger(intake, sequence, { email }))),
    );
    expect(answers.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(40);
    expect(answers.filter(({ reason }) => reason === 'already_active')).toHaveLength(40);
    expect(await enrollmentsOf(db, sequence.id)).toHaveLength(40);
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ triggers: 40, suppressed: 40 });
  });

  test('that take the same request key at the same moment count it once, with one answer', async () => {
    const sequence = await aSequence(db, { reentry: 'every_time' });
    const intakes = [anIntake(aPool()), anIntake(aPool())];
    const requests = Array.from({ length: 20 }, () => aRequest(sequence, { request_key: 'order 4711' }));
    const [one, other] = await Promise.all(intakes.map((intake) => intake.submit(requests)));
    const ids = (answers = one) =>
      answers?.map(({ trigger_id, enrollment_id }) => [trigger_id, enrollment_id]);
    expect(ids(one)).toEqual(ids(other));
    expect([...(one ?? []), ...(other ?? [])].filter(({ repeated }) => repeated)).toHaveLength(20);
    expect(await triggersOf(db, sequence.id)).toHaveLength(20);
  });
});

describe('a batch', () => {
  test('of a thousand over all lanes is answered in its order, and counts each of them', async () => {
    const clock = aClock();
    const sequence = await aSequence(db);
    const lanes = new Set<number>();
    const intake = anIntake(db, { clock, onCommitted: (lane) => lanes.add(lane) });
    const requests = Array.from({ length: 1_000 }, () => aRequest(sequence));
    const answers = await intake.submit(requests);
    const enrollments = new Map((await enrollmentsOf(db, sequence.id)).map((e) => [e.id, e]));
    expect(enrollments.size).toBe(1_000);
    expect(lanes.size).toBe(32);
    const contacts = answers.map(({ enrollment_id }) => enrollments.get(enrollment_id ?? '')?.contact_id);
    expect(contacts).toEqual(answers.map(({ contact_id }) => contact_id));
    const some = [0, 500, 999].map((i) => [requests[i]?.person.email ?? '', answers[i]?.contact_id] as const);
    for (const [email, id] of some) expect((await contactOf(db, email))?.id).toBe(id);
    await aWorker(db, { clock }).runDry();
    expect(await lifetimeOf(db, sequence.id)).toEqual({
      executions: 1_000,
      recipients: 1_000,
      triggers: 1_000,
      suppressed: 0,
    });
  }, 120_000);

  test('what one call says of people of one lane is one transaction', async () => {
    const sequence = await aSequence(db);
    const commits: number[] = [];
    const intake = anIntake(db, { onCommitted: (lane) => commits.push(lane) });
    const people = [3, 4, 3, 3].map((lane) => aRequest(sequence, { email: anAddress(lane) }));
    const answers = await intake.submit(people);
    expect(answers.map(({ outcome }) => outcome)).toEqual(Array(4).fill('accepted'));
    expect(commits.sort()).toEqual([3, 4]);
  });

  test('with an item that cannot be written loses that item alone', async () => {
    const sequence = await aSequence(db);
    const intake = anIntake(db);
    const lane = 7;
    const requests = Array.from({ length: 9 }, () => aRequest(sequence, { email: anAddress(lane) }));
    requests[4] = aRequest(sequence, { email: anAddress(lane), context: { text: 'no text \0 at all' } });
    const answers = await Promise.allSettled(requests.map((request) => intake.submit([request])));
    expect(answers.map(({ status }) => status === 'fulfilled')).toEqual(requests.map((_, i) => i !== 4));
    expect(await triggersOf(db, sequence.id)).toHaveLength(8);
    expect(await contactOf(db, requests[4].person.email)).toBeUndefined();
    await intake.idle();
  });

  test('is taken up where it stopped when the database goes away in the middle of it, and counted once', async () => {
    const sequence = await aSequence(db, { reentry: 'every_time' });
    const requests = Array.from({ length: 1_000 }, () => aRequest(sequence, { request_key: 'the import' }));
    await using proxy = await DatabaseProxy.start(connection);
    const pool = aPool(proxy.connection);
    let commits = 0;
    const interrupted = anIntake(pool, {
      onCommitted: () => {
        commits += 1;
        if (commits === 5) proxy.cut();
      },
    });
    await expect(interrupted.submit(requests)).rejects.toThrow();
    await interrupted.idle();
    const before = await triggersOf(db, sequence.id);
    expect(before.length).toBeGreaterThan(0);
    expect(before.length).toBeLessThan(1_000);

    const answers = await anIntake(db).submit(requests);
    expect(answers.filter(({ repeated }) => repeated)).toHaveLength(before.length);
    expect(new Set(answers.map(({ trigger_id }) => trigger_id))).toEqual(
      new Set((await triggersOf(db, sequence.id)).map(({ id }) => id)),
    );
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ triggers: 1_000, suppressed: 0 });
    expect(await enrollmentsOf(db, sequence.id)).toHaveLength(1_000);
  }, 120_000);
});

describe('when nobody can tell whether a commit went through', () => {
  const lane = 3;

  /** An intake whose second commit in a row goes through without an answer. */
  async function anUncertainIntake(proxy: DatabaseProxy): Promise<Intake> {
    const pool = aPool(proxy.connection);
    let commits = 0;
    const onCommitted = () => {
      commits += 1;
      if (commits === 1) void proxy.loseCommit();
    };
    return anIntake(pool, { onCommitted });
  }

  test('triggers without a request key fail, and are not tried a second time', async () => {
    const sequence = await aSequence(db, { reentry: 'every_time' });
    await using proxy = await DatabaseProxy.start(connection);
    const intake = await anUncertainIntake(proxy);
    const requests = Array.from({ length: 5 }, () => aRequest(sequence, { email: anAddress(lane) }));
    const [first, ...others] = requests.map((request) => [request]);
    await intake.submit(first ?? []);
    const answers = await Promise.allSettled(others.map((request) => intake.submit(request)));
    expect(answers.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    expect(await triggersOf(db, sequence.id)).toHaveLength(5);
    expect(await guardsOf(db, sequence.id)).toEqual(Array(5).fill({ active_enrollments: 1, entries: 1 }));
  });

  test('triggers with a request key are answered as they were decided', async () => {
    const sequence = await aSequence(db, { reentry: 'every_time' });
    await using proxy = await DatabaseProxy.start(connection);
    const intake = await anUncertainIntake(proxy);
    const keys = ['a', 'b', 'c', 'd', 'e'];
    const requests = keys.map((request_key) => aRequest(sequence, { email: anAddress(lane), request_key }));
    const [first, ...others] = requests.map((request) => [request]);
    await intake.submit(first ?? []);
    await Promise.allSettled(others.map((request) => intake.submit(request)));
    const answers = await intake.submit(requests);
    expect(answers.map(({ outcome, repeated }) => [outcome, repeated])).toEqual(
      Array(5).fill(['accepted', true]),
    );
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ triggers: 5, suppressed: 0 });
  });
});

describe('a contact whose address lives in another lane', () => {
  test('is enrolled where the contact is, once', async () => {
    const clock = aClock();
    const sequence = await aSequence(db);
    const intake = anIntake(db, { clock });
    const old = anAddress(3);
    const { contact_id } = await trigger(intake, await aSequence(db), { email: old });
    const email = anAddress(20);
    await inLane(db, 3, (tx) =>
      moveContact(tx, DIRECTORY.secret, { lane: 3, contact_id }, { lane: 20, email }),
    );
    const answer = await trigger(intake, sequence, { email, request_key: 'key' });
    const again = await trigger(intake, sequence, { email: old, request_key: 'key' });
    expect(answer).toMatchObject({ outcome: 'accepted', contact_id, repeated: false });
    expect(again).toMatchObject({ contact_id, enrollment_id: answer.enrollment_id, repeated: true });
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ lane: 3, contact_id }]);
    expect(await guardsOf(db, sequence.id)).toHaveLength(1);
    await aWorker(db, { clock }).runDry();
    expect(await executionsOf(db, sequence.id)).toMatchObject([{ contact_id, recipient_email: email }]);
  });
});

test('many intakes and much at once leave guard rows, enrollments and counters in step', async () => {
  const sequences = [
    await aSequence(db, { reentry: 'once' }),
    await aSequence(db, { reentry: 'once_at_a_time' }),
    await aSequence(db, { reentry: 'every_time' }),
  ];
  const intakes = Array.from({ length: 4 }, () => anIntake(aPool()));
  const emails = Array.from({ length: 10 }, () => anAddress());
  await Promise.all(
    intakes.flatMap((intake) =>
      emails.flatMap((email) => sequences.map((sequence) => trigger(intake, sequence, { email }))),
    ),
  );
  const active = await inTransaction(db, async (tx) =>
    Promise.all(sequences.map(async ({ id }) => (await guardsOf(tx, id)).map((g) => g.active_enrollments))),
  );
  expect(active.map((rows) => rows.toSorted())).toEqual([
    Array(10).fill(1),
    Array(10).fill(1),
    Array(10).fill(4),
  ]);
});
