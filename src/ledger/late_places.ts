import type { Tx } from '../db/database.ts';
import { getOrMake } from '../lib/get_or_make.ts';
import type { Execution } from './facts.ts';
import { type BoundsRow, nearestAfter, nearestBefore, type Probe, readBounds } from './late.sql.ts';
import { inOrder, type Link } from './previous.ts';

/** Where an execution stands, and in which chains. */
export type Spot = Pick<Execution, 'id' | 'executed_at' | 'contact_id' | 'sequence_id' | 'source'>;

/** The instants of the executions before one: of its sequence and contact, and of those of its source. */
export type Before = { before: Date | null; beforeOfSource: Date | null };

/** What taking late executions in means: where they stand, and what now stands behind something else than before. */
export type Places = {
  links: Link[];
  /** Executions that were there and got another one before them in their sequence or source. */
  moved: { spot: Spot; was: Before; is: Before }[];
  /** The same among all executions of a contact. */
  movedOfAny: { at: Date; was: Date | null; is: Date | null }[];
  /** The sequences to whose recipients a contact is new, one entry for each such contact. */
  reached: string[];
};

/**
 * Finds the places of late executions of one lane among those that are there, hot and archived, and among each
 * other. Four statements however many they are: one for what lies between which instants, one in each direction for
 * the neighbours, one for what stood before those behind. (One search after the other took 10 to 15 ms an execution.)
 */
export async function findPlaces(tx: Tx, lane: number, late: Execution[]): Promise<Places> {
  const contacts = [...new Set(late.map((execution) => execution.contact_id))];
  const bounds = boundsOf(await readBounds(tx, lane, contacts));
  const around = await findAround(tx, lane, late, bounds);
  const successors = await findSuccessors(tx, lane, around, bounds);
  const arrivals = new Arrivals(late);
  const sequences = new Map(late.map((e) => [chainOf(e, 'sequence'), e.sequence_id]));
  return {
    links: around.map(({ execution: e, any, sequence, source }) => ({
      execution: e,
      before: later(sequence.before, arrivals.lastBefore(e, 'sequence')),
      beforeOfSource: later(source.before, arrivals.lastBefore(e, 'source')),
      beforeOfAny: later(any.before, arrivals.lastBefore(e, 'any')),
    })),
    moved: successors.map(({ spot, ...was }) => ({
      spot,
      was,
      is: {
        before: later(was.before, arrivals.lastBefore(spot, 'sequence')),
        beforeOfSource: later(was.beforeOfSource, arrivals.lastBefore(spot, 'source')),
      },
    })),
    movedOfAny: successorsOfAny(around).map(({ spot, before: was }) => ({
      at: spot.executed_at,
      was,
      is: later(was, arrivals.lastBefore(spot, 'any')),
    })),
    reached: [...sequences].filter(([chain]) => !bounds.has(chain)).map(([, sequence]) => sequence),
  };
}

/** All executions of a contact; those of a sequence; those of a sequence and source. */
const CHAINS = ['any', 'sequence', 'source'] as const;
type Chain = (typeof CHAINS)[number];
type Bounds = Map<string, { first: Date; last: Date }>;

function chainOf(
  { contact_id, sequence_id, source }: Omit<Spot, 'id' | 'executed_at'>,
  chain: Chain,
): string {
  if (chain === 'any') return contact_id;
  return chain === 'sequence' ? `${contact_id} ${sequence_id}` : `${contact_id} ${sequence_id} ${source}`;
}

function boundsOf(rows: BoundsRow[]): Bounds {
  const bounds: Bounds = new Map();
  for (const { first_at, last_at, ...row } of rows) {
    for (const chain of CHAINS) {
      const known = getOrMake(bounds, chainOf(row, chain), () => ({ first: first_at, last: last_at }));
      if (first_at < known.first) known.first = first_at;
      if (last_at > known.last) known.last = last_at;
    }
  }
  return bounds;
}

/** What stands around a late execution in each chain, among those that are there. */
type Around = { execution: Execution } & Record<Chain, { before: Date | null; after: Spot | null }>;

