import { isDeepStrictEqual } from 'node:util';
import type { Db, Tx } from '../db/database.ts';
import { newId } from '../lib/uuid.ts';
import type { Filter } from './filters.ts';
import { lockSequence } from './sequences.sql.ts';
import { type Change, markChanged, type Sequence } from './sequences.ts';
import {
  closeGap,
  insertRevision,
  insertStep,
  markRemoved,
  openGap,
  raiseRevision,
  selectRevisions,
  selectSteps,
  writeOrder,
} from './steps.sql.ts';
import { type StepProblem, validateStep } from './template.ts';

/**
 * What a revision holds: when it goes out, whom it passes over, and what it says. `text` null: the text part is derived
 * from the HTML. Without `send_at` ('HH:MM') it goes out at any hour; without `skip_if` it goes to everybody.
 */
export type StepContent = {
  delay_seconds: number;
  send_at?: string | null;
  skip_if?: Filter[];
  subject: string;
  html: string;
  text: string | null;
};

/** A present step as its newest revision has it; `revised_at` and `revised_by` say when and by whom. */
export type Step = Required<StepContent> & {
  id: string;
  position: number;
  revision: number;
  created_at: Date;
  revised_at: Date;
  revised_by: string | null;
};

export type Revision = Required<StepContent> & {
  revision: number;
  created_at: Date;
  created_by: string | null;
};

/** What a step may hold: characters of subject, HTML and text, and ten years of delay. */
export const STEP_LIMITS = { subject: 998, html: 500_000, text: 500_000, delay_seconds: 315_360_000 };
/** The most steps that a sequence may have at a time. */
export const MAX_STEPS = 100;

/** The present steps in their order; empty also where there is no such sequence. */
export function listSteps(db: Db, sequenceId: string): Promise<Step[]> {
  return selectSteps(db, sequenceId);
}

/** One page of revisions: those older than `before`, where that is given. */
export type RevisionQuery = { before?: number | undefined; limit: number };

/** Revisions of a step, newest first, also of one that was removed; empty where there is no such step. */
export function listRevisions(
  db: Db,
  sequenceId: string,
  stepId: string,
  query: RevisionQuery,
): Promise<Revision[]> {
  return selectRevisions(db, sequenceId, stepId, query);
}

type NoSuchSequence = { outcome: 'no_such_sequence' };
type NoSuchStep = { outcome: 'no_such_step' };
type InvalidTemplates = { outcome: 'invalid_templates'; problems: StepProblem[] };

export type AddedStep =
  | { outcome: 'added'; step: Step }
  | NoSuchSequence
  | InvalidTemplates
  | { outcome: 'no_such_position'; last: number }
  | { outcome: 'too_many_steps'; most: number };

/** Adds a step at `position`, counted from 0; those from there on move up. Without a position it comes last. */
export async function addStep(
  tx: Tx,
  sequenceId: string,
  content: StepContent,
  position: number | undefined,
  change: Change,
): Promise<AddedStep> {
  const problems = validateStep(content);
  if (problems.length > 0) return { outcome: 'invalid_templates', problems };
  const sequence = await lockSequence(tx, sequenceId);
  if (!sequence) return { outcome: 'no_such_sequence' };
  const { length } = await selectSteps(tx, sequenceId);
  if (length >= MAX_STEPS) return { outcome: 'too_many_steps', most: MAX_STEPS };
  const at = position ?? length;
  if (at > length) return { outcome: 'no_such_position', last: length };
  const step = firstRevision(content, at, change);
  await openGap(tx, sequenceId, at);
  await insertStep(tx, sequenceId, step);
  await insertRevision(tx, step);
  await markChanged(tx, sequence, change);
  return { outcome: 'added', step };
}

/** What is left out stays. */
export type StepPatch = { [Field in keyof StepContent]?: StepContent[Field] | undefined };

export type EditedStep =
  | { outcome: 'edited'; step: Step }
  | { outcome: 'unchanged'; step: Step }
  | NoSuchSequence
  | NoSuchStep
  | InvalidTemplates
  | { outcome: 'edited_meanwhile'; revision: number };

/**
 * Makes the next revision of a step, unless nothing would change. `seen` is the revision that the edit started
 * from, where the caller says so: an edit that somebody else was faster than is refused, not laid over theirs.
 */
