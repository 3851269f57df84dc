import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import type { Execution } from './facts.ts';

/** What stands around the place of a late execution, in the order (executed_at, id); null where nothing does. */
export type Neighbours = {
  before: Date | null;
  beforeOfSource: Date | null;
  beforeOfAny: Date | null;
  /** The next of the same sequence and contact, with the one before it of its own source. */
  after: { id: string; at: Date; source: string; beforeOfSource: Date | null } | null;
  /** The next of the same sequence, contact and source, with the one before it of any source. */
  afterOfSource: { id: string; at: Date; before: Date | null } | null;
  afterOfAny: Date | null;
};

/**
 * Finds the neighbours of `e` among the contact's hot and archived executions. The bounds from `recipients`
 * are values when the statement is planned, so weeks outside of them are not touched.
 */
export async function findNeighbours(tx: Tx, lane: number, e: Execution): Promise<Neighbours> {
  const bounds = await readBounds(tx, lane, e);
  const of = (chain: Chain) => search(tx, lane, e, chain, bounds[chain]);
  const [any, sequence, source] = await Promise.all([of('any'), of('sequence'), of('source')]);
  const after = sequence.after;
  const afterOfSource = source.after;
  return {
    before: sequence.before?.at ?? null,
    beforeOfSource: source.before?.at ?? null,
    beforeOfAny: any.before?.at ?? null,
    after: after && {
      ...after,
      beforeOfSource: await lastBefore(tx, lane, e, after, after.source, bounds.sequence),
    },
    afterOfSource: afterOfSource && {
      ...afterOfSource,
      before: await lastBefore(tx, lane, e, afterOfSource, null, bounds.sequence),
    },
    afterOfAny: any.after?.at ?? null,
  };
}

type Chain = 'any' | 'sequence' | 'source';
type Bounds = { first: Date; last: Date } | null;
type Place = { id: string; at: Date; source: string };

async function readBounds(tx: Tx, lane: number, e: Execution): Promise<Record<Chain, Bounds>> {
  const { rows } = await sql<Record<`${Chain}_first` | `${Chain}_last`, Date | null>>`
    SELECT min(first_at) AS any_first, max(last_at) AS any_last,
           min(first_at) FILTER (WHERE sequence_id = ${e.sequence_id}) AS sequence_first,
           max(last_at) FILTER (WHERE sequence_id = ${e.sequence_id}) AS sequence_last,
           min(first_at) FILTER (WHERE sequence_id = ${e.sequence_id} AND source = ${e.source}) AS source_first,
           max(last_at) FILTER (WHERE sequence_id = ${e.sequence_id} AND source = ${e.source}) AS source_last
    FROM sequitur.recipients
    WHERE lane = ${lane} AND contact_id = ${e.contact_id}`.execute(tx);
  const bounds = (chain: Chain): Bounds => {
    const first = rows[0]?.[`${chain}_first`];
    const last = rows[0]?.[`${chain}_last`];
    return first && last ? { first, last } : null;
  };
  return { any: bounds('any'), sequence: bounds('sequence'), source: bounds('source') };
}

async function search(tx: Tx, lane: number, e: Execution, chain: Chain, bounds: Bounds) {
  if (!bounds) return { before: null, after: null };
  const at = e.executed_at;
  const [before, after] = await Promise.all([
    bounds.first <= at
      ? nearest(
          tx,
          lane,
          e,
          chain,
          sql`executed_at BETWEEN ${bounds.first} AND ${at}
          AND (executed_at, id) < (${at}::timestamptz, ${e.id}::uuid)`,
          sql`DESC`,
        )
      : null,
    bounds.last >= at
      ? nearest(
          tx,
          lane,
          e,
          chain,
          sql`executed_at BETWEEN ${at} AND ${bounds.last}
          AND (executed_at, id) > (${at}::timestamptz, ${e.id}::uuid)`,
          sql`ASC`,
        )
      : null,
  ]);
  return { before, after };
}

/** The newest execution of this sequence and contact before `place`, of one source or (null) of any. */
async function lastBefore(
  tx: Tx,
  lane: number,
  e: Execution,
  place: Place,
  source: string | null,
  bounds: Bounds,
): Promise<Date | null> {
  if (!bounds) return null;
  const where = sql`executed_at BETWEEN ${bounds.first} AND ${place.at}
    AND (executed_at, id) < (${place.at}::timestamptz, ${place.id}::uuid)`;
  const chain = source === null ? 'sequence' : 'source';
  const found = await nearest(tx, lane, { ...e, source: source ?? e.source }, chain, where, sql`DESC`);
  return found?.at ?? null;
}

async function nearest(
  tx: Tx,
  lane: number,
  e: Pick<Execution, 'contact_id' | 'sequence_id' | 'source'>,
  chain: Chain,
  where: RawBuilder<unknown>,
  order: RawBuilder<unknown>,
): Promise<Place | null> {
  const { rows } = await sql<Place>`
    SELECT id, executed_at AS at, source
    FROM sequitur.all_executions
    WHERE lane = ${lane} AND contact_id = ${e.contact_id} AND ${where}
      ${chain === 'any' ? sql`` : sql`AND sequence_id = ${e.sequence_id}`}
      ${chain === 'source' ? sql`AND source = ${e.source}` : sql``}
    ORDER BY executed_at ${order}, id ${order}
    LIMIT 1`.execute(tx);
  return rows[0] ?? null;
}
