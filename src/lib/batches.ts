export type Batches<Item, Answer> = {
  /** Queues `items` under `key`; answers in their order. Rejects with what `run` threw for that item. */
  submit(key: number, items: Item[]): Promise<Answer[]>;
  /** Resolves when everything queued so far is answered. */
  idle(): Promise<void>;
};

type Waiting<Item, Answer> = {
  item: Item;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
};

/**
 * Gathers what arrives while a batch of the same key is under way into that key's next batch. So a single item
 * waits for nothing, and under load one transaction serves many. At most `parallel` keys run at once, at most
 * `size` items a batch. When a batch of several fails, its items are run one by one: one of them that cannot
 * be written must not take the others with it. Unless `mayRunAgain` says of the error that it must not be.
 */
export function batches<Item, Answer>(options: {
  run: (key: number, items: Item[]) => Promise<Answer[]>;
  size: number;
  parallel: number;
  mayRunAgain?: (error: unknown) => boolean;
}): Batches<Item, Answer> {
  const { run, size, parallel, mayRunAgain = () => true } = options;
  const queues = new Map<number, Waiting<Item, Answer>[]>();
  const busy = new Set<number>();
  let whenIdle: (() => void)[] = [];

  function next(): void {
    for (const key of queues.keys()) {
      if (busy.size >= parallel) return;
      if (!busy.has(key)) void drain(key);
    }
    if (busy.size === 0 && queues.size === 0) {
      for (const resolve of whenIdle) resolve();
      whenIdle = [];
    }
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
    try {
      const answers = await run(
        key,
        batch.map((waiting) => waiting.item),
      );
      for (const [i, waiting] of batch.entries()) waiting.resolve(answers[i] as Answer);
    } catch (error) {
      if (batch.length > 1 && mayRunAgain(error)) for (const waiting of batch) await answer(key, [waiting]);
      else for (const waiting of batch) waiting.reject(error);
    }
  }

  return {
    submit(key, items) {
      if (items.length === 0) return Promise.resolve([]);
      const queue = queues.get(key) ?? [];
      queues.set(key, queue);
      const answers = items.map(
        (item) => new Promise<Answer>((resolve, reject) => queue.push({ item, resolve, reject })),
      );
      next();
      return Promise.all(answers);
    },
    idle() {
      return new Promise((resolve) => {
        whenIdle.push(resolve);
        next();
      });
    },
  };
}
