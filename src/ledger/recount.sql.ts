import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import { COUNTERS, type CounterTable, isSpanTable } from './counters.ts';
import { fromRows } from './from_rows.sql.ts';
import { undrained } from './spans.sql.ts';

/** One key of a counter whose sums are not those of its rows. */
export type Difference = {
  key: Record<string, string | number>;
  rows: Record<string, number | string | null>;
  counter: Record<string, number | string | null>;
};

export type Compared = { keys: number; differing: number; differences: Difference[] };

/** Compares one counter with what its rows give. `keys` counts the keys that either side has. */
export function compareCounter(tx: Tx, table: CounterTable): Promise<Compared> {
  return compare(tx, sidesOf(table));
}

/** Compares `recipients` with the executions that it sums up. */
export function compareRecipients(tx: Tx): Promise<Compared> {
  return compare(tx, RECIPIENTS);
}

/**
 * Adds to a counter, in `lane`, what it lacks of its rows: a delta for each key that differs. The caller holds
 * every lane's lock, so nothing moves meanwhile.
 */
export async function repairCounter(tx: Tx, table: CounterTable, lane: number): Promise<void> {
  const { key, sums, latest } = COUNTERS[table];
  const { fromRows: rows, counted } = sidesOf(table);
  const values = [...sums, ...(latest ? [latest] : [])];
  const differ = values.map((c) => sql`${comparable('r', c)} IS DISTINCT FROM ${comparable('c', c)}`);
  const keys = key.map((k) => sql`coalesce(${sql.ref(`r.${k}`)}, ${sql.ref(`c.${k}`)})`);
  const lacks = sums.map((c) => sql`${comparable('r', c)} - ${comparable('c', c)}`);
  const newest = latest ? [sql`${sql.ref(`r.${latest}`)}`] : [];
  const added = sums.map((c) => sql`${sql.ref(c)} = had.${sql.ref(c)} + excluded.${sql.ref(c)}`);
  if (latest) {
    // A greatest value has no deltas: one that is too late is taken out everywhere first.
    await sql`
      UPDATE ${sql.table(`sequitur.${table}`)} t SET ${sql.ref(latest)} = NULL
      WHERE NOT EXISTS (
        SELECT FROM (${rows}) r
        WHERE ${joined('r', 't', key)} AND ${sql.ref(`r.${latest}`)} >= ${sql.ref(`t.${latest}`)}
      )`.execute(tx);
    added.push(sql`${sql.ref(latest)} = greatest(had.${sql.ref(latest)}, excluded.${sql.ref(latest)})`);
  }
  await sql`
    WITH r AS MATERIALIZED (${rows}),
    c AS MATERIALIZED (${counted})
    INSERT INTO ${sql.table(`sequitur.${table}`)} AS had (${refs([...key, ...values, 'lane'])})
    SELECT ${sql.join([...keys, ...lacks, ...newest])}, ${lane}::smallint
    FROM r FULL JOIN c ON ${joined('r', 'c', key)}
    WHERE ${sql.join(differ, sql` OR `)}
    ON CONFLICT (${refs([...key, 'lane'])}) DO UPDATE SET ${sql.join(added)}`.execute(tx);
}

/** Makes `recipients` what its executions say. The caller holds every lane's lock. */
export async function repairRecipients(tx: Tx): Promise<void> {
  const { key, values, fromRows: rows } = RECIPIENTS;
  await sql`
    DELETE FROM sequitur.recipients t
    WHERE NOT EXISTS (SELECT FROM (${rows}) r WHERE ${joined('r', 't', key)})`.execute(tx);
  await sql`
    INSERT INTO sequitur.recipients (${refs([...key, ...values])})
    SELECT ${refs([...key, ...values])} FROM (${rows}) r
    ON CONFLICT (${refs(key)}) DO UPDATE SET
      first_at = excluded.first_at, last_at = excluded.last_at, n = excluded.n`.execute(tx);
}

type Sides = {
  key: readonly string[];
  values: readonly string[];
  fromRows: RawBuilder<unknown>;
  counted: RawBuilder<unknown>;
};

