import type { Answer, BenchContext } from './bench.ts';

export type Ran = { ok: true; answer: Answer } | { ok: false; exitCode: number };

/**
 * Runs a benchmark, and whatever it wants undone afterwards, the last thing first: when it is done, when it
 * throws, and on Ctrl-C, which it answers with exit code 130. A second Ctrl-C does not wait for that.
 */
export async function undertaking(
  options: Pick<BenchContext, 'quick' | 'databaseUrl'>,
  run: (context: BenchContext) => Promise<Answer>,
): Promise<Ran> {
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort(new Error('Interrupted.'));
  const undoings: (() => Promise<void>)[] = [];
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
  try {
    const answer = await run({
      ...options,
      signal: interrupted.signal,
      progress: (line) => process.stderr.write(`${line}\n`),
      afterwards: (undo) => undoings.push(undo),
    });
    return { ok: true, answer };
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    return { ok: false, exitCode: 130 };
  } finally {
    for (const undo of undoings.reverse()) await undo();
  }
}
