import { type RawBuilder, sql } from 'kysely';
import { prepared } from '../db/connections.sql.ts';
import type { Tx } from '../db/database.ts';
import { dayBegins } from './day_begins.sql.ts';
import { type Days, LENGTH, type RangeAsked } from './range.ts';

/** The instants between which a range lies: `from` is in it, `before` is the first one after it. */
export type Edges = { from: Date; before: Date };

/**
 * A range as it stands at a moment: in which calendar, which day that is, and the range's days and instants.
 * `firstDay` is the first of its days where that is the first on which anything was counted, else null.
 */
export type ResolvedRange = Days & {
  calendar_id: number;
  time_zone: string;
  today: string;
  firstDay: string | null;
  edges: Edges;
};

/**
 * Resolves a range at `now`, in the active calendar. 'all' begins on the first day on which anything was counted
 * for the sequence (null: for any). Throws in a database that is not set up.
 */
export async function resolveRange(
  tx: Tx,
  { range, sequenceId, now }: { range: RangeAsked; sequenceId: string | null; now: Date },
): Promise<ResolvedRange> {
  const to = 'to' in range ? sql`${range.to}::date` : sql`t.today`;
  // OFFSET 0: the first day is looked for once, and not wherever it is named.
  type Row = Omit<ResolvedRange, 'edges' | 'firstDay'> & { starts_at: Date; ends_before: Date };
  const { rows } = await sql<Row>`${prepared}
    SELECT c.id AS calendar_id, c.time_zone, t.today, d.first AS "from", d.last AS "to",
           ${dayBegins(sql`d.first`, sql`c.time_zone`)} AS starts_at,
           ${dayBegins(sql`d.last + 1`, sql`c.time_zone`)} AS ends_before
    FROM sequitur.calendars c
    CROSS JOIN LATERAL (SELECT (${now}::timestamptz AT TIME ZONE c.time_zone)::date AS today) t
    CROSS JOIN LATERAL (SELECT ${begin(range, sequenceId)} AS first, ${to} AS last OFFSET 0) d
    WHERE c.status = 'active'`.execute(tx);
  if (!rows[0]) throw new Error('This database has no reporting calendar: it was not set up.');
  const { starts_at, ends_before, ...resolved } = rows[0];
  const isAll = 'time_range' in range && range.time_range === 'all';
  const edges = { from: starts_at, before: ends_before };
  return { ...resolved, firstDay: isAll ? resolved.from : null, edges };
}

function begin(range: RangeAsked, sequenceId: string | null): RawBuilder<unknown> {
  if ('from' in range) return sql`${range.from}::date`;
  if (range.time_range !== 'all') return sql`t.today - ${LENGTH[range.time_range] - 1}::integer`;
  return sequenceId === null ? firstOfWorkspace : firstOfSequence(sequenceId);
}

function firstOfSequence(sequenceId: string): RawBuilder<unknown> {
  const first = (rows: RawBuilder<unknown>) => sql`(
    SELECT min(day) FROM ${rows} WHERE calendar_id = c.id AND sequence_id = ${sequenceId})`;
  return sql`least(t.today, ${first(sql`sequitur.reach_counts`)}, ${first(sql`sequitur.trigger_counts`)},
    ${first(sql`(SELECT * FROM sequitur.reach_spans WHERE span = 'day') r`)})`;
}

// Triggers have no index by day, so each sequence is asked for its first.
const firstOfWorkspace = sql`least(
  t.today,
  (SELECT min(day) FROM sequitur.people_counts WHERE calendar_id = c.id),
  (SELECT min(day) FROM sequitur.people_spans WHERE calendar_id = c.id AND span = 'day'),
  (
    SELECT min(f.day)
    FROM sequitur.sequences s
    CROSS JOIN LATERAL (
      SELECT min(day) AS day FROM sequitur.trigger_counts WHERE calendar_id = c.id AND sequence_id = s.id
    ) f
  ))`;
