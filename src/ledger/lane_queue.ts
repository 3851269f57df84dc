import { type Db, isUp, type Tx } from '../db/database.ts';
import { inLane } from '../db/lanes.ts';
import { batches } from '../lib/batches.ts';
import { Unavailable } from '../lib/unavailable.ts';
import { ensureWeeks } from './weeks.ts';

/** Where everything that comes in from outside waits to be written, lane by lane. */
export type LaneQueue = {
  /**
   * Opens the way in for one kind of items. What it answers takes items and gives their answers, in their order, when
   * all of them are committed. Rejects with Unavailable, and has written nothing of the items that it concerns, while
   * the database is away, too much waits, or one of them has waited for twenty seconds.
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
  /** Hears of each commit that had items of this kind, also of one of which nobody can tell whether it went through. */
  onCommitted(lane: number, items: Item[]): void;
};

export type Written<Item, Answer> = { answer: Answer } | { movedTo: number; item: Item };

// A transaction of 500 triggers takes some tens of milliseconds; longer ones would make single items wait.
const BATCH = 500;
// Of the pool's connections, which it shares with sending; its size allows for so many.
const LANES_AT_ONCE = 8;
// With so many under way the machine is busy, and it does least for those who wait by doing little for each: what comes
// within a few milliseconds shares a transaction.
const BUSY = 3;
const LINGER_MS = 10;
// Some seconds of work. Each holds what its caller said of it, so without an end they would fill the memory.
const MOST_WAITING = 50_000;
// Nobody waits for an answer much longer.
const PATIENCE_MS = 20_000;
const AGAIN_SECONDS = 5;

export type LaneQueueOptions = {
  db: Db;
  now: () => Date;
  /** Hears of failures that change no answer. */
  onTrouble: (error: unknown, doing: string) => void;
};

/**
 * Items that arrive together for one lane share a transaction, whatever their kinds: they would wait for the same
 * lane's lock anyway. A single item waits for nothing. One queue for all kinds, so that together they leave some of
 * the pool's connections to others.
 */
export function openLaneQueue(options: LaneQueueOptions): LaneQueue {
  const lanes = batches<Entry, Written<unknown, unknown>>({
    run: (lane, entries) => run(options, lane, entries),
    size: BATCH,
    parallel: LANES_AT_ONCE,
    mayRunAgain: (error) => !(error instanceof MaybeCommitted || error instanceof Unavailable),
    patienceMs: PATIENCE_MS,
    linger: { ms: LINGER_MS, while: (_lane, running) => running >= BUSY },
  });

  async function place(kind: AnyKind, item: unknown, lane: number): Promise<unknown> {
    const [written] = await lanes.submit(lane, [{ kind, item }]);
    if (!written) throw new Error('An item was not answered.');
    return 'answer' in written ? written.answer : place(kind, written.item, written.movedTo);
  }

  return {
    open<Item, Answer>(kind: Kind<Item, Answer>) {
      const submit = (item: Item) => place(kind as AnyKind, item, kind.laneOf(item)) as Promise<Answer>;
      // A call as a whole, before anything of it is written.
      return async (items: Item[]) => {
        if (lanes.waiting() + items.length > MOST_WAITING) throw tooMuch();
        return Promise.all(items.map(submit));
      };
    },
    idle: lanes.idle,
  };
}

// What `open` was given, with its types forgotten: an item only ever meets the kind that it came with.
type AnyKind = Kind<unknown, unknown>;
type Entry = { kind: AnyKind; item: unknown };

/**
 * Writes a batch. While the database is away it fails as Unavailable: its items would fail alike one by one, each
 * after ten seconds of connecting.
 */
async function run(options: LaneQueueOptions, lane: number, entries: Entry[]): Promise<Answered> {
  try {
    return await writeAll(options, lane, entries);
  } catch (error) {
    if (error instanceof MaybeCommitted || (await isUp(options.db))) throw error;
    throw new Unavailable('The database cannot be reached.', { seconds: AGAIN_SECONDS, cause: error });
  }
}

type Answered = Written<unknown, unknown>[];
type Group = [kind: AnyKind, entries: Entry[]];

async function writeAll(options: LaneQueueOptions, lane: number, entries: Entry[]): Promise<Answered> {
  const { db } = options;
  const now = options.now();
  const groups = [...Map.groupBy(entries, ({ kind }) => kind)];
  const tell = () => tellOfCommit(options, lane, groups);
  await ensureWeeks(db, [now]);
  let isDecided = false;
  const written = await inLane(db, lane, async (tx) => {
    const answers = await writeGroups(tx, lane, groups, now);
    isDecided = true;
    return answers;
  }).catch((error) => {
    if (!isDecided) throw error;
    tell();
    // The server may still be at it. Whoever has the lane's lock after it sees what it did.
    void inLane(db, lane, async () => {}).then(tell, () => {});
    throw new MaybeCommitted(error);
  });
  tell();
  return entries.flatMap((entry) => written.get(entry) ?? []);
}

async function writeGroups(tx: Tx, lane: number, groups: Group[], now: Date) {
  const answers = new Map<Entry, Written<unknown, unknown> | undefined>();
  for (const [kind, entries] of groups) {
    const results = await kind.write(tx, lane, itemsOf(entries), now);
    for (const [i, entry] of entries.entries()) answers.set(entry, results[i]);
  }
  return answers;
}

// A failure to hear undoes no commit: those who wait for it are answered all the same.
function tellOfCommit({ onTrouble }: LaneQueueOptions, lane: number, groups: Group[]): void {
  for (const [kind, entries] of groups) {
    try {
      kind.onCommitted(lane, itemsOf(entries));
    } catch (error) {
      onTrouble(error, 'telling of a commit');
    }
  }
}

function itemsOf(entries: Entry[]): unknown[] {
  return entries.map(({ item }) => item);
}

function tooMuch(): Unavailable {
  return new Unavailable('Too much waits to be written.', { seconds: AGAIN_SECONDS });
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
