import { sql } from 'kysely';
import type { Question } from './frame.ts';

type Sent = { executions: number; unique_recipients: number };
type Triggered = { triggers: number; suppressed: number };

/** Executions and that day's distinct people, by day; a day without any is missing. */
export async function executionsByDay(
  { tx, calendar_id, days }: Question,
  sequenceId: string,
): Promise<Map<string, Sent>> {
  const { rows } = await sql<Sent & { day: string }>`
    SELECT day, sum(n)::int8 AS executions,
           coalesce(sum(n) FILTER (WHERE prev_day < day), 0)::int8 AS unique_recipients
    FROM sequitur.reach_counts
    WHERE calendar_id = ${calendar_id} AND sequence_id = ${sequenceId}
      AND day BETWEEN ${days.from}::date AND ${days.to}::date
    GROUP BY day`.execute(tx);
  return new Map(rows.map(({ day, ...sent }) => [day, sent]));
}

/** Accepted and suppressed triggers by day; a day without any is missing. */
export async function triggersByDay(
  { tx, calendar_id, days }: Question,
  sequenceId: string,
): Promise<Map<string, Triggered>> {
  const { rows } = await sql<Triggered & { day: string }>`
    SELECT day, sum(triggers)::int8 AS triggers, sum(suppressed)::int8 AS suppressed
    FROM sequitur.daily_counts
    WHERE calendar_id = ${calendar_id} AND sequence_id = ${sequenceId}
      AND day BETWEEN ${days.from}::date AND ${days.to}::date
    GROUP BY day`.execute(tx);
  return new Map(rows.map(({ day, ...triggered }) => [day, triggered]));
}
