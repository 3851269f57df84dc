import { sql } from 'kysely';
import { arrayOf } from '../db/arrays.sql.ts';
import type { Db } from '../db/database.ts';

/** The ids of the sequences of these ids and keys. In no order; those that do not exist are missing. */
export async function readSequences(
  db: Db,
  { ids, keys }: { ids: string[]; keys: string[] },
): Promise<{ id: string; key: string }[]> {
  const { rows } = await sql<{ id: string; key: string }>`
    SELECT id, key FROM sequitur.sequences
    WHERE id = ANY(${arrayOf(ids, 'uuid')}) OR key = ANY(${arrayOf(keys, 'text')})`.execute(db);
  return rows;
}

/** Those of `ids` that are steps made here, removed ones too, with their sequences. In no order. */
export async function readSteps(db: Db, ids: string[]): Promise<{ id: string; sequence_id: string }[]> {
  const { rows } = await sql<{ id: string; sequence_id: string }>`
    SELECT id, sequence_id FROM sequitur.sequence_steps WHERE id = ANY(${arrayOf(ids, 'uuid')})`.execute(db);
  return rows;
}

/** A step as an outside sender calls it, and the id that stands for it. */
export type ReportedStep = { id: string; sequence_id: string; name: string };

/** Keeps the names of reported steps. Those that are kept already stay as they are. */
export async function insertReportedSteps(db: Db, steps: ReportedStep[]): Promise<void> {
  // In one order everywhere, or two processes that meet the same names could wait for each other.
  const ordered = [...steps].sort((a, b) => (a.id < b.id ? -1 : 1));
  const column = (name: keyof ReportedStep, type: 'uuid' | 'text') =>
    arrayOf(
      ordered.map((step) => step[name]),
      type,
    );
  await sql`
    INSERT INTO sequitur.reported_steps (id, sequence_id, name)
    SELECT * FROM unnest(${column('id', 'uuid')}, ${column('sequence_id', 'uuid')}, ${column('name', 'text')})
    ON CONFLICT DO NOTHING`.execute(db);
}
