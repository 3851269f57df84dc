import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { ListedSequence, Sequence, SequenceQuery } from './sequences.ts';

const COLUMNS =
  sql.raw(`s.id, s.key, s.name, s.description, s.status, s.reentry, s.reentry_days, s.send_window,
  s.example, s.created_at, s.updated_at, s.activated_at, s.paused_at`);

/** The sequence of this id; undefined where there is none. */
export async function readSequence(db: Db, id: string): Promise<Sequence | undefined> {
  const { rows } = await sql<Sequence>`
    SELECT ${COLUMNS} FROM sequitur.sequences s WHERE s.id = ${id}`.execute(db);
  return rows[0];
}

/** The sequence of this key; undefined where there is none. */
export async function readSequenceByKey(db: Db, key: string): Promise<Sequence | undefined> {
  const { rows } = await sql<Sequence>`
    SELECT ${COLUMNS} FROM sequitur.sequences s WHERE s.key = ${key}`.execute(db);
  return rows[0];
}

/** The sequence of this id, locked until the transaction ends; undefined where there is none. */
export async function lockSequence(tx: Tx, id: string): Promise<Sequence | undefined> {
  const { rows } = await sql<Sequence>`
    SELECT ${COLUMNS} FROM sequitur.sequences s WHERE s.id = ${id} FOR UPDATE`.execute(tx);
  return rows[0];
}

/** Newest first, after `query.after` where that is given; empty at the end of the list. */
export async function selectSequences(db: Db, query: SequenceQuery): Promise<ListedSequence[]> {
  const { status, search, after, limit } = query;
  const pattern = search ? `%${search.replace(/[\\%_]/g, '\\$&')}%` : null;
  const { rows } = await sql<ListedSequence>`
    SELECT ${COLUMNS},
           (SELECT count(*)::int FROM sequitur.sequence_steps t
            WHERE t.sequence_id = s.id AND t.removed_at IS NULL) AS step_count
    FROM sequitur.sequences s
    WHERE (${status ?? null}::text IS NULL OR s.status = ${status ?? null})
      AND (${pattern}::text IS NULL OR s.name ILIKE ${pattern} OR s.key ILIKE ${pattern}
           OR s.description ILIKE ${pattern})
      AND (${after?.id ?? null}::uuid IS NULL
           OR (s.created_at, s.id) < (${after?.created_at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    ORDER BY s.created_at DESC, s.id DESC
    LIMIT ${limit}`.execute(db);
  return rows;
}

/** Of `slug` and slug-2, slug-3, …, those that are keys already. */
export async function keysLike(db: Db, slug: string): Promise<string[]> {
  // Numbered names are shortened to fit, so a long slug is looked for by its beginning.
  const { rows } = await sql<{ key: string }>`
    SELECT key FROM sequitur.sequences WHERE starts_with(key, ${slug.slice(0, 56)})`.execute(db);
  return rows.map(({ key }) => key);
}

/** False, and nothing written, where another sequence has the key or the id. */
export async function insertSequence(tx: Tx, sequence: Sequence): Promise<boolean> {
  const { numAffectedRows } = await sql`
    INSERT INTO sequitur.sequences
      (id, key, name, description, status, reentry, reentry_days, send_window, example, created_at, updated_at,
       activated_at, paused_at)
    VALUES (${sequence.id}, ${sequence.key}, ${sequence.name}, ${sequence.description}, ${sequence.status},
            ${sequence.reentry}, ${sequence.reentry_days}, ${windowOf(sequence)}, ${sequence.example},
            ${sequence.created_at}, ${sequence.updated_at}, ${sequence.activated_at}, ${sequence.paused_at})
    ON CONFLICT DO NOTHING`.execute(tx);
  return numAffectedRows === 1n;
}

/** Writes what an edit may change. */
export async function updateSequence(tx: Tx, sequence: Sequence): Promise<void> {
  await sql`
    UPDATE sequitur.sequences
    SET name = ${sequence.name}, description = ${sequence.description}, status = ${sequence.status},
        reentry = ${sequence.reentry}, reentry_days = ${sequence.reentry_days},
        send_window = ${windowOf(sequence)}, example = ${sequence.example}, updated_at = ${sequence.updated_at},
        activated_at = ${sequence.activated_at}, paused_at = ${sequence.paused_at}
    WHERE id = ${sequence.id}`.execute(tx);
}

/** A sequence that a person has changed is no longer the example that it was made from. */
export async function forgetExample(tx: Tx, sequenceIds: string[]): Promise<void> {
  await sql`
    UPDATE sequitur.sequences SET example = NULL
    WHERE id = ANY(${sequenceIds}::uuid[]) AND example IS NOT NULL`.execute(tx);
}

/**
 * Whether there are no sequences yet. Whoever asks next waits until this transaction ends, so that two
 * processes which start at once do not both make the first ones.
 */
export async function lockFirstSequences(tx: Tx): Promise<boolean> {
  await sql`SELECT pg_advisory_xact_lock(hashtext('sequitur.first_sequences'))`.execute(tx);
  const { rows } = await sql`SELECT FROM sequitur.sequences LIMIT 1`.execute(tx);
  return rows.length === 0;
}

function windowOf({ send_window }: Sequence) {
  return sql`${send_window && JSON.stringify(send_window)}::jsonb`;
}