export async function editStep(
  tx: Tx,
  sequenceId: string,
  stepId: string,
  { patch, seen }: { patch: StepPatch; seen?: number | undefined },
  change: Change,
): Promise<EditedStep> {
  const sequence = await lockSequence(tx, sequenceId);
  if (!sequence) return { outcome: 'no_such_sequence' };
  const step = (await selectSteps(tx, sequenceId)).find(({ id }) => id === stepId);
  if (!step) return { outcome: 'no_such_step' };
  if (seen !== undefined && seen !== step.revision)
    return { outcome: 'edited_meanwhile', revision: step.revision };
  const content = patched(step, patch);
  const isSame = CONTENT_FIELDS.every((field) => isDeepStrictEqual(content[field], step[field]));
  if (isSame) return { outcome: 'unchanged', step };
  const problems = validateStep(content);
  if (problems.length > 0) return { outcome: 'invalid_templates', problems };
  const revision = step.revision + 1;
  const edited = { ...step, ...content, revision, revised_at: change.now, revised_by: change.by };
  await insertRevision(tx, edited);
  await raiseRevision(tx, edited);
  await markChanged(tx, sequence, change);
  return { outcome: 'edited', step: edited };
}

export type OrderedSteps =
  | { outcome: 'ordered'; steps: Step[] }
  | { outcome: 'unchanged'; steps: Step[] }
  | NoSuchSequence
  | { outcome: 'not_these_steps'; missing: string[]; unknown: string[]; repeated: string[] };

/** Puts the present steps into the order of `stepIds`, which must name each of them once. */
export async function orderSteps(
  tx: Tx,
  sequenceId: string,
  stepIds: string[],
  change: Change,
): Promise<OrderedSteps> {
  const sequence = await lockSequence(tx, sequenceId);
  if (!sequence) return { outcome: 'no_such_sequence' };
  const steps = await selectSteps(tx, sequenceId);
  const byId = new Map(steps.map((step) => [step.id, step]));
  const missing = steps.map(({ id }) => id).filter((id) => !stepIds.includes(id));
  const unknown = stepIds.filter((id) => !byId.has(id));
  const repeated = stepIds.filter((id, i) => stepIds.indexOf(id) !== i);
  if (missing.length + unknown.length + repeated.length > 0) {
    return { outcome: 'not_these_steps', missing, unknown, repeated };
  }
  if (stepIds.every((id, i) => steps[i]?.id === id)) return { outcome: 'unchanged', steps };
  await writeOrder(tx, sequenceId, stepIds);
  await markChanged(tx, sequence, change);
  return { outcome: 'ordered', steps: await selectSteps(tx, sequenceId) };
}

export type RemovedStep =
  | { outcome: 'removed'; step: Step }
  | NoSuchSequence
  | NoSuchStep
  | { outcome: 'last_of_active' };

/**
 * Takes a step out; those after it move down. Its revisions stay, since executions name them. An active
 * sequence keeps at least one step: without any, people would enter it and never hear from it.
 */
export async function removeStep(
  tx: Tx,
  sequenceId: string,
  stepId: string,
  change: Change,
): Promise<RemovedStep> {
  const sequence = await lockSequence(tx, sequenceId);
  if (!sequence) return { outcome: 'no_such_sequence' };
  const steps = await selectSteps(tx, sequenceId);
  const step = steps.find(({ id }) => id === stepId);
  if (!step) return { outcome: 'no_such_step' };
  if (isLastOfActive(sequence, steps)) return { outcome: 'last_of_active' };
  await markRemoved(tx, step.id, change.now);
  await closeGap(tx, sequenceId, step.position);
  await markChanged(tx, sequence, change);
  return { outcome: 'removed', step };
}

const CONTENT_FIELDS = ['delay_seconds', 'send_at', 'skip_if', 'subject', 'html', 'text'] as const;

function firstRevision(content: StepContent, position: number, { by, now }: Change): Step {
  const { delay_seconds, send_at = null, skip_if = [], subject, html, text } = content;
  const revised = { revision: 1, created_at: now, revised_at: now, revised_by: by };
  return { id: newId(), position, delay_seconds, send_at, skip_if, subject, html, text, ...revised };
}

function patched(step: Step, patch: StepPatch): Required<StepContent> {
  const { delay_seconds, send_at, skip_if, subject, html, text } = step;
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  return { delay_seconds, send_at, skip_if, subject, html, text, ...Object.fromEntries(given) };
}

function isLastOfActive(sequence: Sequence, steps: Step[]): boolean {
  return sequence.status === 'active' && steps.length === 1;
}
