import type { Execution } from '../../src/ledger/facts.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export const TRAFFIC = {
  /** When it begins, in milliseconds since 1970: a Monday. */
  start: Date.UTC(2026, 0, 5),
  lanes: 32,
  /** Enrollments a day in each lane. With the steps that follow, some 20,000 emails a day in all lanes. */
  enrolled: 260,
  /** How many of them are people never seen before; the others were enrolled in something earlier. */
  newcomers: 104,
  /** Mean age in days of the first enrollment of somebody who returns. */
  returnAfterDays: 30,
  /** The share that goes on from one step to the next. */
  goingOn: 0.92,
} as const;

/** Days of delay of each step since enrollment, sequence by sequence; the first ones are the most used. */
const SEQUENCES = [
  [0, 2, 5],
  [0, 1, 3, 7],
  [0],
  [0, 3],
  [0, 2, 4, 8, 12],
  [0, 7],
  [0],
  [0, 1],
  [0, 3, 10],
  [0],
  [0, 5],
  [0, 1, 2],
] as const;

const SOURCES = ['promo', 'event_trigger', 'api', 'manual', 'import'] as const;
const SHARES = [0.45, 0.75, 0.9, 0.94, 1];

/**
 * Made-up emails of a workspace that lives: people are enrolled, get the steps of their sequence days apart, and
 * return, to the same sequence or another, from the same source or another. The same in every run. A lane's
 * emails come in the order of time, so what is recorded of it first is its past.
 */
export class Traffic {
  readonly #start: number;
  readonly #lanes: LaneClock[];
  #taken = 0;
  #turn = 0;

  /** `start` is when it begins, in milliseconds since 1970: a midnight. */
  constructor(start: number = TRAFFIC.start) {
    this.#start = start;
    this.#lanes = Array.from({ length: TRAFFIC.lanes }, () => ({ day: 0, now: [], ahead: [] }));
  }

  /** How many emails were taken. */
  get taken(): number {
    return this.#taken;
  }

