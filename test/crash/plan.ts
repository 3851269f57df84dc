import { between, type Chance, pick, pickWeighted } from '../../src/lib/random.ts';
import type { Mood } from './mail_server.ts';

/** How settling fails: at the statement that writes executions, or at the end of its transaction. */
export type SettleFailure = 'statement' | 'commit';

/**
 * What goes wrong, once the mail server has taken a share of all emails, `after` (0 to 1): a slow machine is hit in the midst
 * of its work as well. `victim`: so many workers that run are passed over first.
 */
export type Fault = { after: number } & (
  | { kind: 'kill worker'; victim: number; isReplaced: boolean }
  | { kind: 'stop worker'; victim: number; forMs: number }
  | { kind: 'kill api' }
  | { kind: 'kill postgres'; what: 'all of it' | 'one session' }
  | { kind: 'mail server'; forMs: number; mood: Mood; share: number }
  | { kind: 'settling fails'; forMs: number; how: SettleFailure; share: number }
  | { kind: 'lose answers to commits'; victim: number; times: number }
);

export type Plan = { workers: number; people: number; pouringMs: number; faults: Fault[] };

/** How long a lane is leased for: short, so that a round is. */
export const LEASE_SECONDS = 2;

/** What one seed's round is to be. Faults stand in the order in which they begin. */
export function planOf(chance: Chance): Plan {
  const faults = Array.from({ length: 2 + Math.floor(chance() * 3) }, () => aFault(chance));
  return {
    workers: 2 + Math.floor(chance() * 2),
    people: Math.round(between(chance, 100, 200)),
    pouringMs: between(chance, 500, 1_500),
    faults: faults.toSorted((a, b) => a.after - b.after),
  };
}

function aFault(chance: Chance): Fault {
  const after = between(chance, 0, 0.8);
  const kind = pickWeighted(chance, KINDS);
  const victim = Math.floor(chance() * 8);
  const forMs = Math.round(between(chance, 300, 1_200));
  const share = between(chance, 0.1, 0.9);
  switch (kind) {
    case 'kill worker':
      return { after, kind, victim, isReplaced: chance() < 0.5 };
    case 'stop worker':
      return {
        after,
        kind,
        victim,
        forMs: Math.round(LEASE_SECONDS * 1_000 + between(chance, 1_000, 2_500)),
      };
    case 'kill api':
      return { after, kind };
    case 'kill postgres':
      return { after, kind, what: pick(chance, ['all of it', 'one session']) };
    case 'mail server':
      return { after, kind, forMs, mood: pick(chance, MOODS), share };
    case 'settling fails':
      return { after, kind, forMs, how: pick(chance, ['statement', 'commit']), share };
    case 'lose answers to commits':
      return { after, kind, victim, times: 1 + Math.floor(chance() * 8) };
  }
}

const KINDS = [
  ['kill worker', 4],
  ['stop worker', 2],
  ['kill api', 1],
  ['kill postgres', 2],
  ['mail server', 4],
  ['settling fails', 2],
  ['lose answers to commits', 2],
] as const satisfies [Fault['kind'], number][];

const MOODS: readonly Mood[] = [
  { at: 'connect', does: 421 },
  { at: 'connect', does: 'silence' },
  { at: 'connect', does: 'reset' },
  { at: 'mail', does: 421 },
  { at: 'mail', does: 'reset' },
  { at: 'recipient', does: 450 },
  { at: 'recipient', does: 550 },
  { at: 'recipient', does: 'silence' },
  { at: 'recipient', does: 'reset' },
  { at: 'data', does: 'reset' },
  { at: 'message', does: 421 },
  { at: 'message', does: 450 },
  { at: 'message', does: 550 },
  { at: 'message', does: 'silence' },
  { at: 'message', does: 'reset' },
  { at: 'taken', does: 'silence' },
  { at: 'taken', does: 'reset' },
];
