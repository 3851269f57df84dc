import fc from 'fast-check';
import type { Event } from '../support/history.ts';

/** Six contacts in three lanes, three sequences of two steps. */
export const CONTACTS = [1, 2, 8, 3, 18, 9];
export const SEQUENCES = [1, 2, 3];
export const SOURCES = ['promo', 'api', 'import'];
export const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
] as const;

/** The days of every history: those on which summer time begins in New York and in Berlin, and it ends on Lord Howe. */
export const FIRST_DAY = '2026-03-05';
export const DAYS = 42;
// In steps of 90 minutes: many equal instants, and the hours around midnight in every zone.
const SLOT_MS = 90 * 60 * 1000;
const SLOTS = (DAYS * 24 * 60) / 90;

/** A trigger; accepted where `reason` is empty. */
export type Triggered = { contact: number; sequence: number; source: string; reason: string; at: Date };

/** One contact's wait for a step and what became of it. `overruled`: was first said to have ended otherwise. */
export type Run = {
  contact: number;
  sequence: number;
  source: string;
  step: number;
  waitedRevision: number;
  revision: number;
  enteredAt: Date;
  at: Date;
  end: 'waiting' | 'withdrawn' | 'sent' | 'overruled' | 'skipped' | 'failed' | 'exited';
};

/** What a writer records at once: in one transaction for each lane that it names. */
export type Write = { reports: Event[]; triggers: Triggered[]; runs: Run[] };

/** What happens beside the writers. `zone` changes the reporting zone, and makes the way for the next change. */
export type Upkeep = 'drain' | 'fold' | 'zone';

export type History = {
  zone: (typeof ZONES)[number];
  nextZone: (typeof ZONES)[number];
  /** Two writers, each with a connection of its own, who write at the same time. */
  writers: Write[][];
  upkeep: Upkeep[];
};

const instant = fc.integer({ min: 0, max: SLOTS - 1 }).map(instantOf);
const what = {
  contact: fc.constantFrom(...CONTACTS),
  sequence: fc.constantFrom(...SEQUENCES),
  source: fc.constantFrom(...SOURCES),
};

const report = fc.record({
  ...what,
  at: instant,
  step: fc.integer({ min: 0, max: 2 }),
  key: fc.option(
    fc.integer({ min: 1, max: 30 }).map((n) => `key-${n}`),
    { freq: 3 },
  ),
});

const trigger = fc.record({
  ...what,
  reason: fc.constantFrom('', '', 'already_active', 'unsubscribed', 'not_active'),
  at: instant,
});

const run = fc
  .record({
    ...what,
    step: fc.integer({ min: 1, max: 2 }),
    waitedRevision: fc.integer({ min: 1, max: 2 }),
    isEdited: fc.boolean(),
    enteredAt: instant,
    slots: fc.integer({ min: 0, max: 60 }),
    end: fc.constantFrom<Run['end'][]>(
      'sent',
      'sent',
      'sent',
      'waiting',
      'withdrawn',
      'overruled',
      'skipped',
      'failed',
      'exited',
    ),
  })
  .map(({ isEdited, slots, ...some }) => ({
    ...some,
    revision: some.waitedRevision + (isEdited ? 1 : 0),
    at: new Date(Math.min(some.enteredAt.getTime() + slots * SLOT_MS, instantOf(SLOTS - 1).getTime())),
  }));

const write = fc.record({
  reports: fc.array(report, { maxLength: 8 }),
  triggers: fc.array(trigger, { maxLength: 4 }),
  runs: fc.array(run, { maxLength: 5 }),
});

const writer = fc.array(write, { minLength: 1, maxLength: 4 });

/** Any history: two writers, who say things as they happen or in any order, and upkeep beside them. */
export const histories: fc.Arbitrary<History> = fc
  .record({
    zone: fc.constantFrom(...ZONES),
    nextZone: fc.constantFrom(...ZONES),
    writers: fc.tuple(writer, writer),
    isLive: fc.boolean(),
    upkeep: fc.array(fc.constantFrom<Upkeep[]>('drain', 'drain', 'fold'), { maxLength: 4 }),
    // A change of zone takes as long as all the rest of a history.
    changesZone: fc.integer({ min: 0, max: 11 }).map((n) => n === 0),
  })
  .map(({ changesZone, isLive, upkeep, writers, ...history }) => ({
    ...history,
    writers: isLive ? writers.map(asTheyHappen) : writers,
    upkeep: changesZone ? [...upkeep.slice(0, 2), 'zone', ...upkeep.slice(2)] : upkeep,
  }));

/** The instants that a history may name, in weeks: for each of them there must be one. */
export const INSTANTS = Array.from({ length: DAYS / 7 + 1 }, (_, week) => instantOf(week * 7 * 16));

function instantOf(slot: number): Date {
  return new Date(Date.parse(`${FIRST_DAY}T00:00:00Z`) + slot * SLOT_MS);
}

// Of the same lanes, but for one.
const OF_WRITER = [
  [1, 3, 9],
  [2, 18, 8],
];

/** The same number of writes of contacts that the other writer has nothing to do with, each later than those before. */
function asTheyHappen(writes: Write[], writer: number): Write[] {
  const parts = <Said extends { contact: number; at: Date }>(said: Said[]) => {
    const ours = said
      .map((one) => ({ ...one, contact: OF_WRITER[writer]?.[CONTACTS.indexOf(one.contact) % 3] ?? 1 }))
      .sort((a, b) => a.at.getTime() - b.at.getTime());
    const size = Math.ceil(ours.length / writes.length);
    return writes.map((_, i) => ours.slice(i * size, (i + 1) * size));
  };
  const reports = parts(writes.flatMap((write) => write.reports));
  const triggers = parts(writes.flatMap((write) => write.triggers));
  const runs = parts(writes.flatMap((write) => write.runs));
  return writes.map((_, i) => ({
    reports: reports[i] ?? [],
    triggers: triggers[i] ?? [],
    runs: runs[i] ?? [],
  }));
}