  /** The next `count` batches of `size` emails: each of the lane after that of the one before. */
  batches(count: number, size: number): Batch[] {
    return Array.from({ length: count }, () => {
      const lane = this.#turn;
      this.#turn = (lane + 1) % TRAFFIC.lanes;
      this.#taken += size;
      return { lane, executions: this.#take(lane, size) };
    });
  }

  /** The emails of the next `count` days: a batch for each day and lane, lane after lane. */
  *days(count: number): Generator<Batch> {
    for (let day = 0; day < count; day += 1) {
      for (const [lane, clock] of this.#lanes.entries()) {
        passDay(lane, clock, this.#start);
        this.#taken += clock.now.length;
        yield { lane, executions: clock.now.splice(0).map((email) => write(lane, email)) };
      }
    }
  }

  /** Another traffic that goes on from here. */
  fork(): Traffic {
    const copy = new Traffic(this.#start);
    copy.#taken = this.#taken;
    copy.#turn = this.#turn;
    for (const [lane, { day, now, ahead }] of this.#lanes.entries()) {
      copy.#lanes[lane] = { day, now: [...now], ahead: ahead.map((emails) => [...emails]) };
    }
    return copy;
  }

  #take(lane: number, size: number): Execution[] {
    const clock = this.#lanes[lane];
    if (!clock) throw new Error(`There is no lane ${lane} in this traffic.`);
    while (clock.now.length < size) passDay(lane, clock, this.#start);
    return clock.now.splice(0, size).map((email) => write(lane, email));
  }
}

export type Batch = { lane: number; executions: Execution[] };

/** Where a lane stands: emails until the end of `day` that nobody took yet, and those of the days after it. */
type LaneClock = { day: number; now: Email[]; ahead: Email[][] };

/** The `n`th person enrolled in a lane on a day. */
type Enrollment = { lane: number; day: number; n: number };

/** An email yet to be written: a step of an enrollment, and when it goes, in milliseconds since 1970. */
type Email = { day: number; n: number; step: number; at: number };

/** The sequences of all traffic, by the ids that its emails bear. */
export function sequencesOfTraffic(): { id: string; steps: string[] }[] {
  return SEQUENCES.map((delays, sequence) => ({
    id: sequenceId(sequence),
    steps: delays.map((_, step) => stepId(sequence, step)),
  }));
}

function sequenceId(sequence: number): string {
  return uuid(TRAFFIC.start, 7, sequence);
}

function stepId(sequence: number, step: number): string {
  return uuid(TRAFFIC.start, 7, sequence, step + 1);
}

function passDay(lane: number, clock: LaneClock, start: number): void {
  for (let n = 0; n < TRAFFIC.enrolled; n += 1) {
    const enrollment = { lane, day: clock.day, n };
    const stamina = chance(enrollment, 'stamina');
    const time = start + Math.floor(chance(enrollment, 'time') * DAY_MS);
    for (const [step, delay] of delaysOf(enrollment).entries()) {
      if (stamina > TRAFFIC.goingOn ** step) break;
      while (clock.ahead.length <= delay) clock.ahead.push([]);
      clock.ahead[delay]?.push({ day: clock.day, n, step, at: time + (clock.day + delay) * DAY_MS });
    }
  }
  const today = clock.ahead.shift() ?? [];
  clock.now.push(...today.sort((a, b) => a.at - b.at));
  clock.day += 1;
}

function delaysOf(enrollment: Enrollment): readonly number[] {
  return SEQUENCES[sequenceOf(enrollment)] ?? [];
}

function sequenceOf(enrollment: Enrollment): number {
  return Math.floor(SEQUENCES.length * chance(enrollment, 'sequence') ** 2);
}

function write(lane: number, { day, n, step, at }: Email): Execution {
  const enrollment = { lane, day, n };
  const sequence = sequenceOf(enrollment);
  const share = chance(enrollment, 'source');
  const source = SOURCES[SHARES.findIndex((limit) => share < limit)] ?? 'api';
  const person = personOf(enrollment);
  const name = `${lane}-${person.day}-${person.n}`;
  return {
    id: uuid(at, 5, lane, day, n, step),
    sequence_id: sequenceId(sequence),
    step_id: stepId(sequence, step),
    revision: 1,
    enrollment_id: null,
    contact_id: uuid(TRAFFIC.start + person.day * DAY_MS, 7, lane, person.day, person.n),
    recipient_email: flat(`person-${name}@example.com`),
    recipient_user_id: person.n % 2 === 0 ? flat(`user-${name}`) : null,
    context: source === 'promo' ? { page: 'spring-sale', utm_source: 'newsletter' } : {},
    source,
    // As an outside sender reports it: such an email moves every counter of executions, the funnel too.
    via: 'reported',
    message_id: null,
    executed_at: new Date(at),
  };
}

/** Who an enrollment is of: a newcomer, named by it, or somebody named by an earlier one of the same lane. */
function personOf(enrollment: Enrollment): { day: number; n: number } {
  const { day, n } = enrollment;
  if (n < TRAFFIC.newcomers) return { day, n };
  const ago = Math.ceil(-Math.log(1 - chance(enrollment, 'ago')) * TRAFFIC.returnAfterDays);
  const who = Math.floor(chance(enrollment, 'who') * TRAFFIC.newcomers);
  // In a history younger than that, from all of its days: the first day's few would come back again and again.
  return { day: day - (ago % (day + 1)), n: who };
}

const TRAITS = { sequence: 1, stamina: 2, source: 3, time: 4, ago: 5, who: 6 } as const;

/** A number from 0 to below 1 that depends on the enrollment and the trait alone. */
function chance({ lane, day, n }: Enrollment, trait: keyof typeof TRAITS): number {
  return mix(TRAITS[trait], lane, day, n) / 2 ** 32;
}

/** A UUID of this version and of these numbers: version 7 begins with the time, version 5 is all scattered. */
function uuid(at: number, version: 5 | 7, ...numbers: number[]): string {
  for (let word = 0; word < 4; word += 1) SCRATCH.writeUInt32BE(mix(word, version, ...numbers), word * 4);
  if (version === 7) SCRATCH.writeUIntBE(at, 0, 6);
  SCRATCH[6] = (version << 4) | ((SCRATCH[6] ?? 0) & 15);
  SCRATCH[8] = 128 | ((SCRATCH[8] ?? 0) & 63);
  const hex = SCRATCH.toString('hex', 0, 16);
  return flat(
    `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`,
  );
}

const SCRATCH = Buffer.alloc(100);

/** The same text in one piece, as a database gives it: whoever reads it first would join its pieces otherwise. */
function flat(text: string): string {
  return SCRATCH.toString('latin1', 0, SCRATCH.write(text, 'latin1'));
}

/** 32 bits that numbers are scattered to, by the finalizer of MurmurHash3 after each. */
function mix(...numbers: number[]): number {
  let hash = 0x9e3779b9;
  for (const number of numbers) {
    hash = Math.imul(hash ^ number, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}
