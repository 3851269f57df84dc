/**
 * What `work` gives, unless `signal` aborts first: then throws the signal's reason at once. The work itself is not
 * ended by that, only no longer waited for, and a later failure of it is nobody's concern.
 */
export async function unlessAborted<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (!signal) return work;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Waits for `work`, but no longer than `ms`: true when it was done by then. Throws what it throws until then. */
export async function doneWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  const { promise: tooLong, resolve } = Promise.withResolvers<boolean>();
  // Not AbortSignal.timeout: its timer would let the process end while this is waited for.
  const timer = setTimeout(() => resolve(false), ms);
  try {
    return await Promise.race([work.then(() => true), tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
