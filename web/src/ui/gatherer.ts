/**
 * Calls `flush` with what was added: the first time at once, then at most once in `pauseMs`, so that a burst
 * costs one call and the last item is never left out.
 */
export function gatherer<T>(
  pauseMs: number,
  flush: (items: Set<T>) => void,
): { add(item: T): void; stop(): void } {
  let waiting = new Set<T>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function run(): void {
    timer = undefined;
    if (waiting.size === 0) return;
    const items = waiting;
    waiting = new Set();
    timer = setTimeout(run, pauseMs);
    flush(items);
  }

  return {
    add(item) {
      waiting.add(item);
      if (timer === undefined) run();
    },
    stop: () => clearTimeout(timer),
  };
}
