import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import { COUNTERS, type CounterTable } from './counters.ts';

/** One key of a counter whose sums are not those of its rows. */
export type Difference = {
  key: Record<string, string | number>;
  rows: Record<string, number | string | null>;
  counter: Record<string, number | string | null>;
};

export type Compared = { keys: number; differing: number; differences: Difference[] };

/** Compares one counter with what its rows give. `keys` counts the keys that either side has. */
export async function compareCounter(tx: Tx, table: CounterTable): Promise<Compared> {
  const { key, sums, latest } = COUNTERS[table];
  const totals = sums.map((column) => sql`sum(${sql.ref(column)})::int8 AS ${sql.ref(column)}`);
  if (latest) totals.push(sql`max(${sql.ref(latest)}) AS ${sql.ref(latest)}`);
  const grouped = [...key.map((column) => sql.ref(column)), ...totals];
  const counted = sql`
    SELECT ${sql.join(grouped)} FROM ${sql.table(`sequitur.${table}`)}
    ${key.length > 0 ? sql`GROUP BY ${refs(key)}` : sql``}`;
  return compare(tx, {
    key,
    values: [...sums, ...(latest ? [latest] : [])],
    fromRows: FROM_ROWS[table],
    counted,
  });
}

/** Compares `recipients` with the executions that it sums up. */
export async function compareRecipients(tx: Tx): Promise<Compared> {
  const key = ['lane', 'contact_id', 'sequence_id', 'source'];
  const fromRows = sql`
    SELECT lane, contact_id, sequence_id, source, min(executed_at) AS first_at, max(executed_at) AS last_at,
           count(*) AS n
    FROM sequitur.all_executions GROUP BY lane, contact_id, sequence_id, source`;
  const counted = sql`
    SELECT lane, contact_id, sequence_id, source, first_at, last_at, n FROM sequitur.recipients`;
  return compare(tx, { key, values: ['first_at', 'last_at', 'n'], fromRows, counted });
}

// Both sides without rows that say nothing: folding and late corrections leave zeros behind for a while.
async function compare(
  tx: Tx,
  sides: {
    key: readonly string[];
    values: readonly string[];
    fromRows: RawBuilder<unknown>;
    counted: RawBuilder<unknown>;
  },
): Promise<Compared> {
  const { key, values, fromRows, counted } = sides;
  const object = (side: string, columns: readonly string[]) =>
    sql`jsonb_build_object(${sql.join(columns.flatMap((c) => [sql.lit(c), sql`${sql.ref(`${side}.${c}`)}`]))})`;
  const differ = values.map((c) => sql`${comparable('r', c)} IS DISTINCT FROM ${comparable('c', c)}`);
  const same = key.map((c) => sql`${sql.ref(`r.${c}`)} = ${sql.ref(`c.${c}`)}`);
  const keyOf = key.flatMap((c) => [sql.lit(c), sql`coalesce(${sql.ref(`r.${c}`)}, ${sql.ref(`c.${c}`)})`]);
  const { rows } = await sql<Compared>`
    WITH r AS MATERIALIZED (${fromRows}),
    c AS MATERIALIZED (${counted}),
    both_sides AS (
      SELECT jsonb_build_object(${sql.join(keyOf)}) AS key, ${object('r', values)} AS rows,
             ${object('c', values)} AS counter, ${sql.join(differ, sql` OR `)} AS differs
      FROM r FULL JOIN c ON ${key.length > 0 ? sql.join(same, sql` AND `) : sql`true`}
    ),
    listed AS (SELECT key, rows, counter FROM both_sides WHERE differs ORDER BY key LIMIT 1000)
    SELECT (SELECT count(*) FROM both_sides)::int AS keys,
           (SELECT count(*) FROM both_sides WHERE differs)::int AS differing,
           (SELECT coalesce(jsonb_agg(to_jsonb(listed) ORDER BY key), '[]') FROM listed) AS differences`.execute(
    tx,
  );
  return rows[0] ?? { keys: 0, differing: 0, differences: [] };
}

// A missing row and a sum of zero are the same thing; a missing instant is not.
function comparable(side: string, column: string): RawBuilder<unknown> {
  const ref = sql.ref(`${side}.${column}`);
  return column.endsWith('_at') ? ref : sql`coalesce(${ref}, 0)`;
}

function refs(columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(column)));
}

const kept = (table: RawBuilder<unknown>, at: RawBuilder<unknown>) => sql`
  FROM ${table}
  JOIN sequitur.calendar_lanes l ON l.lane = f.lane
  JOIN sequitur.calendars c ON c.id = l.calendar_id AND c.status <> 'retired'
  CROSS JOIN LATERAL (SELECT (${at} AT TIME ZONE c.time_zone)::date AS day) d`;

const executionDays = kept(sql`sequitur.all_executions f`, sql`f.executed_at`);
const triggerDays = kept(sql`sequitur.all_triggers f`, sql`f.occurred_at`);
const NEVER = sql`'-infinity'::date`;

const lifetime = (key: RawBuilder<unknown>) => sql`
  count(*) AS executions, count(DISTINCT (lane, contact_id)) AS ${key}`;

