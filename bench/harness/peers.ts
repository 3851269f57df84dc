import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BenchContext } from './bench.ts';

const PEERS = join(import.meta.dirname, '../peers');

/** How many executions and distinct people a sequence had since a day; `from` is null for ever. */
export type PeerQuestion = { sequence: string; from: string | null };

export type Peer = {
  name: string;
  version: string;
  /** Seconds that it took to load the rows. */
  load_s: number;
  /** By question; `ms` of each round. */
  answers: { executions: number; people: number; ms: number[] }[];
};

/** Whether `npm install --prefix bench/peers` was run. */
export function havePeers(): boolean {
  return existsSync(join(PEERS, 'node_modules'));
}

/**
 * Asks other databases the same questions, in a process of their own. `lines` are the rows as CSV, which they read
 * from a file.
 */
export async function askPeers(
  { afterwards, signal }: BenchContext,
  { questions, rounds, lines }: { questions: PeerQuestion[]; rounds: number; lines: AsyncIterable<string> },
): Promise<Peer[]> {
  const home = await mkdtemp(join(tmpdir(), 'sequitur-bench-'));
  afterwards(() => rm(home, { recursive: true, force: true }));
  const rows = join(home, 'rows.csv');
  await writeFile(rows, lines, { signal });
  const asked = ['--rows', rows, '--questions', JSON.stringify(questions), '--rounds', String(rounds)];
  const { stdout } = await promisify(execFile)(process.execPath, [join(PEERS, 'ask.js'), ...asked], {
    signal,
  });
  return JSON.parse(stdout) as Peer[];
}
