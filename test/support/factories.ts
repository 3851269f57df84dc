import { expect, onTestFinished } from 'vitest';
import { createContact } from '../../src/contacts/contacts.ts';
import type { Directory } from '../../src/contacts/directory.ts';
import type { Properties } from '../../src/contacts/properties.ts';
import type { Db } from '../../src/db/database.ts';
import { DEFAULT_LANES, inLane, laneOf } from '../../src/db/lanes.ts';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { openComposer } from '../../src/delivery/compose.ts';
import { captureTransport } from '../../src/delivery/send/capture_transport.ts';
import type { Transport } from '../../src/delivery/send/transport.ts';
import { Worker, type WorkerOptions } from '../../src/delivery/worker.ts';
import type { TriggerAnswer, TriggerRequest } from '../../src/enrollment/accept.ts';
import { type Confirmations, openConfirmations } from '../../src/enrollment/confirmation/confirmations.ts';
import { type Goals, openGoals } from '../../src/enrollment/goals.ts';
import { type Intake, openIntake } from '../../src/enrollment/intake.ts';
import { openLaneQueue } from '../../src/ledger/lane_queue.ts';
import { recount } from '../../src/ledger/recount.ts';
import { newId } from '../../src/lib/uuid.ts';
import type { Reentry, SequenceStatus } from '../../src/sequences/plan.ts';
import { createSequence, type Sequence, setStatus } from '../../src/sequences/sequences.ts';
import { addStep, type Step, type StepContent } from '../../src/sequences/steps.ts';
import type { SendWindow } from '../../src/sequences/timing.ts';

/** A time that a test moves by hand. */
export type Clock = { now(): Date; advance(by: { days?: number; hours?: number; seconds?: number }): void };

/** A clock that stands at a Monday morning in March 2026, or at `start`. */
export function aClock(start = '2026-03-02T09:00:00.000Z'): Clock {
  let ms = Date.parse(start);
  return {
    now: () => new Date(ms),
    advance({ days = 0, hours = 0, seconds = 0 }) {
      ms += ((days * 24 + hours) * 3600 + seconds) * 1000;
    },
  };
}

export const DIRECTORY: Directory = { lanes: DEFAULT_LANES, secret: Buffer.alloc(32, 7) };
export const LINK_SECRET = Buffer.alloc(32, 9);
export const PUBLIC_URL = 'https://mail.example.com';
/** When things were made that were there before a test began. */
const BEFORE = { by: 'Ada Admin', now: new Date('2026-02-01T09:00:00.000Z') };

export type SequenceWithSteps = Sequence & { steps: Step[] };

/** A step's content that is accepted, but for `some`. */
export function content(some: Partial<StepContent> = {}): StepContent {
  return { delay_seconds: 0, subject: 'Hello', html: '<p>Hello {{ contact.name }}</p>', text: null, ...some };
}

/** An active sequence with one step that is due at once, but for what is given. A draft may have no steps. */
export async function aSequence(
  db: Db,
  some: {
    name?: string;
    reentry?: Reentry;
    reentry_days?: number;
    send_window?: SendWindow;
    status?: SequenceStatus;
    steps?: Partial<StepContent>[];
  } = {},
): Promise<SequenceWithSteps> {
  const { name = 'Spring sale', status = 'active', steps = [{}], ...rules } = some;
  const sequence = await inTransaction(db, async (tx) => {
    const made = await createSequence(tx, { name, ...rules }, BEFORE);
    if (made.outcome !== 'created') throw new Error(made.outcome);
    return made.sequence;
  });
  const added: Step[] = [];
  for (const step of steps) added.push(await aStep(db, sequence, step));
  if (status === 'draft') return { ...sequence, steps: added };
  await statusOf(db, sequence, 'active');
  return { ...(status === 'active' ? sequence : await statusOf(db, sequence, status)), steps: added };
}

/** A further step of `sequence`: its last, or the one at `position`. */
export async function aStep(
  db: Db,
  sequence: { id: string },
  some: Partial<StepContent> = {},
  position?: number,
): Promise<Step> {
  const added = await inTransaction(db, (tx) => addStep(tx, sequence.id, content(some), position, BEFORE));
  if (added.outcome !== 'added') throw new Error(added.outcome);
  return added.step;
}

/** Moves a sequence to `status`, before the test began or at `now`. */
export async function statusOf(
  db: Db,
  { id }: { id: string },
  status: SequenceStatus,
  now = BEFORE.now,
): Promise<Sequence> {
  const changed = await inTransaction(db, (tx) => setStatus(tx, id, status, { ...BEFORE, now }));
  if (!('sequence' in changed)) throw new Error(changed.outcome);
  return changed.sequence;
}

/** An address that nobody else in the tests has, in `lane` where that is given. */
export function anAddress(lane?: number): string {
  for (;;) {
    const address = `${newId()}@example.com`;
    if (lane === undefined || laneOf(address, DEFAULT_LANES) === lane) return address;
  }
}

/** A contact of this address, of somebody new by default, with what is given; answers the address. */
export async function aContact(
  db: Db,
  email = anAddress(),
  some: { properties?: Properties; time_zone?: string } = {},
): Promise<string> {
  const lane = laneOf(email, DEFAULT_LANES);
  const said = { name: 'Ada Lovelace', external_user_id: null, properties: {}, time_zone: null };
  const made = await inLane(db, lane, (tx) =>
    createContact(tx, DIRECTORY, lane, { email, ...said, ...some }, BEFORE.now),
  );
  if (made.outcome !== 'created') throw new Error(made.outcome);
  return email;
}

