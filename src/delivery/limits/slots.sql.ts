import { sql } from 'kysely';
import type { Db, Tx } from '../../db/database.ts';

/** The key of all mail; every other key is a recipient domain. */
export const OVERALL = '*';

/** So far ahead a mail is given its slot, in ms: as long may it wait in memory, and after a crash the slot is lost. */
export const HORIZON_MS = 250;
// A key whose limit for the day is used up is asked again at midnight, or sooner: what it was asked may have changed.
const LONGEST_MS = 60_000;
// So long it may go unnoted that mail was refused again.
const NOTED_MS = 30_000;
/** Whoever was refused within this time is held back: asked again after LONGEST_MS at most, and noted after NOTED_MS. */
const HELD_BACK_MS = LONGEST_MS + NOTED_MS;

export type KeyLimit = { key: string; per_second: number | null; per_day: number | null };

export type SlotRow = {
  /** The slot by the database's clock, and how many ms from now it is; null where there is none. */
  at: Date | null;
  wait_ms: number | null;
  /** The key that has no slot for it, and how many ms later it may have one. */
  refused_by: string | null;
  full_ms: number;
  /** Some key has no row yet, so nothing was given to anybody. */
  is_missing: boolean;
};

/**
 * Gives mails the next free slots of their domain and of all mail, in the order given: `domains` has the domain of each.
 * `keys` are those that have a limit. Answers a row for each mail, in the same order.
 *
 * A key's slots are 1 / per_second apart and never begin in the past, so none are saved up (GCRA without a burst: ITU-T
 * I.371). A mail leaves at the later of its two slots, neither of which is further than HORIZON_MS away. One statement
 * that commits by itself, since its locks are everybody's: a process that stands still in the middle keeps nobody waiting.
 */
