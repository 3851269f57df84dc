import { type RawBuilder, sql } from 'kysely';
import { arrayOf, type ElementType } from '../db/arrays.sql.ts';
import type { Tx } from '../db/database.ts';
import type { Spot } from './late_places.ts';

/** First and last execution of a contact, sequence and source. */
export type BoundsRow = {
  contact_id: string;
  sequence_id: string;
  source: string;
  first_at: Date;
  last_at: Date;
};

/** Between what instants these contacts have executions. In no order; empty for new contacts. */
export async function readBounds(tx: Tx, lane: number, contacts: string[]): Promise<BoundsRow[]> {
  const { rows } = await sql<BoundsRow>`
    SELECT contact_id, sequence_id, source, first_at, last_at
    FROM sequitur.recipients
    WHERE lane = ${lane} AND contact_id = ANY((SELECT ${arrayOf(contacts, 'uuid')})::uuid[])`.execute(tx);
  return rows;
}

/**
 * A search from the place (at, id) in one of a contact's chains, no farther than `farthest`. Null sequence: among
 * all of the contact's executions; null source: of any source.
 */
export type Probe = {
  contact_id: string;
  sequence_id: string | null;
  source: string | null;
  at: Date;
  id: string;
  farthest: Date;
};

/** The last hot or archived execution before each probe's place, in the order of `probes`; null where none is. */
export function nearestBefore(tx: Tx, lane: number, probes: (Probe | null)[]): Promise<(Spot | null)[]> {
  const from = (probe: Probe) => probe.farthest;
  const to = (probe: Probe) => probe.at;
  const where = sql`x.executed_at BETWEEN p.farthest AND p.at AND (x.executed_at, x.id) < (p.at, p.id)`;
  return nearest(tx, lane, probes, { from, to, where, order: sql`DESC` });
}

/** The first hot or archived execution after each probe's place, in the order of `probes`; null where none is. */
export function nearestAfter(tx: Tx, lane: number, probes: (Probe | null)[]): Promise<(Spot | null)[]> {
  const from = (probe: Probe) => probe.at;
  const to = (probe: Probe) => probe.farthest;
  const where = sql`x.executed_at BETWEEN p.at AND p.farthest AND (x.executed_at, x.id) > (p.at, p.id)`;
  return nearest(tx, lane, probes, { from, to, where, order: sql`ASC` });
}

type Direction = {
  from: (probe: Probe) => Date;
  to: (probe: Probe) => Date;
  where: RawBuilder<unknown>;
  order: RawBuilder<unknown>;
};

async function nearest(
  tx: Tx,
  lane: number,
  probes: (Probe | null)[],
  { from, to, where, order }: Direction,
): Promise<(Spot | null)[]> {
  const asked = probes.flatMap((probe, place) => (probe ? [{ ...probe, place }] : []));
  if (asked.length === 0) return probes.map(() => null);
  const column = (name: keyof Probe | 'place', type: ElementType) =>
    arrayOf(
      asked.map((probe) => probe[name]),
      type,
    );
  const first = new Date(Math.min(...asked.map((probe) => from(probe).getTime())));
  const last = new Date(Math.max(...asked.map((probe) => to(probe).getTime())));
  // The outer bounds are values when the statement is planned, and so keep the weeks beside them out of the plan.
  const { rows } = await sql<Spot & { place: number }>`
    SELECT p.place, found.*
    FROM unnest(${column('place', 'integer')}, ${column('contact_id', 'uuid')}, ${column('sequence_id', 'uuid')},
                ${column('source', 'text')}, ${column('at', 'timestamptz')}, ${column('id', 'uuid')},
                ${column('farthest', 'timestamptz')})
      AS p (place, contact_id, sequence_id, source, at, id, farthest)
    CROSS JOIN LATERAL (
      SELECT x.id, x.executed_at, x.contact_id, x.sequence_id, x.source
      FROM sequitur.all_executions x
      WHERE x.lane = ${lane} AND x.contact_id = p.contact_id
        AND x.executed_at BETWEEN ${first}::timestamptz AND ${last}::timestamptz AND ${where}
        AND (p.sequence_id IS NULL OR x.sequence_id = p.sequence_id)
        AND (p.source IS NULL OR x.source = p.source)
      ORDER BY x.executed_at ${order}, x.id ${order}
      LIMIT 1
    ) found`.execute(tx);
  const found = new Map(rows.map(({ place, ...spot }) => [place, spot]));
  return probes.map((_, place) => found.get(place) ?? null);
}
