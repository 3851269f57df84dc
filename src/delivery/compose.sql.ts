import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { StepTemplates } from '../sequences/template.ts';

/** The templates of one revision of a step; undefined where there is none. */
export async function readContent(
  db: Db,
  stepId: string,
  revision: number,
): Promise<StepTemplates | undefined> {
  const { rows } = await sql<StepTemplates>`
    SELECT subject, html, text FROM sequitur.step_revisions
    WHERE step_id = ${stepId} AND revision = ${revision}`.execute(db);
  return rows[0];
}
