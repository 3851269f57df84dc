import { isDeepStrictEqual } from 'node:util';
import type { Db, Tx } from '../db/database.ts';
import { newId } from '../lib/uuid.ts';
import type { Reentry, SequenceStatus } from './plan.ts';
import {
  insertSequence,
  keysLike,
  lockSequence,
  readSequence,
  readSequenceByKey,
  selectSequences,
  updateSequence,
} from './sequences.sql.ts';
import { freeSlug, isId, slugOf } from './slug.ts';
import { refusalOf, type StatusRefusal } from './status.ts';
import { selectSteps } from './steps.sql.ts';
import { type SendWindow, type WindowProblem, windowProblem } from './timing.ts';

/** A sequence without its steps. `activated_at` is when it last became active, `paused_at` when it last ceased to be. */
export type Sequence = {
  id: string;
  key: string;
  name: string;
  description: string;
  status: SequenceStatus;
  reentry: Reentry;
  reentry_days: number | null;
  /** Null: its emails go out at any time. */
  send_window: SendWindow | null;
  /** The built-in example that it was made from, until a person changes it. */
  example: string | null;
  created_at: Date;
  updated_at: Date;
  activated_at: Date | null;
  paused_at: Date | null;
};

export type ListedSequence = Sequence & { step_count: number };

/** Who changes something, and when. `by` null: Sequitur itself, which installs and pauses examples. */
export type Change = { by: string | null; now: Date };

/** One page of sequences. `search` is looked for in name, key and description, in any case. */
export type SequenceQuery = {
  status?: SequenceStatus | undefined;
  search?: string | undefined;
  /** The last sequence of the page before. */
  after?: { created_at: Date; id: string } | undefined;
  limit: number;
};

/** Newest first; empty at the end of the list. */
export function listSequences(db: Db, query: SequenceQuery): Promise<ListedSequence[]> {
  return selectSequences(db, query);
}

/** The sequence of this id or key; undefined where there is none. */
export function findSequence(db: Db, idOrKey: string): Promise<Sequence | undefined> {
  return isId(idOrKey) ? readSequence(db, idOrKey) : readSequenceByKey(db, idOrKey);
}

/** Without a key it gets one made from its name, numbered where that is taken. An id is given where it has one elsewhere. */
export type NewSequence = {
  id?: string | undefined;
  name: string;
  key?: string | undefined;
  description?: string | undefined;
  reentry?: Reentry | undefined;
  reentry_days?: number | null | undefined;
  send_window?: SendWindow | null | undefined;
  example?: string | undefined;
};

export type CreatedSequence =
  | { outcome: 'created'; sequence: Sequence }
  | { outcome: 'key_taken'; key: string }
  | { outcome: 'id_taken'; id: string }
  | InvalidRules;

/** Rules that contradict themselves. */
export type InvalidRules =
  | { outcome: 'invalid_reentry'; problem: ReentryProblem }
  | { outcome: 'invalid_window'; problem: WindowProblem };

/** Makes a draft without steps. People enter it `once`, unless said otherwise: nobody is mailed twice by surprise. */
export async function createSequence(tx: Tx, wanted: NewSequence, change: Change): Promise<CreatedSequence> {
  const reentry = wanted.reentry ?? 'once';
  const reentry_days = wanted.reentry_days ?? null;
  const send_window = wanted.send_window ?? null;
  const invalid = invalidRules({ reentry, reentry_days, send_window });
  if (invalid) return invalid;
  const sequence: Sequence = {
    id: wanted.id?.toLowerCase() ?? newId(),
    key: wanted.key ?? (await keyFor(tx, wanted.name)),
    name: wanted.name,
    description: wanted.description ?? '',
    status: 'draft',
    reentry,
    reentry_days,
    send_window,
    example: wanted.example ?? null,
    created_at: change.now,
    updated_at: change.now,
    activated_at: null,
    paused_at: null,
  };
  if (await insertSequence(tx, sequence)) return { outcome: 'created', sequence };
  if (wanted.id && (await readSequence(tx, sequence.id))) return { outcome: 'id_taken', id: sequence.id };
  // Somebody took a key between the look and the insert: one that was asked for is gone, one of ours is not.
  return wanted.key === undefined
    ? createSequence(tx, wanted, change)
    : { outcome: 'key_taken', key: sequence.key };
}

