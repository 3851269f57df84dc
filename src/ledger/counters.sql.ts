import { type RawBuilder, sql } from 'kysely';
import { arrayOf } from '../db/arrays.sql.ts';
import type { Tx } from '../db/database.ts';
import { COUNTERS, type CounterTable, KEY_TYPES } from './counters.ts';
import type { Delta, Deltas } from './deltas.ts';

/** Adds what `deltas` holds to the counters. One promise a counter, so that statements need not wait in turn. */
export function addDeltas(tx: Tx, lane: number, deltas: Deltas): Promise<void>[] {
  return [...deltas.tables()].map(([table, rows]) => addToCounter(tx, lane, table, rows));
}

/** Adds `deltas` to a counter's rows in this lane, making rows that are not there. Each key occurs once. */
async function addToCounter(tx: Tx, lane: number, table: CounterTable, deltas: Delta[]): Promise<void> {
  const { key, sums, latest } = COUNTERS[table];
  const columns = [...key, ...sums, ...(latest ? [latest] : [])];
  const arrays = [
    ...key.map((column, i) =>
      arrayOf(
        deltas.map((delta) => delta.key[i]),
        KEY_TYPES[column],
      ),
    ),
    ...sums.map((_, i) =>
      arrayOf(
        deltas.map((delta) => delta.sums[i]),
        'bigint',
      ),
    ),
    ...(latest
      ? [
          arrayOf(
            deltas.map((delta) => delta.latest),
            'timestamptz',
          ),
        ]
      : []),
  ];
  await sql`
    INSERT INTO ${sql.table(`sequitur.${table}`)} AS had (${names(columns)}, lane)
    SELECT ${names(columns)}, ${lane}::smallint FROM unnest(${sql.join(arrays)}) AS new (${names(columns)})
    ON CONFLICT (${names([...key, 'lane'])}) DO UPDATE SET ${assignments(sums, latest)}`.execute(tx);
}

function assignments(sums: readonly string[], latest: string | null): RawBuilder<unknown> {
  const added = sums.map((column) => `${column} = had.${column} + excluded.${column}`);
  const raised = latest ? [`${latest} = greatest(had.${latest}, excluded.${latest})`] : [];
  return sql.raw([...added, ...raised].join(', '));
}

function names(columns: readonly string[]): RawBuilder<unknown> {
  return sql.raw(columns.join(', '));
}