export async function reserveSlots(db: Db, domains: string[], keys: KeyLimit[]): Promise<SlotRow[]> {
  const gaps = keys.map(({ per_second }) => per_second && 1_000 / per_second);
  const { rows } = await sql<SlotRow>`
    WITH asked AS (
      SELECT * FROM unnest(${keys.map(({ key }) => key)}::text[], ${gaps}::float8[],
        ${keys.map(({ per_day }) => per_day)}::int[]) AS a (key, gap_ms, per_day)
    ), locked AS MATERIALIZED (
      SELECT key, next_at, day, sent_today, refused_at FROM sequitur.send_slots
      WHERE key = ANY(${keys.map(({ key }) => key)}::text[]) ORDER BY key FOR UPDATE
    ), moment AS MATERIALIZED (
      SELECT l.at, l.n AS keys, d.today, (d.today + 1)::timestamp AT TIME ZONE c.time_zone AS day_ends
      -- The clock is looked at when the locks are there.
      FROM (SELECT count(*) AS n, clock_timestamp() AS at FROM locked) l
      JOIN sequitur.calendars c ON c.status = 'active'
      CROSS JOIN LATERAL (SELECT (l.at AT TIME ZONE c.time_zone)::date AS today) d
    ), standing AS (
      SELECT a.key, a.gap_ms, a.per_day, l.refused_at,
        -- What is further ahead than any slot that these limits give is from other limits, or the clock was set back.
        CASE WHEN l.next_at > m.at + (${HORIZON_MS} + coalesce(a.gap_ms, 0) + 1000) * interval '1 ms' THEN m.at
             ELSE greatest(m.at, l.next_at) END AS first_at,
        -- After a change of zone today may be yesterday once more.
        CASE WHEN l.day >= m.today THEN l.sent_today ELSE 0 END AS sent
      FROM asked a JOIN locked l ON l.key = a.key CROSS JOIN moment m
    ), room AS MATERIALIZED (
      SELECT s.*, least(
        CASE WHEN s.gap_ms IS NOT NULL THEN greatest(0,
          floor((${HORIZON_MS} - extract(epoch FROM s.first_at - m.at)::float8 * 1000) / s.gap_ms)::int8 + 1) END,
        CASE WHEN s.per_day IS NOT NULL THEN greatest(0, s.per_day - s.sent) END) AS n
      FROM standing s CROSS JOIN moment m
    ), mails AS (
      SELECT d.place, d.domain, r.n, row_number() OVER (PARTITION BY d.domain ORDER BY d.place) AS nth,
             r.first_at + (row_number() OVER (PARTITION BY d.domain ORDER BY d.place) - 1) * r.gap_ms * interval '1 ms' AS at
      FROM unnest(${domains}::text[]) WITH ORDINALITY AS d (domain, place) LEFT JOIN room r ON r.key = d.domain
    ), fitting AS (
      SELECT m.place, m.domain, m.at, row_number() OVER (ORDER BY m.place) AS nth FROM mails m
      WHERE m.n IS NULL OR m.nth <= m.n
    ), granted AS MATERIALIZED (
      SELECT f.place, f.domain, greatest(f.at, r.first_at + (f.nth - 1) * r.gap_ms * interval '1 ms', m.at) AS at
      FROM fitting f CROSS JOIN moment m LEFT JOIN room r ON r.key = ${OVERALL}
      WHERE (r.n IS NULL OR f.nth <= r.n) AND m.keys = ${keys.length}
    ), refused AS MATERIALIZED (
      SELECT m.place, CASE WHEN m.nth > m.n THEN m.domain ELSE ${OVERALL} END AS by
      FROM mails m WHERE NOT EXISTS (SELECT FROM granted g WHERE g.place = m.place)
    ), used AS MATERIALIZED (
      SELECT r.*, (SELECT count(*) FROM granted g WHERE r.key IN (g.domain, ${OVERALL})) AS given,
             EXISTS (SELECT FROM refused f WHERE f.by = r.key) AS is_refused
      FROM room r
    ), moved AS (
      UPDATE sequitur.send_slots s SET
        next_at = u.first_at + u.given * coalesce(u.gap_ms, 0) * interval '1 ms',
        day = greatest(s.day, m.today),
        sent_today = u.sent + u.given,
        refused_at = CASE WHEN u.is_refused THEN m.at ELSE u.refused_at END
      FROM used u CROSS JOIN moment m
      WHERE s.key = u.key AND m.keys = ${keys.length} AND (u.given > 0 OR (u.is_refused
        AND (u.refused_at IS NULL OR u.refused_at < m.at - ${NOTED_MS} * interval '1 ms')))
    )
    SELECT g.at, extract(epoch FROM g.at - m.at)::float8 * 1000 AS wait_ms, f.by AS refused_by,
      CASE WHEN u.sent + u.given >= u.per_day
           THEN least(${LONGEST_MS}, extract(epoch FROM m.day_ends - m.at)::float8 * 1000)
           ELSE coalesce(least(${LONGEST_MS}, greatest(${HORIZON_MS}::float8 / 2,
             extract(epoch FROM u.first_at - m.at)::float8 * 1000 + u.given * u.gap_ms - ${HORIZON_MS})), 0)
      END AS full_ms,
      m.keys < ${keys.length} AS is_missing
    FROM mails d CROSS JOIN moment m
    LEFT JOIN granted g ON g.place = d.place
    LEFT JOIN refused f ON f.place = d.place
    LEFT JOIN used u ON u.key = f.by
    ORDER BY d.place`.execute(db);
  return rows;
}

/** Makes the rows of keys that have none. */
export async function insertKeys(db: Db, keys: string[]): Promise<void> {
  await sql`
    INSERT INTO sequitur.send_slots (key)
    SELECT key FROM unnest(${keys}::text[]) AS k (key) ORDER BY key
    ON CONFLICT (key) DO NOTHING`.execute(db);
}

/** Forgets domains that nothing was sent to since the day before yesterday, at most `limit`. Answers how many. */
export async function dropIdleKeys(db: Db, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM sequitur.send_slots WHERE key IN (
      SELECT key FROM sequitur.send_slots
      WHERE key <> ${OVERALL} AND next_at < now() - interval '3 days' AND day < current_date - 2
      LIMIT ${limit} FOR UPDATE SKIP LOCKED)`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** Has nobody be held back by a limit of all mail that was: it has changed. */
export async function forgetRefusal(tx: Tx): Promise<void> {
  await sql`UPDATE sequitur.send_slots SET refused_at = NULL WHERE key = ${OVERALL}`.execute(tx);
}

/** Whether a limit of all mail has kept something back within the last minute and a half. */
export async function isOverallFull(db: Db): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM sequitur.send_slots
    WHERE key = ${OVERALL} AND refused_at > now() - ${HELD_BACK_MS} * interval '1 ms'`.execute(db);
  return rows.length > 0;
}
