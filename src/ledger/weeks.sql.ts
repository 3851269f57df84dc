import { sql } from 'kysely';
import type { Db } from '../db/database.ts';

const WEEKLY = ['sequence_executions', 'triggers', 'enrollment_steps'] as const;

/** The starts of the weeks for which every weekly table has its partition, in milliseconds since 1970. */
export async function weeksThatExist(db: Db): Promise<number[]> {
  const { rows } = await sql<{ week: string; n: number }>`
    SELECT right(c.relname, 8) AS week, count(*)::int AS n
    FROM pg_inherits i
    JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = ANY(${WEEKLY.map((table) => `sequitur.${table}`)}::regclass[])
      AND c.relname ~ '_w[0-9]{8}$'
    GROUP BY 1`.execute(db);
  return rows.filter((row) => row.n === WEEKLY.length).map((row) => Date.parse(isoDay(row.week)));
}

/**
 * Makes one week's partitions, [from, to). A table is made beside its parent and then attached: CREATE TABLE
 * ... PARTITION OF would lock the parent against every reader and writer, ATTACH stops neither.
 */
export async function makeWeek(db: Db, from: Date, to: Date): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`SELECT pg_advisory_xact_lock(hashtext('sequitur.weeks'))`.execute(tx);
    for (const table of WEEKLY) {
      const week = `${table}_w${from.toISOString().slice(0, 10).replaceAll('-', '')}`;
      const { rows } = await sql<{ is_there: boolean }>`
        SELECT to_regclass(${`sequitur.${week}`}) IS NOT NULL AS is_there`.execute(tx);
      if (rows[0]?.is_there) continue;
      const parent = sql.table(`sequitur.${table}`);
      const child = sql.table(`sequitur.${week}`);
      await sql`CREATE TABLE ${child} (LIKE ${parent} INCLUDING ALL)`.execute(tx);
      await sql`
        ALTER TABLE ${parent} ATTACH PARTITION ${child}
        FOR VALUES FROM (${sql.lit(from.toISOString())}) TO (${sql.lit(to.toISOString())})`.execute(tx);
    }
  });
}

function isoDay(digits: string): string {
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
}
