import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { DEFAULT_LANES, inLane, laneOf } from '../../src/db/lanes.ts';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { claimSteps } from '../../src/delivery/claim.ts';
import { Limiter, type Slot } from '../../src/delivery/limits/limiter.ts';
import { changeLimits, type LimitsPatch } from '../../src/delivery/limits/limits.ts';
import { Rationing } from '../../src/delivery/limits/rationing.ts';
import { dropIdleKeys } from '../../src/delivery/limits/slots.sql.ts';
import { captureTransport } from '../../src/delivery/send/capture_transport.ts';
import { smtpTransport } from '../../src/delivery/send/smtp_transport.ts';
import { isHeldBack } from '../../src/delivery/sending_limits.routes.ts';
import { exitRuns } from '../../src/enrollment/exit_runs.ts';
import { newId } from '../../src/lib/uuid.ts';
import { aPage } from '../enrollment/consent.ts';
import {
  aClock,
  aGate,
  anIntake,
  aSequence,
  aWorker,
  expectCleanRecount,
  someConfirmations,
  statusOf,
  trigger,
} from '../support/factories.ts';
import {
  capturedOf,
  confirmationsOf,
  enrollmentsOf,
  executionsOf,
  funnelOf,
  giveLanesBack,
  lanesOf,
  lapseLeases,
} from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { SmtpSink } from '../support/smtp_sink.ts';
import { ageKeys, forgetKeys, keysOf, passMidnight } from './limits.sql.ts';

const { db, connection } = await setup();
const clock = aClock();
const intake = anIntake(db, { clock });

const PATIENCE = { timeout: 20_000 };
const LANE = 7;
const GRANTED = { outcome: 'granted', at: null, not_before: 0 } as const;
const SLOW = 'slow.example.com';
const NONE = { per_second: null, per_day: null };

beforeEach(async () => {
  await giveLanesBack(db);
  await forgetKeys(db);
});
afterEach(async () => {
  await endRuns();
  await limit({ overall: NONE, each_domain: NONE, domains: { [SLOW]: null } });
  await expectCleanRecount(db);
});

const sequences: { id: string }[] = [];

async function someSequence() {
  const sequence = await aSequence(db);
  sequences.push(sequence);
  return sequence;
}

/** Nothing waits for the workers of the next test. */
async function endRuns(): Promise<void> {
  for (const sequence of sequences.splice(0)) await endRunsOf(sequence);
}

async function endRunsOf(sequence: { id: string }): Promise<void> {
  for (const { lane, contact_id: contactId } of await enrollmentsOf(db, sequence.id))
    await inLane(db, lane, (tx) =>
      exitRuns(tx, lane, { contactId, sequenceId: null }, 'unsubscribed', clock.now()),
    );
}

async function limit(patch: LimitsPatch): Promise<void> {
  await inTransaction(db, (tx) => changeLimits(tx, patch));
}

/** What a process of its own knows of limits; `slots` are those that it was given. */
class RecordingLimiter extends Limiter {
  readonly slots: { domain: string; at: number }[] = [];

  override async reserve(domains: string[]): Promise<Slot[]> {
    const slots = await super.reserve(domains);
    for (const [i, slot] of slots.entries())
      if (slot.outcome === 'granted' && slot.at)
        this.slots.push({ domain: domains[i] ?? '', at: slot.at.getTime() });
    return slots;
  }
}

function aLimiter(): RecordingLimiter {
  return new RecordingLimiter({ db, slots: db });
}

/** So many people with addresses at `domain` whose email is due. */
async function people(sequence: { id: string }, n: number, domain: string): Promise<string[]> {
  const emails = Array.from({ length: n }, () => `${newId()}@${domain}`);
  for (const email of emails) await trigger(intake, sequence, { email });
  return emails;
}

/** Somebody whose email is due, always of the same lane. */
async function personOfOneLane(sequence: { id: string }): Promise<string> {
  for (;;) {
    const email = `${newId()}@${SLOW}`;
    if (laneOf(email, DEFAULT_LANES) !== LANE) continue;
    await trigger(intake, sequence, { email });
    return email;
  }
}

/** When the slots of a domain's mail begin, in ms by the database's clock; in order. */
function instants(limiters: RecordingLimiter[], of = 'example.com'): number[] {
  const slots = limiters.flatMap((limiter) => limiter.slots.filter(({ domain }) => domain === of));
  return slots.map(({ at }) => at).sort((a, b) => a - b);
}

/** The most of these instants within any second. */
function mostInASecond(at: number[]): number {
  return Math.max(...at.map((first) => at.filter((one) => one >= first && one < first + 1_000).length));
}

