import { sql } from 'kysely';
import type { Db } from '../../src/db/database.ts';

/** Makes a schema of the CRM's own: the tests' user would else meet Sequitur's tables first. */
export async function makeSchema(db: Db, name: string): Promise<void> {
  await sql`CREATE SCHEMA ${sql.id(name)}`.execute(db);
}

/** Runs one statement of the guide as it stands, and gives its rows. */
export async function runText(db: Db, text: string): Promise<Record<string, unknown>[]> {
  const { rows } = await sql.raw<Record<string, unknown>>(text).execute(db);
  return rows;
}

/** An email as the CRM of the guide has logged it. */
export type TheirRow = {
  id: number;
  sequence_id: string;
  recipient_email: string;
  recipient_user_id: string | null;
  step: string | null;
  source: string | null;
  context: Record<string, unknown> | null;
  executed_at: Date;
};

/** Fills the tables that the guide has made. */
export async function insertTheirs(
  db: Db,
  { sequences, rows }: { sequences: { id: string; name: string }[]; rows: TheirRow[] },
): Promise<void> {
  await sql`
    INSERT INTO sequences (id, name)
    SELECT id, name FROM json_to_recordset(${JSON.stringify(sequences)}) AS s (id uuid, name text)`.execute(
    db,
  );
  await sql`
    INSERT INTO sequence_executions
    SELECT * FROM json_populate_recordset(NULL::sequence_executions, ${JSON.stringify(rows)})`.execute(db);
}
