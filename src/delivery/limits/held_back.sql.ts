import { sql } from 'kysely';
import type { Db } from '../../db/database.ts';

/** The domains whose limits keep mail of these lanes back, with the lane. In no order. */
export async function heldBackDomains(db: Db, lanes: number[]): Promise<{ lane: number; domain: string }[]> {
  const { rows } = await sql<{ lane: number; domain: string }>`
    SELECT DISTINCT lane, limited_by AS domain FROM sequitur.enrollments
    WHERE lane = ANY(${lanes}::smallint[]) AND limited_by IS NOT NULL`.execute(db);
  return rows;
}

/** How many mails the limits of their domains keep back, for the `limit` domains with the most. The most first. */
export async function countHeldBack(db: Db, limit: number): Promise<{ domain: string; emails: number }[]> {
  const { rows } = await sql<{ domain: string; emails: number }>`
    SELECT limited_by AS domain, count(*) AS emails FROM sequitur.enrollments
    WHERE limited_by IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${limit}`.execute(db);
  return rows;
}

/** How many mails the limits of their domains keep back, in all lanes. */
export async function countAllHeldBack(db: Db): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*) AS n FROM sequitur.enrollments WHERE limited_by IS NOT NULL`.execute(db);
  return rows[0]?.n ?? 0;
}

/** Whether the limit of a domain keeps any mail back. */
export async function isAnyHeldBack(db: Db): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM sequitur.enrollments WHERE limited_by IS NOT NULL LIMIT 1`.execute(db);
  return rows.length > 0;
}
