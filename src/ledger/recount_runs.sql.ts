import { sql } from 'kysely';
import type { Db } from '../db/database.ts';

/** One run of recount, without its differences. */
export type RecountRun = {
  id: string;
  started_at: Date;
  finished_at: Date;
  trigger: 'command' | 'nightly' | 'request';
  /** Counter rows compared, and how many of them were not what their rows say. */
  keys: number;
  differing: number;
  repaired: boolean;
  counters: { counter: string; keys: number; differing: number }[];
};

/** Keeps a run. */
export async function insertRun(db: Db, run: RecountRun): Promise<void> {
  await sql`
    INSERT INTO sequitur.recounts (id, started_at, finished_at, trigger, keys, differing, repaired, counters)
    VALUES (${run.id}, ${run.started_at}, ${run.finished_at}, ${run.trigger}, ${run.keys}, ${run.differing},
            ${run.repaired}, ${JSON.stringify(run.counters)}::jsonb)`.execute(db);
}

/** The run that began last; undefined before the first. */
export async function newestRun(db: Db): Promise<RecountRun | undefined> {
  const { rows } = await sql<RecountRun>`
    SELECT id, started_at, finished_at, trigger, keys, differing, repaired, counters
    FROM sequitur.recounts ORDER BY started_at DESC LIMIT 1`.execute(db);
  return rows[0];
}

/**
 * Claims this night's run: true for one caller a night, within the hours from `from` to before `to` of the
 * reporting zone.
 */
export async function claimNight(
  db: Db,
  now: Date,
  { from, to }: { from: number; to: number },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    INSERT INTO sequitur.settings AS had (key, value)
    SELECT 'recount.night', to_jsonb(local::date)
    FROM sequitur.calendars c, LATERAL (SELECT ${now}::timestamptz AT TIME ZONE c.time_zone AS local) l
    WHERE c.status = 'active' AND extract(hour FROM local) >= ${from} AND extract(hour FROM local) < ${to}
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()
      WHERE had.value <> excluded.value`.execute(db);
  return Number(numAffectedRows) === 1;
}
