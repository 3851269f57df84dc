import { type RawBuilder, sql } from 'kysely';
import { type CounterTable, WEEKDAYS } from './counters.ts';
import { toSpans } from './spans.sql.ts';

/** Which rows and calendars: null means all rows in all calendars that their lane is kept in. */
export type Scope = { lane: number; calendarId: number } | null;

/** The query that gives what a counter should hold by its rows, hot and archived: key columns and sums. */
export function fromRows(table: CounterTable, scope: Scope = null): RawBuilder<unknown> {
  return QUERIES[table](scope);
}

// Each row with its calendars and its reporting day in them. `rows` is called f.
function withDays(rows: RawBuilder<unknown>, at: RawBuilder<unknown>, scope: Scope): RawBuilder<unknown> {
  const calendars = scope
    ? sql`JOIN sequitur.calendars c ON c.id = ${scope.calendarId} AND f.lane = ${scope.lane}`
    : sql`JOIN sequitur.calendar_lanes l ON l.lane = f.lane
          JOIN sequitur.calendars c ON c.id = l.calendar_id AND c.status <> 'retired'`;
  return sql`
    FROM ${rows} f
    ${calendars}
    CROSS JOIN LATERAL (SELECT (${at} AT TIME ZONE c.time_zone)::date AS day) d`;
}

const executions = (scope: Scope) => withDays(sql`sequitur.all_executions`, sql`f.executed_at`, scope);
const triggers = (scope: Scope) => withDays(sql`sequitur.all_triggers`, sql`f.occurred_at`, scope);
const NEVER = sql`'-infinity'::date`;

const lifetime = (people: RawBuilder<unknown>) => sql`
  count(*) AS executions, count(DISTINCT (lane, contact_id)) AS ${people}`;

const triggersBy = (columns: RawBuilder<unknown>) => sql`
  SELECT ${columns}, count(*) FILTER (WHERE outcome = 'accepted') AS triggers,
         count(*) FILTER (WHERE outcome = 'suppressed') AS suppressed`;

const byWeekday = sql.join(
  WEEKDAYS.map(
    (weekday, i) => sql`count(*) FILTER (WHERE extract(isodow FROM d.day) = ${sql.lit(i + 1)})
    AS ${sql.ref(weekday)}`,
  ),
);

const QUERIES: Record<CounterTable, (scope: Scope) => RawBuilder<unknown>> = {
  reach_counts: (scope) => sql`
    SELECT calendar_id, sequence_id, day, source, prev_day, prev_same_source_day, count(*) AS n
    FROM (
      SELECT c.id AS calendar_id, f.sequence_id, d.day, f.source,
             coalesce(lag(d.day) OVER chain, ${NEVER}) AS prev_day,
             coalesce(lag(d.day) OVER chain_of_source, ${NEVER}) AS prev_same_source_day
      ${executions(scope)}
      WINDOW chain AS (
               PARTITION BY c.id, f.lane, f.contact_id, f.sequence_id ORDER BY f.executed_at, f.id),
             chain_of_source AS (
               PARTITION BY c.id, f.lane, f.contact_id, f.sequence_id, f.source ORDER BY f.executed_at, f.id)
    ) linked
    GROUP BY calendar_id, sequence_id, day, source, prev_day, prev_same_source_day`,
  people_counts: (scope) => sql`
    SELECT calendar_id, day, prev_day, count(*) AS n
    FROM (
      SELECT c.id AS calendar_id, d.day,
             coalesce(lag(d.day) OVER (
               PARTITION BY c.id, f.lane, f.contact_id ORDER BY f.executed_at, f.id), ${NEVER}) AS prev_day
      ${executions(scope)}
    ) linked
    GROUP BY calendar_id, day, prev_day`,
  reach_spans: (scope) => toSpans('reach_spans', sql`(${fromRows('reach_counts', scope)})`),
  source_reach_spans: (scope) => toSpans('source_reach_spans', sql`(${fromRows('reach_counts', scope)})`),
  people_spans: (scope) => toSpans('people_spans', sql`(${fromRows('people_counts', scope)})`),
  step_counts: (scope) => sql`
    SELECT c.id AS calendar_id, f.sequence_id, d.day, f.step_id, coalesce(f.revision, 0) AS revision, f.source,
           count(*) AS n
    ${executions(scope)}
    WHERE f.step_id IS NOT NULL
    GROUP BY c.id, f.sequence_id, d.day, f.step_id, coalesce(f.revision, 0), f.source`,
  step_spans: (scope) => toSpans('step_spans', sql`(${fromRows('step_counts', scope)})`),
  funnel_counts: (scope) => sql`
    SELECT c.id AS calendar_id, f.sequence_id, d.day, f.step_id, f.revision, f.source, f.outcome, f.reason,
           count(*) AS n
    ${withDays(
      sql`(
        SELECT lane, entered_at, sequence_id, step_id, revision, source, outcome, reason
        FROM sequitur.all_enrollment_steps
        UNION ALL
        SELECT lane, next_entered_at, sequence_id, next_step_id, next_revision, source, 'waiting', ''
        FROM sequitur.enrollments WHERE next_step_id IS NOT NULL
        UNION ALL
        SELECT lane, executed_at, sequence_id, step_id, coalesce(revision, 0), source, 'sent', ''
        FROM sequitur.all_executions WHERE enrollment_id IS NULL AND step_id IS NOT NULL
      )`,
      sql`f.entered_at`,
      scope,
    )}
    GROUP BY c.id, f.sequence_id, d.day, f.step_id, f.revision, f.source, f.outcome, f.reason`,
  funnel_spans: (scope) => toSpans('funnel_spans', sql`(${fromRows('funnel_counts', scope)})`),
  trigger_counts: (scope) => sql`
    SELECT c.id AS calendar_id, f.sequence_id, d.day, f.source, f.outcome, f.reason, count(*) AS n
    ${triggers(scope)}
    GROUP BY c.id, f.sequence_id, d.day, f.source, f.outcome, f.reason`,
  weekly_counts: (scope) => sql`
    SELECT c.id AS calendar_id, f.sequence_id, date_trunc('week', d.day::timestamp)::date AS day, ${byWeekday}
    ${executions(scope)}
    GROUP BY 1, 2, 3`,
  sequence_totals: () => sql`
    SELECT sequence_id, coalesce(executions, 0) AS executions, coalesce(recipients, 0) AS recipients,
           coalesce(triggers, 0) AS triggers, coalesce(suppressed, 0) AS suppressed, last_executed_at
    FROM (
      SELECT sequence_id, ${lifetime(sql`recipients`)}, max(executed_at) AS last_executed_at
      FROM sequitur.all_executions GROUP BY sequence_id
    ) e
    FULL JOIN (${triggersBy(sql`sequence_id`)} FROM sequitur.all_triggers GROUP BY sequence_id) t
      USING (sequence_id)`,
  workspace_totals: () => sql`
    SELECT executions, people, triggers, suppressed
    FROM (SELECT ${lifetime(sql`people`)} FROM sequitur.all_executions) e
    CROSS JOIN (${triggersBy(sql`0 AS nothing`)} FROM sequitur.all_triggers) t`,
};
