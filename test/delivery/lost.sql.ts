import { sql } from 'kysely';
import type { Db } from '../../src/db/database.ts';

/** Gives a contact's row another id: those that name it by the one it had have lost it. */
export async function renameContact(db: Db, from: string, to: string): Promise<void> {
  await sql`UPDATE sequitur.contacts SET id = ${to} WHERE id = ${from}`.execute(db);
}

/** Has an enrollment belong to another sequence. */
export async function moveEnrollment(db: Db, id: string, sequenceId: string): Promise<void> {
  await sql`UPDATE sequitur.enrollments SET sequence_id = ${sequenceId} WHERE id = ${id}`.execute(db);
}
