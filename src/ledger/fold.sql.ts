import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import { COUNTERS, type CounterTable } from './counters.ts';
import type { Move } from './fold.ts';

/** A lane's rows of closed days of one sequence in a counter, and the days between which they lie; nulls where it names none. */
export type Unfolded = {
  lane: number;
  calendar_id: number | null;
  sequence_id: string | null;
  first: string | null;
  last: string | null;
};

/** The rows of closed days in a counter, wherever they are. Reads the whole counter, and holds nobody up. */
export async function closedRows(db: Db, table: CounterTable, now: Date): Promise<Unfolded[]> {
  const key: readonly string[] = COUNTERS[table].key;
  const column = (name: string, type: string) =>
    key.includes(name) ? sql.ref(`t.${name}`) : sql.raw(`NULL::${type}`);
  const day = column('day', 'date');
  const { rows } = await sql<Unfolded>`
    SELECT t.lane, ${column('calendar_id', 'smallint')} AS calendar_id, ${column('sequence_id', 'uuid')} AS sequence_id,
           min(${day}) AS first, max(${day}) AS last
    FROM ${sql.table(`sequitur.${table}`)} t
    WHERE ${isClosed(key, now)}
    GROUP BY 1, 2, 3
    ORDER BY 1, 2, 3`.execute(db);
  return rows;
}

/**
 * Moves one lane's closed rows of these sequences into `home`, adding to what is there, in the order of the keys, as
 * everybody does who adds to spans without that lane's lock. Answers how many.
 */
export async function foldRows(tx: Tx, move: Move, now: Date): Promise<number> {
  const { table, lane, home } = move;
  const { key, sums, latest } = COUNTERS[table];
  const columns = [...key, ...sums, ...(latest ? [latest] : [])].map((column) => sql.ref(column));
  const added = sums.map((c) => sql`${sql.ref(c)} = had.${sql.ref(c)} + excluded.${sql.ref(c)}`);
  if (latest)
    added.push(sql`${sql.ref(latest)} = greatest(had.${sql.ref(latest)}, excluded.${sql.ref(latest)})`);
  const { numAffectedRows } = await sql`
    WITH moved AS (
      DELETE FROM ${sql.table(`sequitur.${table}`)} t
      WHERE t.lane = ${lane} AND ${isClosed(key, now)} ${within(key, move)}
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
export async function deleteZeros(tx: Tx, move: Move, now: Date): Promise<void> {
  const { table, home } = move;
  const { key, sums, latest } = COUNTERS[table];
  if (latest) return;
  const zero = sums.map((column) => sql`${sql.ref(`t.${column}`)} = 0`);
  await sql`
    DELETE FROM ${sql.table(`sequitur.${table}`)} t
    WHERE t.lane = ${home} AND ${isClosed(key, now)} ${within(key, move)}
      AND ${sql.join(zero, sql` AND `)}`.execute(tx);
}

// A day is closed when its calendar is in a later one. Lifetime totals name no day and may move at any time.
function isClosed(key: readonly string[], now: Date): RawBuilder<unknown> {
  if (!key.includes('day')) return sql`true`;
  return sql`t.day < (
    SELECT (${now}::timestamptz AT TIME ZONE c.time_zone)::date FROM sequitur.calendars c
    WHERE c.id = t.calendar_id AND c.status <> 'retired')`;
}

// By the columns that the counter's index begins with: a lane alone would be looked for in all of its history.
function within(key: readonly string[], { calendarId, sequenceIds, days }: Move): RawBuilder<unknown> {
  return sql`
    ${key.includes('calendar_id') ? sql`AND t.calendar_id = ${calendarId}` : sql``}
    ${key.includes('sequence_id') ? sql`AND t.sequence_id = ANY(${sequenceIds}::uuid[])` : sql``}
    ${days ? sql`AND t.day BETWEEN ${days.first}::date AND ${days.last}::date` : sql``}`;
}
