import { sql } from 'kysely';
import { arrayOf, type ElementType } from '../db/arrays.sql.ts';
import type { Tx } from '../db/database.ts';
import type { Identified } from './reported.ts';

/** What was recorded under a key: when it was, and the digest of what it said. */
export type Kept = { executed_at: Date; digest: Buffer };

/** What was recorded under these keys, by `<contact> <key>`; unknown keys are missing. */
export async function readKeys(
  tx: Tx,
  lane: number,
  contacts: string[],
  keys: string[],
): Promise<Map<string, Kept>> {
  const { rows } = await sql<Kept & { contact_id: string; key: string }>`
    SELECT k.contact_id, k.key, k.executed_at, k.digest
    FROM (SELECT DISTINCT * FROM unnest(${arrayOf(contacts, 'uuid')}, ${arrayOf(keys, 'text')}))
      AS asked (contact_id, key)
    JOIN sequitur.execution_keys k
      ON k.lane = ${lane} AND k.contact_id = asked.contact_id AND k.key = asked.key`.execute(tx);
  return new Map(rows.map((row) => [`${row.contact_id} ${row.key}`, row]));
}

/** Keeps the identities of new reports. Fails on one that is there. */
export async function insertKeys(tx: Tx, lane: number, reports: Identified[]): Promise<void> {
  if (reports.length === 0) return;
  const column = (name: keyof Identified, type: ElementType) =>
    arrayOf(
      reports.map((report) => report[name]),
      type,
    );
  await sql`
    INSERT INTO sequitur.execution_keys (lane, contact_id, key, executed_at, digest)
    SELECT ${lane}::smallint, new.*
    FROM unnest(${column('contact_id', 'uuid')}, ${column('key', 'text')}, ${column('executed_at', 'timestamptz')},
                ${column('digest', 'bytea')}) AS new`.execute(tx);
}
