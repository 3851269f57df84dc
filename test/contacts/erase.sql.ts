import { sql } from 'kysely';
import type { Db } from '../../src/db/database.ts';

/** Leaves a contact as an erasure leaves it: a pseudonymous row, still in the directory. */
export async function eraseContact(db: Db, lane: number, id: string, now: Date): Promise<void> {
  await sql`
    UPDATE sequitur.contacts
    SET email = ${`erased-${id}@erased.invalid`}, name = NULL, external_user_id = NULL, properties = '{}',
        time_zone = NULL, erased_at = ${now}
    WHERE lane = ${lane} AND id = ${id}`.execute(db);
}
