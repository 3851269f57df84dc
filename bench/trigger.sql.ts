import { sql } from 'kysely';
import type { Db } from '../src/db/database.ts';

/** How many triggers were kept. */
export async function countTriggers(db: Db): Promise<number> {
  const { rows } = await sql<{ n: number }>`SELECT count(*) AS n FROM sequitur.triggers`.execute(db);
  return rows[0]?.n ?? 0;
}
