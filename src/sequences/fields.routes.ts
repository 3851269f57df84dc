import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type AuditedObject, audit } from '../auth/audit.ts';
import type { Db, Tx } from '../db/database.ts';
import { inTransaction } from '../db/transaction.sql.ts';
import { problem } from '../http/errors.ts';
import { principalOf } from '../http/principal.ts';
import type { SequencesDeps } from './routes.ts';
import { type Change, findSequence, type Sequence } from './sequences.ts';
import { isId, MAX_SLUG, SLUG } from './slug.ts';

/** The name that an address gives a sequence, or another thing that has an id and a slug. */
export const nameParam = z
  .string()
  .min(1)
  .max(MAX_SLUG)
  .meta({ description: 'The id, or the key or slug.', example: 'spring-sale' });

/** How a body or a filter names a sequence. */
export const sequenceField = z
  .string()
  .min(1)
  .max(MAX_SLUG)
  .meta({ description: 'The id or the key of the sequence.', example: 'spring-sale' });

/** An id as examples show it. */
export const EXAMPLE_ID = '0198b5a6-6d2f-7c1e-9a54-3f0c8e2d7b11';

/** A key or slug that a caller chooses. */
export const slugField = z
  .string()
  .min(1)
  .max(MAX_SLUG)
  .regex(SLUG, 'must be lower-case letters and digits, with single hyphens between them')
  .refine((slug) => !isId(slug), 'must not look like an id');

/** A time of day; with `24:00` also the end of it. */
export function timeField({ isEnd = false } = {}) {
  const format = isEnd ? /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/ : /^([01]\d|2[0-3]):[0-5]\d$/;
  const range = isEnd ? '00:01 to 24:00' : '00:00 to 23:59';
  return z.string().regex(format, `must be a time from ${range}, with two digits for hour and minute`);
}

/** Text that must say something. */
export function wordsField(max: number) {
  return z.string().trim().min(1).max(max);
}

/** The sequence that an address names. Throws a 404 where there is none. */
export async function sequenceNamed(db: Db, idOrKey: string): Promise<Sequence> {
  const sequence = await findSequence(db, idOrKey);
  if (!sequence) throw problem.notFound('sequence', idOrKey);
  return sequence;
}

/** The id of the sequence that a `sequenceField` named `sequence_id` means. Throws a 422 where there is none. */
export async function sequenceIdOf(db: Db, idOrKey: string): Promise<string> {
  const sequence = await findSequence(db, idOrKey);
  if (!sequence) throw unknownSequence();
  return sequence.id;
}

/** The refusal of a body whose `sequence_id` names no sequence. */
export function unknownSequence() {
  const errors = [{ path: 'sequence_id', message: 'names no sequence' }];
  return problem.unprocessable('sequence_id names no sequence.', 'unknown_sequence', errors);
}

/** An entry of the audit log: what happened ("step.added") to what, with a small detail. */
export type Entry = { action: string; object: AuditedObject; detail?: Record<string, unknown> };

/**
 * Makes a change, by whoever is behind the request, and its entry in the audit log in one transaction.
 * `entryOf` gives null where nothing was changed.
 */
export function changing<Result>(
  { db, now }: Pick<SequencesDeps, 'db' | 'now'>,
  request: FastifyRequest,
  change: (tx: Tx, by: Change) => Promise<Result>,
  entryOf: (result: Result) => Entry | null,
): Promise<Result> {
  return inTransaction(db, async (tx) => {
    const principal = principalOf(request);
    const result = await change(tx, { by: principal.name, now: now() });
    const entry = entryOf(result);
    if (entry) await audit(tx, principal, entry.action, entry.object, entry.detail);
    return result;
  });
}
