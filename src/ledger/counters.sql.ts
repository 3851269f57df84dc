import { type RawBuilder, sql } from 'kysely';
import { arrayOf, type ElementType } from '../db/arrays.sql.ts';
import type { Tx } from '../db/database.ts';
import { COUNTERS, type CounterTable, DELTAS, type DrainedTable, isDrained, KEY_TYPES } from './counters.ts';
import type { Delta, Deltas } from './deltas.ts';

/** Adds what `deltas` holds to the counters. One promise a counter, so that statements need not wait in turn. */
export function addDeltas(tx: Tx, lane: number, deltas: Deltas): Promise<void>[] {
  return [...deltas.tables()].map(([table, rows]) =>
    isDrained(table) ? addDrained(tx, lane, table, rows) : addToCounter(tx, lane, table, rows),
  );
}

/**
 * Adds `deltas` to what is on its way into spans in this lane. How many rows that makes is known to the server alone,
 * so it makes their ids: they only tell the rows apart, for the seconds that they stay.
 */
async function addDrained(tx: Tx, lane: number, table: DrainedTable, deltas: Delta[]): Promise<void> {
  const { key, sums } = COUNTERS[table];
  const columns: string[] = [...key, ...sums];
  const whose = ['calendar_id', 'sequence_id'].filter((column) => columns.includes(column));
  const gathered = columns.filter((column) => !whose.includes(column));
  const inArrays = gathered.map((column) => sql`array_agg(${sql.ref(column)})`);
  await sql`
    INSERT INTO ${sql.table(`sequitur.${DELTAS[table]}`)} (lane, id, ${names([...whose, ...gathered])})
    SELECT ${lane}::smallint, gen_random_uuid(), ${names(whose)}, ${sql.join(inArrays)}
    FROM unnest(${sql.join(arraysOf(table, deltas))}) AS new (${names(columns)})
    GROUP BY ${names(whose)}`.execute(tx);
}

/** Adds `deltas` to a counter's rows in this lane, making rows that are not there. Each key occurs once. */
async function addToCounter(tx: Tx, lane: number, table: CounterTable, deltas: Delta[]): Promise<void> {
  const { key, sums, latest } = COUNTERS[table];
  const columns = [...key, ...sums, ...(latest ? [latest] : [])];
  const rows = sql`unnest(${sql.join(arraysOf(table, deltas))}) AS new (${names(columns)})`;
  await sql`
    INSERT INTO ${sql.table(`sequitur.${table}`)} AS had (${names(columns)}, lane)
    SELECT ${names(columns)}, ${lane}::smallint FROM ${rows}
    ON CONFLICT (${names([...key, 'lane'])}) DO UPDATE SET ${assignments(sums, latest)}`.execute(tx);
}

/** The columns of `deltas`, each as one parameter: the key, the sums and, where the counter has it, the latest. */
function arraysOf(table: CounterTable, deltas: Delta[]): RawBuilder<unknown>[] {
  const { key, sums, latest } = COUNTERS[table];
  const column = (of: (delta: Delta) => unknown, type: ElementType) => arrayOf(deltas.map(of), type);
  return [
    ...key.map((name, i) => column((delta) => delta.key[i], KEY_TYPES[name])),
    ...sums.map((_, i) => column((delta) => delta.sums[i], 'bigint')),
    ...(latest ? [column((delta) => delta.latest, 'timestamptz')] : []),
  ];
}

function assignments(sums: readonly string[], latest: string | null): RawBuilder<unknown> {
  const added = sums.map((column) => `${column} = had.${column} + excluded.${column}`);
  const raised = latest ? [`${latest} = greatest(had.${latest}, excluded.${latest})`] : [];
  return sql.raw([...added, ...raised].join(', '));
}

function names(columns: readonly string[]): RawBuilder<unknown> {
  return sql.raw(columns.join(', '));
}
