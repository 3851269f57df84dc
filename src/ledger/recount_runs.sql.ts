import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { Difference } from './recount.sql.ts';
import type { Recounted } from './recount.ts';

/** One run of recount, as it is kept. */
export type RecountRun = {
  id: string;
  started_at: Date;
  finished_at: Date;
  trigger: 'command' | 'nightly' | 'request';
  /** Counter rows compared, and how many of them were not what their rows say. */
  keys: number;
  differing: number;
  repaired: boolean;
  /** Runs of old have no differences. */
  counters: (Omit<Recounted, 'differences'> & { differences?: Difference[] })[];
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

/** A night's claim: the night, and when it was claimed, which tells this claim from a later one. */
export type Night = { night: string; claimed_at: string };

/**
 * Claims this night's run, within the hours from `from` to before `to` of the reporting zone: for one caller at a
 * time, until it is said to be done or the claim is `staleMs` old by the database's clock. Undefined where it is not
 * time, another is at it, or it is done.
 */
export async function claimNight(
  db: Db,
  now: Date,
  { from, to, staleMs }: { from: number; to: number; staleMs: number },
): Promise<Night | undefined> {
  const { rows } = await sql<Night>`
    INSERT INTO sequitur.settings AS had (key, value)
    SELECT ${KEY}, jsonb_build_object('night', local::date, 'claimed_at', clock_timestamp(), 'done', false)
    FROM sequitur.calendars c, LATERAL (SELECT ${now}::timestamptz AT TIME ZONE c.time_zone AS local) l
    WHERE c.status = 'active' AND extract(hour FROM local) >= ${from} AND extract(hour FROM local) < ${to}
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()
      WHERE had.value->>'night' IS DISTINCT FROM excluded.value->>'night'
         OR (had.value->>'done' = 'false'
             AND (had.value->>'claimed_at')::timestamptz
                 < clock_timestamp() - make_interval(secs => ${staleMs}::float8 / 1000))
    RETURNING value->>'night' AS night, value->>'claimed_at' AS claimed_at`.execute(db);
  return rows[0];
}

/** Says that a night's run is kept. */
export async function finishNight(tx: Tx, { night }: Night): Promise<void> {
  await sql`
    UPDATE sequitur.settings SET value = value || '{"done": true}', updated_at = now()
    WHERE key = ${KEY} AND value->>'night' = ${night}`.execute(tx);
}

/** Gives a claim back, so that the night can be claimed again at once. A later claim stays. */
export async function releaseNight(db: Db, { night, claimed_at }: Night): Promise<void> {
  await sql`
    DELETE FROM sequitur.settings
    WHERE key = ${KEY} AND value->>'night' = ${night} AND value->>'claimed_at' = ${claimed_at}
      AND value->>'done' = 'false'`.execute(db);
}

const KEY = 'recount.night';
