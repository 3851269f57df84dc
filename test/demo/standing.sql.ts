import { sql } from 'kysely';
import type { Db } from '../../src/db/database.ts';

export type Tally = { name: string; n: number };

/** Active enrollments that are due at `now` and not held: what a worker would send at once. */
export async function countDue(db: Db, now: Date): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM sequitur.enrollments
    WHERE status = 'active' AND held_at IS NULL AND due_at <= ${now}`.execute(db);
  return rows[0]?.n ?? 0;
}

/** Enrollments by how they stand: `active`, `held`, `finished`, or `exited <reason>`. */
export async function tallyEnrollments(db: Db): Promise<Record<string, number>> {
  const { rows } = await sql<Tally>`
    SELECT CASE WHEN held_at IS NOT NULL THEN 'held' ELSE concat_ws(' ', status, exit_reason) END AS name,
           count(*)::int AS n
    FROM sequitur.enrollments GROUP BY 1`.execute(db);
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
}

/** Guard rows that do not say what the enrollments of their contact and sequence say. */
export async function countWrongGuards(db: Db): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n
    FROM (
      SELECT lane, contact_id, sequence_id, count(*) AS entries, max(enrolled_at) AS last_entered_at,
             count(*) FILTER (WHERE status = 'active') AS active
      FROM sequitur.enrollments GROUP BY lane, contact_id, sequence_id
    ) e
    FULL JOIN sequitur.sequence_entries g USING (lane, contact_id, sequence_id)
    WHERE (e.entries, e.active, e.last_entered_at)
          IS DISTINCT FROM (g.entries::bigint, g.active_enrollments::bigint, g.last_entered_at)`.execute(db);
  return rows[0]?.n ?? 0;
}

/** Contacts that got mail although they had no wish or no mailbox for it any more. */
export async function countUnwantedMails(db: Db): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n
    FROM sequitur.all_executions e
    JOIN sequitur.contacts c ON c.lane = e.lane AND c.id = e.contact_id
    WHERE e.executed_at > least(c.unsubscribed_at, c.suppressed_at)`.execute(db);
  return rows[0]?.n ?? 0;
}

/** Suppressed contacts without the bounce or complaint that was the reason, and bounces and complaints of others. */
export async function countUnexplained(db: Db): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n
    FROM (SELECT lane, id AS contact_id, suppressed_at, suppressed_reason FROM sequitur.contacts
          WHERE suppressed_at IS NOT NULL) c
    FULL JOIN sequitur.feedback f USING (lane, contact_id)
    WHERE c.suppressed_at IS DISTINCT FROM f.occurred_at
       OR (c.suppressed_reason = 'complained') IS DISTINCT FROM (f.type = 'complaint')`.execute(db);
  return rows[0]?.n ?? 0;
}

/** Captured mails without their execution, and captured executions without their mail. */
export async function countUnpairedMails(db: Db): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n
    FROM (SELECT message_id, captured_at FROM sequitur.captured_mails) m
    FULL JOIN (SELECT message_id, executed_at FROM sequitur.all_executions WHERE via = 'captured') e
      ON e.message_id = m.message_id AND e.executed_at = m.captured_at
    WHERE m.message_id IS NULL OR e.message_id IS NULL`.execute(db);
  return rows[0]?.n ?? 0;
}

/** Funnel counts by outcome and reason, and suppressed triggers by reason. */
export async function tallyOutcomes(db: Db): Promise<Record<string, number>> {
  const { rows } = await sql<Tally>`
    SELECT concat_ws(' ', outcome, nullif(reason, '')) AS name, sum(n)::int AS n
    FROM (
      SELECT outcome, reason, n FROM sequitur.funnel_counts
      UNION ALL
      SELECT outcome, reason, n FROM sequitur.funnel_spans WHERE span = 'day'
      UNION ALL
      SELECT outcome, reason, n FROM sequitur.trigger_counts
    ) counts
    GROUP BY 1 HAVING sum(n) <> 0 ORDER BY 1`.execute(db);
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
}

/** Accepted triggers of all sequences by reporting day, the oldest first. */
export async function triggersByDay(db: Db): Promise<{ day: string; triggers: number }[]> {
  const { rows } = await sql<{ day: string; triggers: number }>`
    SELECT day, sum(n)::int AS triggers FROM sequitur.trigger_counts WHERE outcome = 'accepted'
    GROUP BY day ORDER BY day`.execute(db);
  return rows;
}

/** The domains of all addresses, and how many contacts there are. */
export async function addresses(db: Db): Promise<{ contacts: number; domains: string[] }> {
  const { rows } = await sql<{ contacts: number; domains: string[] }>`
    SELECT count(*)::int AS contacts, array_agg(DISTINCT split_part(email, '@', 2)) AS domains
    FROM sequitur.contacts`.execute(db);
  return rows[0] ?? { contacts: 0, domains: [] };
}