// A calendar that was replaced is on its way out: its counters are being deleted.
function sidesOf(table: CounterTable): Sides {
  const { key, sums, latest } = COUNTERS[table];
  const columns: readonly string[] = key;
  const totals = sums.map((column) => sql`sum(${sql.ref(column)})::int8 AS ${sql.ref(column)}`);
  if (latest) totals.push(sql`max(${sql.ref(latest)}) AS ${sql.ref(latest)}`);
  const current = columns.includes('calendar_id')
    ? sql`WHERE calendar_id IN (SELECT id FROM sequitur.calendars WHERE status <> 'retired')`
    : sql``;
  // Spans and what is on its way into them are one counter.
  const moved = sql.table(`sequitur.${table}`);
  const kept = isSpanTable(table)
    ? sql`(SELECT ${refs([...key, ...sums])} FROM ${moved} UNION ALL ${undrained(table)})`
    : moved;
  const counted = sql`
    SELECT ${sql.join([...key.map((column) => sql.ref(column)), ...totals])}
    FROM ${kept} counted ${current}
    ${key.length > 0 ? sql`GROUP BY ${refs(key)}` : sql``}`;
  return { key, values: [...sums, ...(latest ? [latest] : [])], fromRows: fromRows(table), counted };
}

const RECIPIENTS: Sides = {
  key: ['lane', 'contact_id', 'sequence_id', 'source'],
  values: ['first_at', 'last_at', 'n'],
  fromRows: sql`
    SELECT lane, contact_id, sequence_id, source, min(executed_at) AS first_at, max(executed_at) AS last_at,
           count(*) AS n
    FROM sequitur.all_executions GROUP BY lane, contact_id, sequence_id, source`,
  counted: sql`SELECT lane, contact_id, sequence_id, source, first_at, last_at, n FROM sequitur.recipients`,
};

// Both sides without rows that say nothing: folding and late corrections leave zeros behind for a while.
async function compare(tx: Tx, sides: Sides): Promise<Compared> {
  const { key, values, fromRows: rowsSide, counted } = sides;
  const object = (side: string, columns: readonly string[]) =>
    sql`jsonb_build_object(${sql.join(columns.flatMap((c) => [sql.lit(c), sql`${sql.ref(`${side}.${c}`)}`]))})`;
  const differ = values.map((c) => sql`${comparable('r', c)} IS DISTINCT FROM ${comparable('c', c)}`);
  const keyOf = key.flatMap((c) => [sql.lit(c), sql`coalesce(${sql.ref(`r.${c}`)}, ${sql.ref(`c.${c}`)})`]);
  const { rows } = await sql<Compared>`
    WITH r AS MATERIALIZED (${rowsSide}),
    c AS MATERIALIZED (${counted}),
    both_sides AS (
      SELECT jsonb_build_object(${sql.join(keyOf)}) AS key, ${object('r', values)} AS rows,
             ${object('c', values)} AS counter, ${sql.join(differ, sql` OR `)} AS differs
      FROM r FULL JOIN c ON ${joined('r', 'c', key)}
    ),
    listed AS (SELECT key, rows, counter FROM both_sides WHERE differs ORDER BY key LIMIT 1000)
    SELECT (SELECT count(*) FROM both_sides)::int AS keys,
           (SELECT count(*) FROM both_sides WHERE differs)::int AS differing,
           (SELECT coalesce(jsonb_agg(to_jsonb(listed) ORDER BY key), '[]') FROM listed) AS differences`.execute(
    tx,
  );
  return rows[0] ?? { keys: 0, differing: 0, differences: [] };
}

function joined(left: string, right: string, key: readonly string[]): RawBuilder<unknown> {
  if (key.length === 0) return sql`true`;
  const same = key.map((column) => sql`${sql.ref(`${left}.${column}`)} = ${sql.ref(`${right}.${column}`)}`);
  return sql.join(same, sql` AND `);
}

// A missing row and a sum of zero are the same thing; a missing instant is not.
function comparable(side: string, column: string): RawBuilder<unknown> {
  const ref = sql.ref(`${side}.${column}`);
  return column.endsWith('_at') ? ref : sql`coalesce(${ref}, 0)`;
}

function refs(columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(column)));
}