/** For what is told of failures where a test expects none. */
export function noTrouble(error: unknown): never {
  throw error;
}

/** An intake as a process of its own would have it. `committed` hears of every commit. */
export function anIntake(
  db: Db,
  { clock = aClock(), onCommitted = () => {} }: { clock?: Clock; onCommitted?: (lane: number) => void } = {},
): Intake {
  const queue = openLaneQueue({ db, now: clock.now, onTrouble: noTrouble });
  return openIntake({ queue, directory: DIRECTORY, onCommitted });
}

/** The way in for goals as a process of its own would have it. */
export function someGoals(db: Db, clock: Clock = aClock()): Goals {
  const queue = openLaneQueue({ db, now: clock.now, onTrouble: noTrouble });
  return openGoals({ queue, directory: DIRECTORY, onEnded: () => {} });
}

/** The way in for forms that wait for a confirmation, as a process of its own would have it. */
export function someConfirmations(db: Db, clock: Clock = aClock()): Confirmations {
  const queue = openLaneQueue({ db, now: clock.now, onTrouble: noTrouble });
  return openConfirmations({ queue, directory: DIRECTORY, onCommitted: () => {} });
}

type SomeRequest = Partial<Omit<TriggerRequest, 'person'>> & { email?: string; name?: string };

/** A trigger of `sequence` by the API for somebody new, but for what is given. */
export function aRequest(sequence: { id: string }, some: SomeRequest = {}): TriggerRequest {
  const { email = anAddress(), name = null, ...rest } = some;
  const defaults = { sequence_id: sequence.id, source: 'api', context: {}, request_key: null, trusted: true };
  return { ...defaults, person: { email, name, external_user_id: null }, ...rest };
}

/** Triggers `sequence` once, and gives the answer. */
export async function trigger(
  intake: Intake,
  sequence: { id: string },
  some: SomeRequest = {},
): Promise<TriggerAnswer> {
  const [answer] = await intake.submit([aRequest(sequence, some)]);
  if (!answer) throw new Error('The trigger was not answered.');
  return answer;
}

/** Somebody in this lane who waits for the only email of a sequence. */
export async function someoneDue(
  db: Db,
  lane: number,
  clock = aClock(),
): Promise<{ clock: Clock; sequence: SequenceWithSteps }> {
  const sequence = await aSequence(db);
  await trigger(anIntake(db, { clock }), sequence, { email: anAddress(lane) });
  return { clock, sequence };
}

export type TestWorker = Worker & {
  /** Rounds until nothing is ready any more. */
  runDry(): Promise<void>;
};

export type WorkerParts = Partial<
  Omit<WorkerOptions, 'db' | 'leases' | 'transport' | 'now' | 'onTrouble'>
> & {
  clock?: Clock;
  transport?: Transport;
  /** Hears of troubles that the test expects; without it any trouble fails the test. */
  onTrouble?: WorkerOptions['onTrouble'];
};

/** A worker that captures mail, but for what is given; stopped when the test is finished. */
export function aWorker(db: Db, parts: WorkerParts = {}): TestWorker {
  const { clock = aClock(), transport = captureTransport(), onTrouble, ...rest } = parts;
  const troubles: unknown[] = [];
  const worker = new Worker({
    db,
    leases: db,
    composer: openComposer(db, {
      from: { name: 'Northwind', address: 'hello@northwind.example.com' },
      publicUrl: PUBLIC_URL,
      linkSecret: LINK_SECRET,
    }),
    transport: () => transport,
    now: clock.now,
    chance: () => 0,
    onCounted: () => {},
    onTrouble: onTrouble ?? ((error) => troubles.push(error)),
    ...rest,
  });
  onTestFinished(async () => {
    await worker.stop();
    await transport.close();
    expect(troubles).toEqual([]);
  });
  return Object.assign(worker, {
    async runDry() {
      while ((await worker.runOnce()) > 0);
    },
  });
}

/** Lets mail come to a halt on its way. */
export type Gate = Transport & {
  /** Resolves when `mails` mails stand here, or have passed. */
  reached(mails: number): Promise<void>;
  /** Lets those that stand here go on, and all that come. */
  open(): void;
};

/** Holds mail back before (or, `after` the mail server has it, behind) `transport` until it is opened. */
export function aGate(transport: Transport = captureTransport(), where: 'before' | 'after' = 'before'): Gate {
  const opened = Promise.withResolvers<void>();
  const waiting: { mails: number; resolve: () => void }[] = [];
  let seen = 0;
  const stand = () => {
    seen += 1;
    for (const { mails, resolve } of waiting) if (seen >= mails) resolve();
    return opened.promise;
  };
  return {
    via: transport.via,
    verify: () => transport.verify(),
    close: () => transport.close(),
    async send(...mail) {
      if (where === 'before') await stand();
      const outcome = await transport.send(...mail);
      if (where === 'after') await stand();
      return outcome;
    },
    reached: (mails) =>
      new Promise((resolve) => (seen >= mails ? resolve() : waiting.push({ mails, resolve }))),
    open: opened.resolve,
  };
}

/** Fails the test unless every counter agrees with its rows. */
export async function expectCleanRecount(db: Db): Promise<void> {
  const { counters } = await recount(db);
  expect(counters.filter(({ differing }) => differing > 0)).toEqual([]);
}
