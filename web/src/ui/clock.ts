import { useSyncExternalStore } from 'react';

const TICK_MS = 15_000;

// One clock for the page: all its relative times change in the same frame.
let now = new Date();
let timer: ReturnType<typeof setInterval> | undefined;
const watchers = new Set<() => void>();

/** The time now, renewed every fifteen seconds. */
export function useNow(): Date {
  return useSyncExternalStore(watch, () => now);
}

function watch(onTick: () => void): () => void {
  watchers.add(onTick);
  timer ??= setInterval(tick, TICK_MS);
  return () => {
    watchers.delete(onTick);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  now = new Date();
  for (const onTick of watchers) onTick();
}
