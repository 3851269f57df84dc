import { afterEach, describe, expect, test } from 'vitest';
import { inLane } from '../../src/db/lanes.ts';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { type Claim, claimSteps } from '../../src/delivery/claim.ts';
import { type Outcome, type Result, settle } from '../../src/delivery/settle.ts';
import { exitRuns } from '../../src/enrollment/exit_runs.ts';
import { ensureWeeks } from '../../src/ledger/weeks.ts';
import { editStep } from '../../src/sequences/steps.ts';
import {
  aClock,
  anAddress,
  anIntake,
  aSequence,
  aStep,
  type Clock,
  expectCleanRecount,
  type SequenceWithSteps,
  trigger,
} from '../support/factories.ts';
import { mailOf } from '../support/mail.ts';
import {
  contactOf,
  enrollmentsOf,
  executionsOf,
  funnelOf,
  guardsOf,
  lanesOf,
  lapseClaims,
  lifetimeOf,
  stepsLeftOf,
} from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';

const { db } = await setup();

afterEach(() => expectCleanRecount(db));

const LANE = 11;
const ACCEPTED: Outcome = { kind: 'accepted', via: 'smtp', reply: '250 queued', mail: mailOf() };
const DEFERRED: Outcome = { kind: 'temporary', outcome: 'deferred', reply: '451 later' };
const REJECTED: Outcome = { kind: 'permanent', outcome: 'rejected', reply: '554 no', isHardBounce: false };
const BOUNCED: Outcome = {
  kind: 'permanent',
  outcome: 'mailbox_unknown',
  reply: '550 who?',
  isHardBounce: true,
};
const ABANDONED: Outcome = { kind: 'abandoned' };

/** Somebody whose first email of two is claimed, by a worker that will be late to tell. */
async function aClaim(steps = [{}, { delay_seconds: 86_400 }]) {
  const clock = aClock();
  const sequence = await aSequence(db, { steps });
  await trigger(anIntake(db, { clock }), sequence, { email: anAddress(LANE) });
  return { clock, sequence, first: await claim(clock, sequence) };
}

/** Claims what is due, as the worker does that holds the lane now. */
async function claim(clock: Clock, sequence: SequenceWithSteps): Promise<Claim> {
  const epoch = (await lanesOf(db))[LANE]?.epoch ?? 0;
  const options = { epoch, limit: 50, leaseMs: 600_000, now: clock.now() };
  const { claims } = await inLane(db, LANE, (tx) => claimSteps(tx, LANE, options));
  const claimed = claims.find(({ sequence_id }) => sequence_id === sequence.id);
  if (!claimed) throw new Error('Nothing was due.');
  return claimed;
}

/** Claims again what was claimed by a worker that is gone. */
async function claimAgain(clock: Clock, sequence: SequenceWithSteps): Promise<Claim> {
  await lapseClaims(db);
  return claim(clock, sequence);
}

async function settleAll(clock: Clock, ...results: [Claim, Outcome][]): Promise<void> {
  const list: Result[] = results.map(([claim, outcome]) => ({ claim, outcome, at: clock.now() }));
  await ensureWeeks(db, [clock.now()]);
  await inLane(db, LANE, (tx) => settle(tx, LANE, list, () => 0));
}

async function expectSentOnce(sequence: SequenceWithSteps): Promise<void> {
  expect(await executionsOf(db, sequence.id)).toHaveLength(1);
  expect(await funnelOf(db, sequence.id)).toEqual({ sent: 1, waiting: 1 });
  expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
    { status: 'active', next_step_id: sequence.steps[1]?.id, claimed_step_id: null, attempts: 0 },
  ]);
}

describe('a mail that was accepted counts once', () => {
  test('when its result is settled twice', async () => {
    const { clock, sequence, first } = await aClaim();
    await settleAll(clock, [first, ACCEPTED]);
    await settleAll(clock, [first, ACCEPTED]);
    await expectSentOnce(sequence);
  });

  test('when its result stands twice in one batch', async () => {
    const { clock, sequence, first } = await aClaim();
    await settleAll(clock, [first, ACCEPTED], [first, ACCEPTED]);
    await expectSentOnce(sequence);
  });

  test.each(['first', 'second'] as const)(
    'when it was sent again after a takeover and the %s result comes first',
    async (order) => {
      const { clock, sequence, first } = await aClaim();
      const second = await claimAgain(clock, sequence);
      expect(second).toMatchObject({
        enrollment_id: first.enrollment_id,
        step_id: first.step_id,
        attempt: 2,
      });
      const [one, other] = order === 'first' ? [first, second] : [second, first];
      await settleAll(clock, [one, ACCEPTED]);
      clock.advance({ hours: 1 });
      await settleAll(clock, [other, ACCEPTED]);
      await expectSentOnce(sequence);
    },
  );

  test('when both results come in one batch', async () => {
    const { clock, sequence, first } = await aClaim();
    const second = await claimAgain(clock, sequence);
    await settleAll(clock, [first, ACCEPTED], [second, ACCEPTED]);
    await expectSentOnce(sequence);
  });

  test('when the second try failed while the first one’s result was on its way', async () => {
    const { clock, sequence, first } = await aClaim();
    const second = await claimAgain(clock, sequence);
    await settleAll(clock, [second, DEFERRED]);
    await settleAll(clock, [first, ACCEPTED]);
    await expectSentOnce(sequence);
  });
});