/** What is left out stays. Days belong to `after_days` alone and go when another rule comes. */
export type SequencePatch = {
  name?: string | undefined;
  description?: string | undefined;
  reentry?: Reentry | undefined;
  reentry_days?: number | null | undefined;
  send_window?: SendWindow | null | undefined;
};

export type UpdatedSequence =
  | { outcome: 'updated'; sequence: Sequence; fields: (keyof SequencePatch)[] }
  | { outcome: 'unchanged'; sequence: Sequence }
  | { outcome: 'no_such_sequence' }
  | InvalidRules;

/** Changes what a sequence is called, who may enter it again, and when its emails may go out. Its key stays: callers rely on it. */
export async function patchSequence(
  tx: Tx,
  id: string,
  patch: SequencePatch,
  change: Change,
): Promise<UpdatedSequence> {
  const sequence = await lockSequence(tx, id);
  if (!sequence) return { outcome: 'no_such_sequence' };
  const { name = sequence.name, description = sequence.description, reentry = sequence.reentry } = patch;
  const keptDays = reentry === 'after_days' ? sequence.reentry_days : null;
  const reentry_days = patch.reentry_days === undefined ? keptDays : patch.reentry_days;
  const send_window = patch.send_window === undefined ? sequence.send_window : patch.send_window;
  const invalid = invalidRules({ reentry, reentry_days, send_window });
  if (invalid) return invalid;
  const wanted = { ...sequence, name, description, reentry, reentry_days, send_window };
  const fields = PATCHED.filter((field) => !isDeepStrictEqual(wanted[field], sequence[field]));
  if (fields.length === 0) return { outcome: 'unchanged', sequence };
  return { outcome: 'updated', sequence: await write(tx, wanted, change), fields };
}

type ReentryProblem = 'days_missing' | 'days_without_rule';

export type StatusChange =
  | { outcome: 'changed' | 'unchanged'; sequence: Sequence; from: SequenceStatus }
  | { outcome: 'no_such_sequence' }
  | { outcome: 'refused'; refusal: StatusRefusal };

/** Moves a sequence to `status` if the publish rules allow it; one that has it already stays as it is. */
export async function setStatus(
  tx: Tx,
  id: string,
  status: SequenceStatus,
  change: Change,
): Promise<StatusChange> {
  const sequence = await lockSequence(tx, id);
  if (!sequence) return { outcome: 'no_such_sequence' };
  const from = sequence.status;
  if (from === status) return { outcome: 'unchanged', sequence, from };
  const refusal = refusalOf(from, status, await selectSteps(tx, id));
  if (refusal) return { outcome: 'refused', refusal };
  const activated_at = status === 'active' ? change.now : sequence.activated_at;
  const paused_at = from === 'active' ? change.now : sequence.paused_at;
  const changed = await write(tx, { ...sequence, status, activated_at, paused_at }, change);
  return { outcome: 'changed', from, sequence: changed };
}

/** Notes on a locked sequence that its steps were changed: when, and that it is no untouched example any more. */
export async function markChanged(tx: Tx, sequence: Sequence, change: Change): Promise<void> {
  await write(tx, sequence, change);
}

const PATCHED = [
  'name',
  'description',
  'reentry',
  'reentry_days',
  'send_window',
] as const satisfies (keyof SequencePatch)[];

async function keyFor(tx: Tx, name: string): Promise<string> {
  const slug = slugOf(name, 'sequence');
  return freeSlug(slug, new Set(await keysLike(tx, slug)));
}

function invalidRules({
  reentry,
  reentry_days,
  send_window,
}: Pick<Sequence, 'reentry' | 'reentry_days' | 'send_window'>): InvalidRules | null {
  const days = reentryProblem(reentry, reentry_days);
  if (days) return { outcome: 'invalid_reentry', problem: days };
  const problem = send_window && windowProblem(send_window);
  return problem && { outcome: 'invalid_window', problem };
}

function reentryProblem(reentry: Reentry, days: number | null): ReentryProblem | null {
  if (reentry === 'after_days') return days === null ? 'days_missing' : null;
  return days === null ? null : 'days_without_rule';
}

async function write(tx: Tx, sequence: Sequence, { by, now }: Change): Promise<Sequence> {
  const changed = { ...sequence, example: by === null ? sequence.example : null, updated_at: now };
  await updateSequence(tx, changed);
  return changed;
}
