import { addressKey } from '../contacts/address.ts';
import { type Directory, homeLane, lookUpContacts } from '../contacts/directory.ts';
import type { Tx } from '../db/database.ts';
import type { LaneQueue, Written } from '../ledger/lane_queue.ts';
import { record } from '../ledger/record.ts';
import type { Enrollment } from './enrollment.ts';
import { activeEnrollmentsOf, closeRuns, writeEnrollments } from './enrollments.sql.ts';
import { type GoalKey, insertGoalKeys, readGoalKeys } from './goals.sql.ts';
import { exit, noMoves } from './progress.ts';

/** An event that is the goal of a sequence for the person with this normalised address. */
export type Reached = {
  email: string;
  sequence_id: string;
  /** Makes it count once however often it is handed in; without one it is an event of its own. */
  request_key: string | null;
};

/** `repeated`: answered before under this request key; nothing happened now. */
export type GoalAnswer = { ended: number; repeated: boolean };

/** The way in for events that are goals. */
export type Goals = {
  /** Ends the active runs; answers in the order of `reached`, how many they were, when all are committed. */
  reach(reached: Reached[]): Promise<GoalAnswer[]>;
};

/** `contact_id` is given where the contact is known to live in this lane under another lane's address. */
type Item = Reached & { contact_id: string | null };

/** Goals by the lanes' queue. `onEnded` hears, after each commit, in which lane and sequences runs may have ended. */
export function openGoals(options: {
  queue: LaneQueue;
  directory: Directory;
  onEnded: (lane: number, sequenceIds: string[]) => void;
}): Goals {
  const { queue, directory, onEnded } = options;
  const reach = queue.open<Item, GoalAnswer>({
    laneOf: ({ email }) => homeLane(directory, email),
    write: (tx, lane, items, now) => endRuns(tx, directory, lane, items, now),
    onCommitted: (lane, items) => onEnded(lane, [...new Set(items.map(({ sequence_id }) => sequence_id))]),
  });
  return { reach: (reached) => reach(reached.map((each) => ({ ...each, contact_id: null }))) };
}

/**
 * Ends runs in the caller's transaction, which holds the lane's lock. Somebody whom nobody knows has none, and no
 * contact is made of them.
 */
async function endRuns(
  tx: Tx,
  directory: Directory,
  lane: number,
  items: Item[],
  now: Date,
): Promise<Written<Item, GoalAnswer>[]> {
  const places = await placesOf(tx, directory, lane, items);
  const events = items.map((item, i): Event => {
    const email_key = addressKey(directory.secret, item.email);
    return { ...item, contact_id: item.contact_id ?? places[i]?.contact_id ?? null, email_key };
  });
  const [runs, kept] = await Promise.all([
    activeEnrollmentsOf(tx, lane, events),
    readGoalKeys(tx, lane, events),
  ]);
  const desk = new Desk(runs, kept, now);
  const written = events.map((event, i): Written<Item, GoalAnswer> => {
    const { lane: home = lane } = places[i] ?? {};
    return home === lane ? { answer: desk.answer(event) } : { movedTo: home, item: event };
  });
  await Promise.all([
    writeEnrollments(tx, lane, desk.ended),
    closeRuns(tx, lane, desk.moves.over),
    insertGoalKeys(tx, lane, desk.keys, now),
    record(tx, lane, desk.moves),
  ]);
  return written;
}

type Place = { lane: number; contact_id: string };

/** Where the contact of each item lives; undefined for somebody whom nobody knows. */
async function placesOf(tx: Tx, directory: Directory, lane: number, items: Item[]) {
  const asked = items.filter((item) => item.contact_id === null).map(({ email }) => email);
  const found = await lookUpContacts(tx, directory, lane, [...new Set(asked)]);
  return items.map(({ email, contact_id }): Place | undefined => {
    if (contact_id !== null) return { lane, contact_id };
    const resolved = found.get(email);
    if (!resolved) return undefined;
    return 'movedTo' in resolved ? resolved.movedTo : { lane, contact_id: resolved.contact.id };
  });
}

type Event = Item & { email_key: Buffer };

// Takes events one after the other over what was read, so that two of one batch see each other, and gathers what is to
// be written.
class Desk {
  readonly moves = noMoves();
  readonly ended: Enrollment[] = [];
  readonly keys: GoalKey[] = [];
  readonly #runs: Map<string, Enrollment[]>;
  readonly #kept: Map<string, number>;
  readonly #now: Date;

  constructor(runs: Enrollment[], kept: GoalKey[], now: Date) {
    this.#runs = Map.groupBy(runs, ({ contact_id, sequence_id }) => `${contact_id} ${sequence_id}`);
    this.#kept = new Map(kept.map((key) => [nameOf(key), key.ended]));
    this.#now = now;
  }

  answer({ sequence_id, contact_id, email_key, request_key }: Event): GoalAnswer {
    const key = request_key === null ? null : { email_key, sequence_id, request_key };
    const before = key && this.#kept.get(nameOf(key));
    if (typeof before === 'number') return { ended: before, repeated: true };
    const pair = `${contact_id} ${sequence_id}`;
    const runs = this.#runs.get(pair) ?? [];
    this.#runs.delete(pair);
    this.ended.push(...runs.map((run) => exit(run, 'goal', this.#now, this.moves)));
    if (key) this.keys.push({ ...key, ended: runs.length });
    if (key) this.#kept.set(nameOf(key), runs.length);
    return { ended: runs.length, repeated: false };
  }
}

function nameOf({ email_key, sequence_id, request_key }: Omit<GoalKey, 'ended'>): string {
  return `${email_key.toString('hex')} ${sequence_id} ${request_key}`;
}