const triggersBy = (columns: RawBuilder<unknown>) => sql`
  SELECT ${columns}, count(*) FILTER (WHERE outcome = 'accepted') AS triggers,
         count(*) FILTER (WHERE outcome = 'suppressed') AS suppressed`;

/** For each counter, the query that gives what its rows say it should hold: key columns and sums. */
const FROM_ROWS: Record<CounterTable, RawBuilder<unknown>> = {
  reach_counts: sql`
    SELECT calendar_id, sequence_id, day, source, prev_day, prev_same_source_day, count(*) AS n
    FROM (
      SELECT c.id AS calendar_id, f.sequence_id, d.day, f.source,
             coalesce(lag(d.day) OVER chain, ${NEVER}) AS prev_day,
             coalesce(lag(d.day) OVER chain_of_source, ${NEVER}) AS prev_same_source_day
      ${executionDays}
      WINDOW chain AS (
               PARTITION BY c.id, f.lane, f.contact_id, f.sequence_id ORDER BY f.executed_at, f.id),
             chain_of_source AS (
               PARTITION BY c.id, f.lane, f.contact_id, f.sequence_id, f.source ORDER BY f.executed_at, f.id)
    ) linked
    GROUP BY calendar_id, sequence_id, day, source, prev_day, prev_same_source_day`,
  people_counts: sql`
    SELECT calendar_id, day, prev_day, count(*) AS n
    FROM (
      SELECT c.id AS calendar_id, d.day,
             coalesce(lag(d.day) OVER (
               PARTITION BY c.id, f.lane, f.contact_id ORDER BY f.executed_at, f.id), ${NEVER}) AS prev_day
      ${executionDays}
    ) linked
    GROUP BY calendar_id, day, prev_day`,
  step_counts: sql`
    SELECT c.id AS calendar_id, f.sequence_id, d.day, f.step_id, coalesce(f.revision, 0) AS revision, f.source,
           count(*) AS n
    ${executionDays}
    WHERE f.step_id IS NOT NULL
    GROUP BY c.id, f.sequence_id, d.day, f.step_id, coalesce(f.revision, 0), f.source`,
  funnel_counts: sql`
    SELECT c.id AS calendar_id, f.sequence_id, d.day, f.step_id, f.revision, f.source, f.outcome, f.reason,
           count(*) AS n
    ${kept(
      sql`(
        SELECT lane, entered_at, sequence_id, step_id, revision, source, outcome, reason
        FROM sequitur.all_enrollment_steps
        UNION ALL
        SELECT lane, next_entered_at, sequence_id, next_step_id, next_revision, source, 'waiting', ''
        FROM sequitur.enrollments WHERE next_step_id IS NOT NULL
        UNION ALL
        SELECT lane, executed_at, sequence_id, step_id, coalesce(revision, 0), source, 'sent', ''
        FROM sequitur.all_executions WHERE enrollment_id IS NULL AND step_id IS NOT NULL
      ) f`,
      sql`f.entered_at`,
    )}
    GROUP BY c.id, f.sequence_id, d.day, f.step_id, f.revision, f.source, f.outcome, f.reason`,
  trigger_counts: sql`
    SELECT c.id AS calendar_id, f.sequence_id, d.day, f.source, f.outcome, f.reason, count(*) AS n
    ${triggerDays}
    GROUP BY c.id, f.sequence_id, d.day, f.source, f.outcome, f.reason`,
  daily_counts: sql`
    SELECT calendar_id, sequence_id, day, sum(executions)::int8 AS executions, sum(triggers)::int8 AS triggers,
           sum(suppressed)::int8 AS suppressed
    FROM (
      SELECT c.id AS calendar_id, f.sequence_id, d.day, count(*) AS executions, 0 AS triggers, 0 AS suppressed
      ${executionDays} GROUP BY c.id, f.sequence_id, d.day
      UNION ALL
      SELECT calendar_id, sequence_id, day, 0, triggers, suppressed
      FROM (${triggersBy(sql`c.id AS calendar_id, f.sequence_id, d.day`)} ${triggerDays} GROUP BY 1, 2, 3) t
    ) parts
    GROUP BY calendar_id, sequence_id, day`,
  sequence_totals: sql`
    SELECT sequence_id, coalesce(executions, 0) AS executions, coalesce(recipients, 0) AS recipients,
           coalesce(triggers, 0) AS triggers, coalesce(suppressed, 0) AS suppressed, last_executed_at
    FROM (
      SELECT sequence_id, ${lifetime(sql`recipients`)}, max(executed_at) AS last_executed_at
      FROM sequitur.all_executions GROUP BY sequence_id
    ) e
    FULL JOIN (${triggersBy(sql`sequence_id`)} FROM sequitur.all_triggers GROUP BY sequence_id) t
      USING (sequence_id)`,
  workspace_totals: sql`
    SELECT executions, people, triggers, suppressed
    FROM (SELECT ${lifetime(sql`people`)} FROM sequitur.all_executions) e
    CROSS JOIN (${triggersBy(sql`0 AS nothing`)} FROM sequitur.all_triggers) t`,
};