function heldBack(enrollments: { limited_by: string | null }[], domain = SLOW): number {
  return enrollments.filter(({ limited_by }) => limited_by === domain).length;
}

describe('two processes', () => {
  test('are given slots as far apart as the limit of a domain says, and none of others', async () => {
    await limit({ domains: { [SLOW]: { per_second: 100 } } });
    const limiters = [aLimiter(), aLimiter()];
    const askFor = async (limiter: RecordingLimiter) => {
      await limiter.learn();
      while (instants([limiter], SLOW).length < 40) await limiter.reserve([SLOW, 'example.com']);
    };
    await Promise.all(limiters.map(askFor));
    const at = instants(limiters, SLOW);
    const gaps = at.slice(1).map((ms, i) => ms - (at[i] ?? 0));
    // To the millisecond: the instants were cut.
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(9);
    expect(await keysOf(db)).toMatchObject([{ key: SLOW, sent_today: at.length }]);
  });

  test('together send no more in a second than all mail may', async () => {
    await using sink = await SmtpSink.start();
    await limit({ overall: { per_second: 40 } });
    const sequence = await someSequence();
    await people(sequence, 80, 'example.com');
    const limiters = [aLimiter(), aLimiter()];
    const workers = limiters.map((limiter) =>
      aWorker(db, { clock, limiter, transport: smtpTransport(sink.server()) }),
    );
    for (const worker of [...workers, ...workers]) await worker.runOnce();
    for (const worker of workers) worker.start();
    await vi.waitUntil(async () => (await executionsOf(db, sequence.id)).length === 80, PATIENCE);
    expect(new Set(sink.mails.map(({ to }) => to[0])).size).toBe(80);
    expect(sink.mails).toHaveLength(80);
    const at = instants(limiters);
    expect(at).toHaveLength(80);
    expect(mostInASecond(at)).toBeLessThanOrEqual(41);
    expect(limiters.map(({ slots }) => slots.length > 0)).toEqual([true, true]);
    expect(await keysOf(db)).toMatchObject([{ key: '*', sent_today: 80 }]);
  });
});

