import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The middle value; the mean of the two middle ones where their number is even. Throws for none. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const below = sorted[Math.ceil(middle) - 1];
  const above = sorted[Math.floor(middle)];
  if (below === undefined || above === undefined) throw new Error('There is no median of nothing.');
  return (below + above) / 2;
}

/** The smallest value that at least `share` of all values do not exceed. Throws for none. */
export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.ceil(share * sorted.length) - 1];
  if (value === undefined) throw new Error('There is no percentile of nothing.');
  return value;
}

/** Collects garbage, so that what is measured next does not pay for what was there before it. */
export const collectGarbage = exposeGc();

function exposeGc(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}

export type Rounds = {
  rounds: number;
  /** After this many seconds no round begins, as long as `FEWEST` are done. */
  seconds: number;
  signal: AbortSignal;
  /** Comes before each round and is not measured. */
  prepare: () => Promise<void>;
};

/** The fewest rounds that have a median worth the name. */
const FEWEST = 3;

/**
 * Runs each of `sides` once a round, so that whatever slows the machine for a while slows all of them; every
 * other round goes backwards, so that none always follows the same one. Garbage is collected before each side,
 * which is not to pay for what was there before it. Round 0 only warms up. Gives what each side measured from
 * round 1 on.
 */
export async function interleave<Side extends string>(
  sides: Record<Side, () => Promise<number>>,
  { rounds, seconds, signal, prepare }: Rounds,
): Promise<Record<Side, number[]>> {
  const order = Object.keys(sides) as Side[];
  const measured = Object.fromEntries(order.map((side) => [side, []])) as unknown as Record<Side, number[]>;
  const end = performance.now() + seconds * 1000;
  for (let round = 0; round <= rounds; round += 1) {
    if (round > FEWEST && performance.now() > end) break;
    await prepare();
    for (const side of round % 2 === 0 ? order : order.toReversed()) {
      signal.throwIfAborted();
      collectGarbage();
      const figure = await sides[side]();
      if (round > 0) measured[side].push(figure);
    }
  }
  return measured;
}

/** The median, over the rounds, of `a` divided by `b`. */
export function ratio(a: number[], b: number[]): number {
  return median(a.map((value, round) => value / (b[round] ?? Number.NaN)));
}

/** How long `work` takes on all of `items`, `atOnce` of them at a time; item i is of hand i mod `atOnce`. */
export async function secondsOf<Item>(
  items: Item[],
  atOnce: number,
  work: (item: Item) => Promise<unknown>,
): Promise<number> {
  const started = performance.now();
  const hand = async (first: number) => {
    for (let i = first; i < items.length; i += atOnce) await work(items[i] as Item);
  };
  await Promise.all(Array.from({ length: atOnce }, (_, first) => hand(first)));
  return (performance.now() - started) / 1000;
}