async function findAround(tx: Tx, lane: number, late: Execution[], bounds: Bounds): Promise<Around[]> {
  const wanted = late.flatMap((e) => CHAINS.map((chain) => [e, chain] as const));
  const [before, after] = await Promise.all([
    nearestBefore(
      tx,
      lane,
      wanted.map(([e, chain]) => probeBefore(e, chain, bounds)),
    ),
    nearestAfter(
      tx,
      lane,
      wanted.map(([e, chain]) => probeAfter(e, chain, bounds)),
    ),
  ]);
  return late.map((execution, i) => {
    const of = (chain: Chain) => {
      const place = i * CHAINS.length + CHAINS.indexOf(chain);
      return { before: before[place]?.executed_at ?? null, after: after[place] ?? null };
    };
    return { execution, any: of('any'), sequence: of('sequence'), source: of('source') };
  });
}

function probeBefore(spot: Spot, chain: Chain, bounds: Bounds): Probe | null {
  const known = bounds.get(chainOf(spot, chain));
  return known && known.first <= spot.executed_at ? probe(spot, chain, known.first) : null;
}

function probeAfter(spot: Spot, chain: Chain, bounds: Bounds): Probe | null {
  const known = bounds.get(chainOf(spot, chain));
  return known && known.last >= spot.executed_at ? probe(spot, chain, known.last) : null;
}

function probe({ id, executed_at: at, contact_id, ...spot }: Spot, chain: Chain, farthest: Date): Probe {
  const sequence_id = chain === 'any' ? null : spot.sequence_id;
  const source = chain === 'source' ? spot.source : null;
  return { contact_id, sequence_id, source, at, id, farthest };
}

/**
 * What stands directly behind late executions in their sequence, or their sequence and source, with what stood before
 * it until now. Since nothing lies in between, that is mostly what was found before the late one.
 */
async function findSuccessors(
  tx: Tx,
  lane: number,
  around: Around[],
  bounds: Bounds,
): Promise<({ spot: Spot } & Before)[]> {
  const found = new Map<string, { spot: Spot } & Partial<Before>>();
  const successor = (spot: Spot): { spot: Spot } & Partial<Before> =>
    getOrMake(found, spot.id, () => ({ spot }));
  for (const { sequence, source } of around) {
    if (sequence.after) successor(sequence.after).before = sequence.before;
    if (source.after) successor(source.after).beforeOfSource = source.before;
  }
  const all = [...found.values()];
  const probes = all.flatMap(({ spot, before, beforeOfSource }) => [
    before === undefined ? probeBefore(spot, 'sequence', bounds) : null,
    beforeOfSource === undefined ? probeBefore(spot, 'source', bounds) : null,
  ]);
  const spots = await nearestBefore(tx, lane, probes);
  return all.map(({ spot, before, beforeOfSource }, i) => ({
    spot,
    before: before === undefined ? (spots[i * 2]?.executed_at ?? null) : before,
    beforeOfSource: beforeOfSource === undefined ? (spots[i * 2 + 1]?.executed_at ?? null) : beforeOfSource,
  }));
}

function successorsOfAny(around: Around[]): { spot: Spot; before: Date | null }[] {
  const found = new Map<string, { spot: Spot; before: Date | null }>();
  for (const { any } of around) {
    if (any.after) found.set(any.after.id, { spot: any.after, before: any.before });
  }
  return [...found.values()];
}

// The late executions themselves, chain by chain, in order.
class Arrivals {
  readonly #chains = new Map<string, Execution[]>();

  constructor(late: Execution[]) {
    for (const execution of [...late].sort(inOrder)) {
      for (const chain of CHAINS)
        getOrMake(this.#chains, chainOf(execution, chain), () => []).push(execution);
    }
  }

  /** The instant of the last one that stands before `spot` in its chain; null where none does. */
  lastBefore(spot: Spot, chain: Chain): Date | null {
    const arrived = this.#chains.get(chainOf(spot, chain)) ?? [];
    return arrived.findLast((execution) => inOrder(execution, spot) < 0)?.executed_at ?? null;
  }
}

function later(a: Date | null, b: Date | null): Date | null {
  if (!a || !b) return a ?? b;
  return a > b ? a : b;
}