describe('a domain whose limit is reached', () => {
  test('holds up no other, whatever was due first', async () => {
    await limit({ each_domain: { per_second: 0.01 }, domains: { 'example.com': NONE } });
    const sequence = await someSequence();
    await people(sequence, 60, SLOW);
    const others = await people(sequence, 20, 'example.com');
    const worker = aWorker(db, { clock, limiter: aLimiter() });
    await worker.runDry();
    const sent = (await executionsOf(db, sequence.id)).map(({ recipient_email }) => recipient_email);
    expect(sent).toHaveLength(21);
    expect(sent).toEqual(expect.arrayContaining(others));
    const enrollments = await enrollmentsOf(db, sequence.id);
    expect(heldBack(enrollments)).toBe(59);
    expect(enrollments.filter(({ status }) => status === 'active').map(({ attempts }) => attempts)).toEqual(
      Array(59).fill(0),
    );
    await limit({ domains: { 'example.com': null } });
  });

  test('sends what it kept back in the order in which it was due, and before what came later', async () => {
    await limit({ domains: { [SLOW]: { per_day: 1 } } });
    const sequence = await someSequence();
    const emails: string[] = [];
    for (let n = 0; n < 4; n += 1) {
      emails.push(await personOfOneLane(sequence));
      clock.advance({ seconds: 1 });
      await aWorker(db, { clock, limiter: aLimiter() }).runDry();
      await giveLanesBack(db);
    }
    for (let day = 1; day < 4; day += 1) {
      await passMidnight(db);
      await aWorker(db, { clock, limiter: aLimiter() }).runDry();
      await giveLanesBack(db);
    }
    clock.advance({ seconds: 1 });
    expect((await capturedOf(db, sequence.id)).map(({ recipient }) => recipient)).toEqual(
      emails.map((email) => expect.stringContaining(email)),
    );
  });

  test('has new mail go behind what is kept back in its lane, even where there is a slot', async () => {
    await limit({ domains: { [SLOW]: { per_second: 0.01 } } });
    const sequence = await someSequence();
    await personOfOneLane(sequence);
    await personOfOneLane(sequence);
    const worker = aWorker(db, { clock, limiter: aLimiter() });
    await worker.runDry();
    clock.advance({ seconds: 1 });
    const late = await personOfOneLane(sequence);
    const limiter = aLimiter();
    const rationing = new Rationing({ db, limiter });
    const { epoch = 0 } = (await lanesOf(db)).find(({ lane }) => lane === LANE) ?? {};
    await rationing.learn(new Map([[LANE, epoch]]));
    expect(rationing.due([LANE])).toEqual(new Map([[LANE, [SLOW]]]));
    expect(rationing.begin(LANE + 1, [])?.mustWait(SLOW)).toBe(false);
    const ration = rationing.begin(LANE, []);
    if (!ration) throw new Error('Nothing is limited.');
    const reserve = async (domains: string[]) => domains.map(() => ({ ...GRANTED }));
    const options = { epoch, limit: 50, leaseMs: 60_000, now: clock.now(), ration: { ...ration, reserve } };
    expect(await inLane(db, LANE, (tx) => claimSteps(tx, LANE, options))).toMatchObject({
      claims: [],
      heldBack: { held: [SLOW], left: [] },
    });
    // In its turn, the one that was kept back first goes before it.
    const both = { ...options, ration: { ...options.ration, domains: [SLOW] } };
    const { claims } = await inLane(db, LANE, (tx) => claimSteps(tx, LANE, both));
    expect(claims.map(({ contact }) => contact.email === late)).toEqual([false, true]);
  });

  test('lets go of everything when the limit is lifted, also in a worker that runs', async () => {
    await limit({ domains: { [SLOW]: { per_second: 0.01, per_day: 1 } } });
    const sequence = await someSequence();
    await people(sequence, 30, SLOW);
    const worker = aWorker(db, { clock, limiter: aLimiter() });
    worker.start();
    await vi.waitUntil(async () => heldBack(await enrollmentsOf(db, sequence.id)) === 29, PATIENCE);
    expect(await executionsOf(db, sequence.id)).toHaveLength(1);
    await limit({ domains: { [SLOW]: null } });
    worker.relearn();
    await vi.waitUntil(async () => (await executionsOf(db, sequence.id)).length === 30, PATIENCE);
    expect(heldBack(await enrollmentsOf(db, sequence.id))).toBe(0);
  });

  test('goes on at the new rate when the limit is raised', async () => {
    await limit({ domains: { [SLOW]: { per_second: 0.01 } } });
    const sequence = await someSequence();
    await people(sequence, 5, SLOW);
    const limiter = aLimiter();
    const worker = aWorker(db, { clock, limiter });
    worker.start();
    await vi.waitUntil(async () => heldBack(await enrollmentsOf(db, sequence.id)) === 4, PATIENCE);
    await limit({ domains: { [SLOW]: { per_second: 50 } } });
    worker.relearn();
    await vi.waitUntil(async () => (await executionsOf(db, sequence.id)).length === 5, PATIENCE);
    const [, second = 0, ...later] = instants([limiter], SLOW);
    expect(later.every((at, i) => at - second >= (i + 1) * 20 - 1)).toBe(true);
  });

  test('lets go of what it kept back while its sequence was paused, too', async () => {
    await limit({ domains: { [SLOW]: { per_day: 1 } } });
    const sequence = await someSequence();
    await people(sequence, 3, SLOW);
    await aWorker(db, { clock, limiter: aLimiter() }).runDry();
    await statusOf(db, sequence, 'paused', clock.now());
    clock.advance({ hours: 2 });
    await statusOf(db, sequence, 'active', clock.now());
    await limit({ domains: { [SLOW]: null } });
    await giveLanesBack(db);
    const worker = aWorker(db, { clock, limiter: aLimiter() });
    await worker.runDry();
    expect(heldBack(await enrollmentsOf(db, sequence.id))).toBe(0);
    worker.wakeHeld();
    await worker.runDry();
    clock.advance({ hours: 1 });
    await worker.runDry();
    expect(await funnelOf(db, sequence.id)).toEqual({ sent: 3 });
  });

  test('keeps nobody in a run whom they have left', async () => {
    await limit({ domains: { [SLOW]: { per_second: 0.01 } } });
    const sequence = await someSequence();
    await people(sequence, 3, SLOW);
    const worker = aWorker(db, { clock, limiter: aLimiter() });
    await worker.runDry();
    await endRunsOf(sequence);
    expect(await funnelOf(db, sequence.id)).toEqual({ sent: 1, 'exited unsubscribed': 2 });
    expect(heldBack(await enrollmentsOf(db, sequence.id))).toBe(0);
  });
});

