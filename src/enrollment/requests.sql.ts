import { sql } from 'kysely';
import type { Db } from '../db/database.ts';

/** Keeps the digest of a request under its key; one that is there stays. */
export async function insertRequest(
  db: Db,
  lane: number,
  { request_key, digest, now }: { request_key: string; digest: Buffer; now: Date },
): Promise<void> {
  await sql`
    INSERT INTO sequitur.trigger_requests (lane, request_key, digest, created_at)
    VALUES (${lane}, ${request_key}, ${digest}, ${now})
    ON CONFLICT (lane, request_key) DO NOTHING`.execute(db);
}

/** The digest kept under a key; undefined where there is none. */
export async function readDigest(db: Db, lane: number, requestKey: string): Promise<Buffer | undefined> {
  const { rows } = await sql<{ digest: Buffer }>`
    SELECT digest FROM sequitur.trigger_requests
    WHERE lane = ${lane} AND request_key = ${requestKey}`.execute(db);
  return rows[0]?.digest;
}

/** Forgets requests, the answers to their items and to events that were goals, from before `before`, in one lane. */
export async function dropRequests(db: Db, lane: number, before: Date): Promise<void> {
  await sql`DELETE FROM sequitur.trigger_requests WHERE lane = ${lane} AND created_at < ${before}`.execute(
    db,
  );
  await sql`DELETE FROM sequitur.trigger_keys WHERE lane = ${lane} AND created_at < ${before}`.execute(db);
  await sql`DELETE FROM sequitur.goal_keys WHERE lane = ${lane} AND created_at < ${before}`.execute(db);
}
