import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import { COUNTERS, type CounterTable } from './counters.ts';
import type { Move } from './fold.ts';

/** The lanes and sequences that have rows of closed days in a counter; null sequence where it names none. */
export async function unfolded(
  db: Db,
  table: CounterTable,
  now: Date,
): Promise<{ lane: number; sequence_id: string | null }[]> {
  const columns: readonly string[] = COUNTERS[table].key;
  const sequence = columns.includes('sequence_id') ? sql`sequence_id` : sql`NULL::uuid`;
  const { rows } = await sql<{ lane: number; sequence_id: string | null }>`
    SELECT DISTINCT t.lane, ${sequence} AS sequence_id FROM ${sql.table(`sequitur.${table}`)} t
    WHERE ${isClosed(columns, now)}
    ORDER BY t.lane, sequence_id`.execute(db);
  return rows;
}

/**
 * Moves one lane's closed rows of these sequences into `home`, adding to what is there, in the order of the keys, as
 * everybody does who adds to spans without that lane's lock. Answers how many.
 */
export async function foldRows(tx: Tx, { table, lane, home, sequenceIds }: Move, now: Date): Promise<number> {
  const { key, sums, latest } = COUNTERS[table];
  const columns = [...key, ...sums, ...(latest ? [latest] : [])].map((column) => sql.ref(column));
  const added = sums.map((c) => sql`${sql.ref(c)} = had.${sql.ref(c)} + excluded.${sql.ref(c)}`);
  if (latest)
    added.push(sql`${sql.ref(latest)} = greatest(had.${sql.ref(latest)}, excluded.${sql.ref(latest)})`);
  const { numAffectedRows } = await sql`
    WITH moved AS (
      DELETE FROM ${sql.table(`sequitur.${table}`)} t
      WHERE t.lane = ${lane} AND ${isClosed(key, now)} ${ofSequences(key, sequenceIds)}
      RETURNING ${sql.join(columns)}
    )
    INSERT INTO ${sql.table(`sequitur.${table}`)} AS had (${sql.join(columns)}, lane)
    SELECT ${sql.join(columns)}, ${home}::smallint FROM moved
    ${key.length > 0 ? sql`ORDER BY ${sql.join(key.map((column) => sql.ref(column)))}` : sql``}
    ON CONFLICT (${sql.join([...key, 'lane'].map((column) => sql.ref(column)))})
      DO UPDATE SET ${sql.join(added)}`.execute(tx);
  return Number(numAffectedRows ?? 0);
}

/** Deletes the home lane's closed rows whose sums are all zero: corrections that met what they correct. */
export async function deleteZeros(tx: Tx, { table, home, sequenceIds }: Move, now: Date): Promise<void> {
  const { key, sums, latest } = COUNTERS[table];
  if (latest) return;
  const zero = sums.map((column) => sql`${sql.ref(`t.${column}`)} = 0`);
  await sql`
    DELETE FROM ${sql.table(`sequitur.${table}`)} t
    WHERE t.lane = ${home} AND ${isClosed(key, now)} ${ofSequences(key, sequenceIds)}
      AND ${sql.join(zero, sql` AND `)}`.execute(tx);
}

// A day is closed when its calendar is in a later one. Lifetime totals name no day and may move at any time.
function isClosed(key: readonly string[], now: Date): RawBuilder<unknown> {
  if (!key.includes('day')) return sql`true`;
  return sql`t.day < (
    SELECT (${now}::timestamptz AT TIME ZONE c.time_zone)::date FROM sequitur.calendars c
    WHERE c.id = t.calendar_id AND c.status <> 'retired')`;
}

function ofSequences(key: readonly string[], sequenceIds: string[]): RawBuilder<unknown> {
  return key.includes('sequence_id') ? sql`AND t.sequence_id = ANY(${sequenceIds}::uuid[])` : sql``;
}
