import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import { COUNTERS, DELTAS, type DrainedTable, SPANS, type SpanTable } from './counters.ts';

/** `rows` (of the counter that `table` is made from) added up by span: the key of `table`, and `n`. */
export function toSpans(table: SpanTable, rows: RawBuilder<unknown>): RawBuilder<unknown> {
  const { prev } = SPANS[table];
  const before = prev ? sql.ref(`r.${prev}`) : sql`NULL::date`;
  const ofSpan: readonly string[] = ['span', 'day', 'prev_day'];
  const columns = COUNTERS[table].key.map((c) => sql.ref(`${ofSpan.includes(c) ? 's' : 'r'}.${c}`));
  return sql`
    SELECT ${sql.join(columns)}, sum(r.n)::int8 AS n
    FROM ${rows} r
    CROSS JOIN LATERAL (SELECT date_trunc('month', r.day::timestamp)::date AS month) m
    CROSS JOIN LATERAL (
      VALUES ('day', r.day, ${before}), ('week', date_trunc('week', r.day::timestamp)::date, ${before}),
             ('month', m.month, ${before})
             ${prev ? sql`, ('firsts', m.month, CASE WHEN isfinite(${before}) THEN 'infinity' ELSE ${before} END)` : sql``}
    ) s (span, day, prev_day)
    GROUP BY ${sql.join(columns)}`;
}

/** What is on its way into `table`, as it will be there. */
export function undrained(table: SpanTable): RawBuilder<unknown> {
  return toSpans(table, sql.table(`sequitur.${SPANS[table].from}`));
}

export type Waiting = { lane: number; sequence_id: string | null };

/** The lanes and sequences that a drained counter has rows of; null sequence where it names none. */
export async function waiting(db: Db, from: DrainedTable): Promise<Waiting[]> {
  const { rows } = await sql<Waiting>`
    SELECT DISTINCT lane, ${namesSequence(from) ? sql`sequence_id` : sql`NULL::uuid AS sequence_id`}
    FROM ${sql.table(`sequitur.${DELTAS[from]}`)} ORDER BY lane`.execute(db);
  return rows;
}

/** Where a sequence's spans are kept. */
export type Home = { sequence_id: string | null; home: number };

/**
 * Moves a lane's rows of these sequences into the spans of their home lanes. The caller holds the lane's lock, and not
 * the home's. For whoever writes to spans does it in the order of their keys, so that none waits for another in a ring
 * (this, `foldRows` and `buildCounter`), or waits for nobody (`deleteZeroSpans`), or holds every lane's lock
 * (`repairCounter`); and what is added to a row is added to what others have committed by then.
 */
export async function drainLane(
  tx: Tx,
  from: DrainedTable,
  { lane, homes }: { lane: number; homes: Home[] },
): Promise<void> {
  const sequences = homes.map(({ sequence_id }) => sequence_id);
  const named = namesSequence(from);
  const ours = sql`r.lane = ${lane} ${named ? sql`AND r.sequence_id = ANY(${sequences}::uuid[])` : sql``}`;
  const rows = sql`(SELECT * FROM ${sql.table(`sequitur.${from}`)} r WHERE ${ours})`;
  for (const table of spansOf(from)) {
    const { key } = COUNTERS[table];
    const columns = sql.join(key.map((column) => sql.ref(column)));
    const home = named
      ? sql`JOIN unnest(${sequences}::uuid[], ${homes.map(({ home }) => home)}::smallint[]) h (sequence_id, home)
              USING (sequence_id)`
      : sql`CROSS JOIN (SELECT ${homes[0]?.home ?? 0}::smallint AS home) h`;
    await sql`
      INSERT INTO ${sql.table(`sequitur.${table}`)} AS had (${columns}, lane, n)
      SELECT ${columns}, h.home, added.n FROM (${toSpans(table, rows)}) added ${home}
      WHERE added.n <> 0
      ORDER BY ${columns}
      ON CONFLICT (${columns}, lane) DO UPDATE SET n = had.n + excluded.n`.execute(tx);
  }
  await sql`DELETE FROM ${sql.table(`sequitur.${DELTAS[from]}`)} r WHERE ${ours}`.execute(tx);
}

/** Deletes the spans that corrections have brought back to nothing, but for those that somebody is at. Waits for nobody. */
export async function deleteZeroSpans(db: Db, table: SpanTable): Promise<void> {
  const spans = sql.table(`sequitur.${table}`);
  await sql`
    DELETE FROM ${spans} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${spans} WHERE n = 0 FOR UPDATE SKIP LOCKED))`.execute(
    db,
  );
}

function spansOf(from: DrainedTable): SpanTable[] {
  return (Object.keys(SPANS) as SpanTable[]).filter((table) => SPANS[table].from === from);
}

function namesSequence(from: DrainedTable): boolean {
  return (COUNTERS[from].key as readonly string[]).includes('sequence_id');
}