describe('a result that changes how a wait ended', () => {
  test('counts as sent after the run was ended by force', async () => {
    const { clock, sequence, first } = await aClaim();
    const contactId = first.contact.id;
    await inLane(db, LANE, (tx) =>
      exitRuns(tx, LANE, { contactId, sequenceId: null }, 'unsubscribed', clock.now()),
    );
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
      { status: 'exited', next_step_id: first.step_id, claimed_step_id: first.step_id },
    ]);
    expect(await funnelOf(db, sequence.id)).toEqual({ waiting: 1 });
    await expect(claimAgain(clock, sequence)).rejects.toThrow('Nothing was due');
    expect(await funnelOf(db, sequence.id)).toEqual({ 'exited unsubscribed': 1 });
    await settleAll(clock, [first, ACCEPTED]);
    expect(await funnelOf(db, sequence.id)).toEqual({ sent: 1 });
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ executions: 1, recipients: 1 });
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ status: 'exited', next_step_id: null }]);
    expect(await guardsOf(db, sequence.id)).toEqual([{ active_enrollments: 0, entries: 1 }]);
    await settleAll(clock, [first, ACCEPTED]);
    expect(await executionsOf(db, sequence.id)).toHaveLength(1);
  });

  test.each([
    ['of itself', false],
    ['in the same batch', true],
  ])('counts as sent after another try of it had failed for good, %s', async (_name, inOneBatch) => {
    const { clock, sequence, first } = await aClaim();
    const second = await claimAgain(clock, sequence);
    if (inOneBatch) await settleAll(clock, [second, REJECTED], [first, ACCEPTED]);
    else {
      await settleAll(clock, [second, REJECTED]);
      expect(await funnelOf(db, sequence.id)).toEqual({ 'failed rejected': 1, waiting: 1 });
      await settleAll(clock, [first, ACCEPTED]);
    }
    await expectSentOnce(sequence);
    expect(await stepsLeftOf(db, sequence.id)).toMatchObject([
      { outcome: 'sent', reason: '', reply: '250 queued' },
    ]);
  });

  test('counts as sent, under the revision that was sent, though an edit put another step first', async () => {
    const { clock, sequence, first } = await aClaim();
    const inserted = await aStep(db, sequence, { delay_seconds: 0 }, 0);
    await expect(claimAgain(clock, sequence)).rejects.toThrow('Nothing was due');
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ next_step_id: inserted.id }]);
    await settleAll(clock, [first, ACCEPTED]);
    expect(await funnelOf(db, sequence.id)).toEqual({ sent: 1, waiting: 1 });
    await expect(claimAgain(clock, sequence)).rejects.toThrow('Nothing was due');
    expect(await funnelOf(db, sequence.id)).toEqual({ sent: 1, 'skipped step_moved': 1, waiting: 1 });
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ next_step_id: sequence.steps[1]?.id }]);
  });
});

describe('a result that was not accepted', () => {
  test.each([
    ['temporary', DEFERRED],
    ['permanent', REJECTED],
    ['a bounce', BOUNCED],
    ['abandoned', ABANDONED],
  ])('and answers a claim that is over changes nothing: %s', async (_name, outcome) => {
    const { clock, sequence, first } = await aClaim();
    await claimAgain(clock, sequence);
    const before = await enrollmentsOf(db, sequence.id);
    await settleAll(clock, [first, outcome]);
    expect(await enrollmentsOf(db, sequence.id)).toEqual(before);
    expect(await contactOf(db, first.contact.email)).toMatchObject({ suppressed_reason: null });
  });

  test.each([
    ['temporary', DEFERRED],
    ['permanent', REJECTED],
    ['abandoned', ABANDONED],
  ])('ends the wait of a run that was ended meanwhile: %s', async (_name, outcome) => {
    const { clock, sequence, first } = await aClaim();
    const contactId = first.contact.id;
    await inLane(db, LANE, (tx) =>
      exitRuns(tx, LANE, { contactId, sequenceId: null }, 'unsubscribed', clock.now()),
    );
    await settleAll(clock, [first, outcome]);
    expect(await funnelOf(db, sequence.id)).toEqual({ 'exited unsubscribed': 1 });
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
      { status: 'exited', next_step_id: null, claimed_step_id: null },
    ]);
  });

  test('since it was not tried at all does not count as a try, and is due again at once', async () => {
    const { clock, sequence, first } = await aClaim();
    for (let times = 0; times < 12; times++) {
      await settleAll(clock, [times === 0 ? first : await claim(clock, sequence), ABANDONED]);
      expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ attempts: 0, claimed_step_id: null }]);
    }
    expect(await claim(clock, sequence)).toMatchObject({ attempt: 1 });
  });
});

test('what may have been sent is sent again as it was, though it has been edited since', async () => {
  const { clock, sequence, first } = await aClaim();
  const patch = { subject: 'Something else' };
  const change = { by: 'Ada Admin', now: new Date() };
  await inTransaction(db, (tx) => editStep(tx, sequence.id, first.step_id, { patch }, change));
  const second = await claimAgain(clock, sequence);
  expect(second.revision).toBe(1);
  await settleAll(clock, [second, DEFERRED]);
  clock.advance({ hours: 1 });
  // The server has answered: that mail was not taken, so the next one is of the newest revision.
  expect((await claim(clock, sequence)).revision).toBe(2);
});

test('a claim under an epoch that is over claims nothing', async () => {
  const { clock, sequence } = await aClaim();
  await lapseClaims(db);
  const epoch = (await lanesOf(db))[LANE]?.epoch ?? 0;
  const options = { epoch: epoch - 1, limit: 50, leaseMs: 600_000, now: clock.now() };
  expect(await inLane(db, LANE, (tx) => claimSteps(tx, LANE, options))).toEqual({
    claims: [],
    confirmations: [],
    moved: [],
    lost: [],
    overdue: false,
    ready: 0,
  });
  expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ attempts: 1 }]);
});
