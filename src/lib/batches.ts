import { Unavailable } from './unavailable.ts';

export type Batches<Item, Answer> = {
  /** Queues `items` under `key`; answers in their order. Rejects with what `run` threw for that item. */
  submit(key: number, items: Item[]): Promise<Answer[]>;
  /** How many items wait for their turn. */
  waiting(): number;
  /** Resolves when everything queued so far is answered. */
  idle(): Promise<void>;
};

type Waiting<Item, Answer> = {
  item: Item;
  since: number;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
};

const LOOKS = 10;
const AGAIN_SECONDS = 5;

/**
 * Gathers what is submitted together, and what arrives while a batch of the same key is under way, into one batch. So
 * a single item waits for nothing, and under load one transaction serves many. At most `parallel` keys run at once, at
 * most `size` items a batch.
 *
 * With `linger`, a batch that is not full waits as long as `linger.while` says that it is to, told its key and how many
 * batches are under way, or until its first item has waited for `linger.ms` (or twice as long).
 *
 * When a batch of several fails, its items are run one by one: one of them that cannot be written must not take the
 * others with it. That ends at the first error of which `mayRunAgain` says no: those left are refused with it.
 *
 * An item that is not begun within `patienceMs` (or a tenth more) is refused as Unavailable. Without, it waits for
 * as long as it takes.
 */
export function batches<Item, Answer>(options: {
  run: (key: number, items: Item[]) => Promise<Answer[]>;
  size: number;
  parallel: number;
  mayRunAgain?: (error: unknown) => boolean;
  patienceMs?: number;
  linger?: { ms: number; while: (key: number, running: number) => boolean };
}): Batches<Item, Answer> {
  const { run, size, parallel, mayRunAgain = () => true, patienceMs, linger } = options;
  const queues = new Map<number, Waiting<Item, Answer>[]>();
  const busy = new Set<number>();
  let whenIdle: (() => void)[] = [];
  let looking: NodeJS.Timeout | undefined;
  let lingering: NodeJS.Timeout | undefined;
  let isBeginning = false;

  // After the caller's own turn, so that what it submits piece by piece is one batch.
  function begin(): void {
    if (isBeginning) return;
    isBeginning = true;
    queueMicrotask(() => {
      isBeginning = false;
      next();
    });
  }

  function next(): void {
    for (const [key, queue] of queues) {
      if (busy.size >= parallel) return;
      if (!busy.has(key) && !lingers(key, queue)) void drain(key);
    }
    if (busy.size === 0 && queues.size === 0) {
      for (const resolve of whenIdle) resolve();
      whenIdle = [];
    }
  }

  function lingers(key: number, queue: Waiting<Item, Answer>[]): boolean {
    const [first] = queue;
    if (!linger || !first || queue.length >= size || !linger.while(key, busy.size)) return false;
    if (performance.now() - first.since >= linger.ms) return false;
    if (!lingering) {
      lingering = setTimeout(() => {
        lingering = undefined;
        next();
      }, linger.ms);
    }
    return true;
  }

  async function drain(key: number): Promise<void> {
    busy.add(key);
    const queue = queues.get(key) ?? [];
    const batch = queue.splice(0, size);
    // A key that has more goes to the end, so that none waits for another's whole backlog.
    queues.delete(key);
    if (queue.length > 0) queues.set(key, queue);
    await answer(key, batch);
    busy.delete(key);
    next();
  }

  async function answer(key: number, batch: Waiting<Item, Answer>[]): Promise<void> {
    const error = await answerTogether(key, batch);
    if (error === undefined) return;
    if (batch.length === 1 || !mayRunAgain(error.reason)) refuse(batch, error.reason);
    else await answerOneByOne(key, batch);
  }

  /** Why all of them failed; undefined when they are answered. */
  async function answerTogether(
    key: number,
    batch: Waiting<Item, Answer>[],
  ): Promise<{ reason: unknown } | undefined> {
    try {
      const answers = await run(
        key,
        batch.map((waiting) => waiting.item),
      );
      for (const [i, waiting] of batch.entries()) waiting.resolve(answers[i] as Answer);
      return undefined;
    } catch (reason) {
      return { reason };
    }
  }

  async function answerOneByOne(key: number, batch: Waiting<Item, Answer>[]): Promise<void> {
    for (const [i, waiting] of batch.entries()) {
      if (isOverdue(waiting)) return refuse(batch.slice(i), tookTooLong());
      const error = await answerTogether(key, [waiting]);
      if (error === undefined) continue;
      waiting.reject(error.reason);
      if (!mayRunAgain(error.reason)) return refuse(batch.slice(i + 1), error.reason);
    }
  }

  function isOverdue({ since }: Waiting<Item, Answer>): boolean {
    return patienceMs !== undefined && performance.now() - since >= patienceMs;
  }

  function refuse(batch: Waiting<Item, Answer>[], reason: unknown): void {
    for (const waiting of batch) waiting.reject(reason);
  }

  // One timer for all, and only while something waits: one for each item would cost more than most items take.
  function lookForOverdue(): void {
    if (patienceMs === undefined || looking || queues.size === 0) return;
    looking = setTimeout(() => {
      looking = undefined;
      for (const [key, queue] of queues) {
        const inTime = queue.findIndex((waiting) => !isOverdue(waiting));
        refuse(queue.splice(0, inTime === -1 ? queue.length : inTime), tookTooLong());
        if (queue.length === 0) queues.delete(key);
      }
      lookForOverdue();
    }, patienceMs / LOOKS);
    looking.unref();
  }

  return {
    submit(key, items) {
      if (items.length === 0) return Promise.resolve([]);
      const queue = queues.get(key) ?? [];
      queues.set(key, queue);
      const since = performance.now();
      const answers = items.map(
        (item) => new Promise<Answer>((resolve, reject) => queue.push({ item, since, resolve, reject })),
      );
      begin();
      lookForOverdue();
      return Promise.all(answers);
    },
    waiting: () => [...queues.values()].reduce((sum, queue) => sum + queue.length, 0),
    idle() {
      return new Promise((resolve) => {
        whenIdle.push(resolve);
        next();
      });
    },
  };
}

function tookTooLong(): Unavailable {
  return new Unavailable('This has waited too long for its turn.', { seconds: AGAIN_SECONDS });
}
