import type { Contact } from '../contacts/directory.ts';
import type { StepEntered, StepLeft, StepOutcome } from '../ledger/facts.ts';
import type { Plan, PlannedStep } from '../sequences/plan.ts';
import { dueAt } from '../sequences/timing.ts';
import type { Enrollment } from './enrollment.ts';

/** What a set of transitions says happened: facts for the ledger, and the runs that are over. */
export type Moves = {
  entered: StepEntered[];
  withdrawn: StepEntered[];
  left: StepLeft[];
  over: { contact_id: string; sequence_id: string }[];
};

export function noMoves(): Moves {
  return { entered: [], withdrawn: [], left: [], over: [] };
}

/** How a wait ended. `revision` is the one that was sent or tried; null: the one that was waited for. */
export type Ending = { outcome: StepOutcome; reason: string; reply: string | null; revision: number | null };

/**
 * The step that comes next for someone with outcomes for `done`: the first present one after all of those.
 * By ids and not by numbers, so that adding, moving or removing steps shifts nobody; null at the end.
 */
export function stepAfter(plan: Plan, done: ReadonlySet<string>): PlannedStep | null {
  const last = plan.steps.findLastIndex((step) => done.has(step.id));
  return plan.steps[last + 1] ?? null;
}

/** What says when a step is due: the plan that it stands in, and the zone of whom it goes to. */
export type Way = { plan: Plan; contact: Pick<Contact, 'time_zone'> };

/** Ends the wait for the present step and begins the next one, or the run is over. `done` includes the step left. */
export function moveOn(
  enrollment: Enrollment,
  ending: Ending,
  { done, at, moves, ...way }: Way & { done: ReadonlySet<string>; at: Date; moves: Moves },
): Enrollment {
  const left = leave(enrollment, ending, at, moves);
  const next = stepAfter(way.plan, done);
  return next ? enter(left, next, way, at, moves) : finish(left, at, moves);
}

/** Waits for `step` in place of the one waited for so far, as an edit put it first. The wait began when it began. */
export function waitInstead(enrollment: Enrollment, step: PlannedStep, way: Way, moves: Moves): Enrollment {
  const wait = waitOf(enrollment);
  moves.withdrawn.push(wait);
  return enter(enrollment, step, way, wait.entered_at, moves);
}

/**
 * Ends the run before its end. While its mail is with a server the wait stays open: a result that the server
 * has accepted still settles.
 */
export function exit(enrollment: Enrollment, reason: string, at: Date, moves: Moves): Enrollment {
  if (enrollment.status !== 'active') return enrollment;
  moves.over.push({ contact_id: enrollment.contact_id, sequence_id: enrollment.sequence_id });
  const exited: Enrollment = {
    ...enrollment,
    status: 'exited',
    exit_reason: reason,
    finished_at: at,
    held_at: null,
    limited_by: null,
  };
  return exited.claimed_step_id || !exited.next_step_id ? exited : closeExited(exited, at, moves);
}

/** Ends the wait of a run that has exited, when no result can come any more. */
export function closeExited(enrollment: Enrollment, at: Date, moves: Moves): Enrollment {
  const reason = enrollment.exit_reason ?? '';
  return leave(enrollment, { outcome: 'exited', reason, reply: null, revision: null }, at, moves);
}

/** Ends the wait for the present step, with nothing after it. */
export function leave(enrollment: Enrollment, ending: Ending, at: Date, moves: Moves): Enrollment {
  const { id, contact_id } = enrollment;
  const wait = waitOf(enrollment);
  moves.left.push({
    ...wait,
    enrollment_id: id,
    contact_id,
    waited_revision: wait.revision,
    revision: ending.revision ?? wait.revision,
    outcome: ending.outcome,
    reason: ending.reason,
    reply: ending.reply,
    at,
  });
  return { ...enrollment, ...NOTHING_WAITED_FOR, last_step_id: wait.step_id };
}

/** The wait that the enrollment's row says is under way. Throws where there is none. */
export function waitOf(enrollment: Enrollment): StepEntered {
  const { sequence_id, source, next_step_id, next_revision, next_entered_at } = enrollment;
  if (next_step_id === null || next_revision === null || next_entered_at === null) {
    throw new Error(`Enrollment ${enrollment.id} waits for no step.`);
  }
  return { sequence_id, source, step_id: next_step_id, revision: next_revision, entered_at: next_entered_at };
}

const UNCLAIMED = { claimed_until: null, claimed_step_id: null, claimed_revision: null, claimed_epoch: null };

const NOTHING_WAITED_FOR = {
  ...UNCLAIMED,
  next_step_id: null,
  next_revision: null,
  next_entered_at: null,
  due_at: null,
  // It was this step that was set aside.
  held_at: null,
  limited_by: null,
  attempts: 0,
  last_error: null,
};

function enter(
  enrollment: Enrollment,
  step: PlannedStep,
  { plan, contact }: Way,
  at: Date,
  moves: Moves,
): Enrollment {
  const { sequence_id, source } = enrollment;
  moves.entered.push({ sequence_id, source, step_id: step.id, revision: step.revision, entered_at: at });
  return {
    ...enrollment,
    ...NOTHING_WAITED_FOR,
    next_step_id: step.id,
    next_revision: step.revision,
    next_entered_at: at,
    due_at: dueAt(plan, step, at, contact.time_zone),
  };
}

function finish(enrollment: Enrollment, at: Date, moves: Moves): Enrollment {
  if (enrollment.status !== 'active') return enrollment;
  moves.over.push({ contact_id: enrollment.contact_id, sequence_id: enrollment.sequence_id });
  return { ...enrollment, status: 'finished', finished_at: at };
}

/** The enrollment without its claim. */
export function unclaimed(enrollment: Enrollment): Enrollment {
  return { ...enrollment, ...UNCLAIMED };
}

/** The enrollment without its claim, which was not used: it does not count as a try. */
export function untried(enrollment: Enrollment): Enrollment {
  return { ...enrollment, ...UNCLAIMED, attempts: enrollment.attempts - 1 };
}

/** Gives the claim back, to be tried again at `dueAt`. */
export function postpone(enrollment: Enrollment, dueAt: Date, error: string): Enrollment {
  return { ...enrollment, ...UNCLAIMED, due_at: dueAt, last_error: error };
}
