import type { Db, Tx } from '../db/database.ts';
import { inLane } from '../db/lanes.ts';
import { batches } from '../lib/batches.ts';
import { ensureWeeks } from './weeks.ts';

/** Where everything that comes in from outside waits to be written, lane by lane. */
export type LaneQueue = {
  /**
   * Opens the way in for one kind of items. What it answers takes items and gives their answers, in their order, when
   * all of them are committed.
   */
  open<Item, Answer>(kind: Kind<Item, Answer>): (items: Item[]) => Promise<Answer[]>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
};

/** One kind of items, and how they are written. */
export type Kind<Item, Answer> = {
  /** The lane in which an item is tried first. */
  laneOf(item: Item): number;
  /**
   * Writes items of one lane in their order, in a transaction that holds the lane's lock. `now` is the same for all
   * items of a transaction, and its week exists. An item whose contact turns out to live in another lane is sent on.
   */
  write(tx: Tx, lane: number, items: Item[], now: Date): Promise<Written<Item, Answer>[]>;
  /** Hears of each commit that had items of this kind. */
  onCommitted(lane: number, items: Item[]): void;
};

export type Written<Item, Answer> = { answer: Answer } | { movedTo: number; item: Item };

// A transaction of 500 triggers takes some tens of milliseconds; longer ones would make single items wait.
const BATCH = 500;
// Half of the pool: reads go on while items pour in.
const LANES_AT_ONCE = 8;

/**
 * Items that arrive together for one lane share a transaction, whatever their kinds: they would wait for the same
 * lane's lock anyway. A single item waits for nothing. One queue for all kinds, so that together they leave half of
 * the pool to others.
 */
export function openLaneQueue({ db, now }: { db: Db; now: () => Date }): LaneQueue {
  const lanes = batches<Entry, Written<unknown, unknown>>({
    run: (lane, entries) => writeAll(db, lane, entries, now()),
    size: BATCH,
    parallel: LANES_AT_ONCE,
    mayRunAgain: (error) => !(error instanceof MaybeCommitted),
  });

  async function place(kind: AnyKind, item: unknown, lane: number): Promise<unknown> {
    const [written] = await lanes.submit(lane, [{ kind, item }]);
    if (!written) throw new Error('An item was not answered.');
    return 'answer' in written ? written.answer : place(kind, written.item, written.movedTo);
  }

  return {
    open<Item, Answer>(kind: Kind<Item, Answer>) {
      const submit = (item: Item) => place(kind as AnyKind, item, kind.laneOf(item)) as Promise<Answer>;
      return (items: Item[]) => Promise.all(items.map(submit));
    },
    idle: lanes.idle,
  };
}

// What `open` was given, with its types forgotten: an item only ever meets the kind that it came with.
type AnyKind = Kind<unknown, unknown>;
type Entry = { kind: AnyKind; item: unknown };

async function writeAll(
  db: Db,
  lane: number,
  entries: Entry[],
  now: Date,
): Promise<Written<unknown, unknown>[]> {
  const kinds = Map.groupBy(entries, ({ kind }) => kind);
  const itemsOf = (group: Entry[]) => group.map(({ item }) => item);
  await ensureWeeks(db, [now]);
  let isDecided = false;
  try {
    const written = await inLane(db, lane, async (tx) => {
      const answers = new Map<Entry, Written<unknown, unknown> | undefined>();
      for (const [kind, group] of kinds) {
        const results = await kind.write(tx, lane, itemsOf(group), now);
        for (const [i, entry] of group.entries()) answers.set(entry, results[i]);
      }
      isDecided = true;
      return answers;
    });
    for (const [kind, group] of kinds) kind.onCommitted(lane, itemsOf(group));
    return entries.flatMap((entry) => written.get(entry) ?? []);
  } catch (error) {
    throw isDecided ? new MaybeCommitted(error) : error;
  }
}

/**
 * The connection broke at the commit, and nobody can tell whether it went through. The callers are told of a
 * failure: run again by ourselves, triggers without a request key could count twice.
 */
class MaybeCommitted extends Error {
  constructor(cause: unknown) {
    super('The connection to the database was lost while a lane was being written to.', { cause });
  }
}