describe('a limit by the day', () => {
  test('of all mail keeps no confirmation of an address back, and is asked anew at once when it is changed', async () => {
    await limit({ overall: { per_day: 1 } });
    const sequence = await someSequence();
    const page = await aPage(db, sequence);
    await people(sequence, 3, 'example.com');
    const limiter = aLimiter();
    const worker = aWorker(db, { clock, limiter });
    await worker.runDry();
    expect(limiter.fullFor()).toBeGreaterThan(0);
    await someConfirmations(db, clock).ask({ page, email: `${newId()}@example.com`, name: null });
    await worker.runDry();
    expect(await confirmationsOf(db, page.id)).toMatchObject([{ sent_at: clock.now() }]);
    expect(await executionsOf(db, sequence.id)).toHaveLength(1);
    await limit({ overall: { per_day: 3 } });
    worker.relearn();
    await worker.runDry();
    expect(await executionsOf(db, sequence.id)).toHaveLength(3);
  });

  test('of all mail holds until midnight in the reporting zone, for all processes', async () => {
    await limit({ overall: { per_day: 5 } });
    const sequence = await someSequence();
    await people(sequence, 8, 'example.com');
    const workers = [
      aWorker(db, { clock, limiter: aLimiter() }),
      aWorker(db, { clock, limiter: aLimiter() }),
    ];
    for (const worker of [...workers, ...workers]) await worker.runOnce();
    for (const worker of workers) await worker.runDry();
    expect(await executionsOf(db, sequence.id)).toHaveLength(5);
    expect(await keysOf(db)).toMatchObject([{ key: '*', sent_today: 5, is_refused: true }]);
    await passMidnight(db);
    await giveLanesBack(db);
    await aWorker(db, { clock, limiter: aLimiter() }).runDry();
    expect(await executionsOf(db, sequence.id)).toHaveLength(8);
    expect(await keysOf(db)).toMatchObject([{ key: '*', sent_today: 3 }]);
    expect(await isHeldBack(db)).toBe(true);
    await limit({ overall: NONE });
    expect(await isHeldBack(db)).toBe(false);
  });

  test('of a domain counts what a process that died had been given, so that it is never exceeded', async () => {
    await using sink = await SmtpSink.start();
    await limit({ domains: { [SLOW]: { per_day: 3 } } });
    const sequence = await someSequence();
    await people(sequence, 2, SLOW);
    const gate = aGate(captureTransport());
    const killed = aWorker(db, { clock, limiter: aLimiter(), transport: gate });
    const round = killed.runOnce();
    await gate.reached(2);
    expect(await keysOf(db)).toMatchObject([{ key: SLOW, sent_today: 2 }]);
    await lapseLeases(db);
    await giveLanesBack(db);
    const next = aWorker(db, { clock, limiter: aLimiter(), transport: smtpTransport(sink.server()) });
    await next.runDry();
    expect(sink.mails).toHaveLength(1);
    expect(heldBack(await enrollmentsOf(db, sequence.id))).toBe(1);
    gate.open();
    await round;
  });
});

test('a change that is announced while limits are read has them read once more', async () => {
  const limiter = aLimiter();
  const learning = limiter.learn();
  limiter.forget();
  await learning;
  await limit({ overall: { per_second: 5 } });
  await limiter.learn();
  expect(limiter.isOn).toBe(true);
});

test('what was refused under limits that have changed meanwhile keeps nobody waiting', async () => {
  await limit({ overall: { per_day: 1 } });
  await using slots = openDatabase(connection, { max: 1 });
  const limiter = new Limiter({ db, slots });
  await limiter.learn();
  await limiter.reserve([SLOW]);
  // Asked under the old limits, while the only connection is taken.
  const { reserving } = await inTransaction(slots, async () => {
    const reserving = limiter.reserve([SLOW]);
    await limit({ overall: { per_day: 2 } });
    limiter.forget();
    await limiter.learn();
    return { reserving };
  });
  expect(await reserving).toMatchObject([{ outcome: 'refused' }]);
  expect(limiter.fullFor()).toBe(0);
});

test('limits that nobody set ask the database for nothing', async () => {
  const sequence = await someSequence();
  await people(sequence, 3, SLOW);
  await aWorker(db, { clock, limiter: aLimiter() }).runDry();
  expect(await executionsOf(db, sequence.id)).toHaveLength(3);
  expect(await keysOf(db)).toEqual([]);
});

test('domains that nothing is sent to any more are forgotten', async () => {
  await limit({ overall: { per_day: 9 }, each_domain: { per_day: 9 } });
  const limiter = aLimiter();
  await limiter.learn();
  await limiter.reserve(['old.example.com']);
  await ageKeys(db, 5);
  await limiter.reserve(['new.example.com']);
  expect(await dropIdleKeys(db, 100)).toBe(1);
  expect((await keysOf(db)).map(({ key }) => key)).toEqual(['*', 'new.example.com']);
  expect(await limiter.reserve(['old.example.com'])).toMatchObject([{ outcome: 'granted' }]);
});
