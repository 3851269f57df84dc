/** Work that is done again and again. `runOnce` does it now; `stop` waits for a run that is under way. */
export type Loop = {
  start(): void;
  /** Has the next run begin now, or right after the one under way. */
  wake(): void;
  stop(): Promise<void>;
  runOnce(): Promise<void>;
};

/** Does `work` every `everyMs`, from one end to the next start, beginning at once. A failure is told and survived. */
export function createLoop(options: {
  everyMs: number;
  work: () => Promise<void>;
  onTrouble: (error: unknown) => void;
}): Loop {
  const { everyMs, work, onTrouble } = options;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let isWoken = false;
  let stopped = false;

  async function turn(): Promise<void> {
    do {
      isWoken = false;
      running = work().catch(onTrouble);
      await running;
    } while (isWoken && !stopped);
    running = undefined;
    if (stopped) return;
    timer = setTimeout(() => void turn(), everyMs);
    timer.unref();
  }

  return {
    runOnce: work,
    start() {
      void turn();
    },
    wake() {
      isWoken = true;
      if (running || stopped) return;
      clearTimeout(timer);
      void turn();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
