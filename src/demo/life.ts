import type { Contact } from '../contacts/directory.ts';
import { type Decision, nextStep, type Standing } from '../delivery/next_step.ts';
import type { Enrollment } from '../enrollment/enrollment.ts';
import { messageIdOf } from '../enrollment/message_id.ts';
import { exit, leave, type Moves, moveOn, noMoves, waitInstead, waitOf } from '../enrollment/progress.ts';
import { type Guard, NO_ENTRY, reasonAgainst, reasonAgainstContact } from '../enrollment/rules.ts';
import type { Feedback } from '../feedback/feedback.ts';
import type { Execution, StepEntered, StepLeft, Trigger, Via } from '../ledger/facts.ts';
import { getOrMake } from '../lib/get_or_make.ts';
import { between, type Chance, exponential } from '../lib/random.ts';
import { derivedId, newId } from '../lib/uuid.ts';
import type { Plan } from '../sequences/plan.ts';
import { dueAt } from '../sequences/timing.ts';
import type { DrawnTrigger } from './calendar.ts';
import { storyOf } from './stories.ts';

/** What happened to some people, and how things stand after it. */
export type History = {
  executions: Execution[];
  triggers: Trigger[];
  entered: StepEntered[];
  withdrawn: StepEntered[];
  left: StepLeft[];
  feedback: Feedback[];
  enrollments: Enrollment[];
  guards: { contact_id: string; sequence_id: string; guard: Guard }[];
};

/** What is the same for everybody: the sequences as they were at any moment, and the end of the history. */
export type World = {
  planAt: (key: string, at: Date) => Plan;
  now: Date;
  /** Mail since this moment was captured; a mail server took what was sent before. */
  capturedSince: Date;
  /** The domain of message ids. */
  domain: string;
};

export function noHistory(): History {
  return {
    executions: [],
    triggers: [],
    entered: [],
    withdrawn: [],
    left: [],
    feedback: [],
    enrollments: [],
    guards: [],
  };
}

/**
 * Lives one contact's life up to `world.now` and adds it to `history`. What decides is what decides in earnest:
 * the rules of entry, `nextStep` and the enrollment's transitions; made up are only the triggers, what servers
 * answered, and who had enough. Marks of bounces and the like are left on `contact`.
 */
export function live(
  contact: Contact,
  triggers: DrawnTrigger[],
  world: World,
  chance: Chance,
  history: History,
): void {
  new Life(contact, world, chance, history).run(triggers);
}

// Of each email: that its address turns out not to work, that its content is refused, and what its reader does.
const NO_SUCH_MAILBOX = { first: 0.006, later: 0.0005 };
const REFUSED = 0.0015;
const UNSUBSCRIBES = 0.005;
const COMPLAINS = 0.0004;
const MINUTE_MS = 60_000;
const UNTIL_READ_MS = 5 * 60 * MINUTE_MS;

type Run = { key: string; enrollment: Enrollment; done: Set<string>; readyAt: number };
/** What somebody who had enough does, and the mail that was too much. */
type Farewell = { at: number; how: 'unsubscribes' | 'complains'; mail: Execution };

class Life {
  readonly #contact: Contact;
  readonly #world: World;
  readonly #chance: Chance;
  readonly #history: History;
  readonly #guards = new Map<string, Guard>();
  #runs: Run[] = [];
  #farewell: Farewell | null = null;
  #wasMailed = false;

  constructor(contact: Contact, world: World, chance: Chance, history: History) {
    this.#contact = contact;
    this.#world = world;
    this.#chance = chance;
    this.#history = history;
  }

  run(triggers: DrawnTrigger[]): void {
    for (const trigger of triggers) {
      this.#liveUntil(trigger.at.getTime());
      this.#trigger(trigger);
    }
    this.#liveUntil(this.#world.now.getTime());
    this.#history.enrollments.push(...this.#runs.map(({ enrollment }) => enrollment));
    for (const [sequence_id, guard] of this.#guards) {
      this.#history.guards.push({ contact_id: this.#contact.id, sequence_id, guard });
    }
  }

  // Whatever is due before `end`, one thing after the other.
  #liveUntil(end: number): void {
    for (;;) {
      const first = this.#runs.reduce<Run | null>(
        (least, run) => (run.readyAt < (least?.readyAt ?? end) ? run : least),
        null,
      );
      const farewell = this.#farewell;
      if (farewell && farewell.at < (first?.readyAt ?? end)) this.#leaveForGood(farewell);
      else if (first) this.#step(first, new Date(first.readyAt));
      else return;
    }
  }

  #trigger({ key, source, at }: DrawnTrigger): void {
    const plan = this.#world.planAt(key, at);
    const guard = this.#guards.get(plan.id) ?? NO_ENTRY;
    const reason = reasonAgainst(plan, this.#contact, guard, at) ?? '';
    const context = storyOf(key).context(this.#chance);
    const enrollment_id = reason ? null : this.#enroll(key, plan, { source, context, at });
    this.#history.triggers.push({
      id: newId(),
      sequence_id: plan.id,
      contact_id: this.#contact.id,
      source,
      outcome: reason ? 'suppressed' : 'accepted',
      reason,
      context,
      enrollment_id,
      request_key: null,
      occurred_at: at,
    });
  }

  #enroll(key: string, plan: Plan, trigger: Entry): string {
    const enrollment = enrollmentBy(trigger, plan, this.#contact);
    const guard = this.#guards.get(plan.id) ?? NO_ENTRY;
    this.#guards.set(plan.id, {
      ...guard,
      active_enrollments: guard.active_enrollments + 1,
      entries: guard.entries + 1,
      last_entered_at: trigger.at,
    });
    this.#history.entered.push(waitOf(enrollment));
    this.#runs.push(this.#waiting({ key, enrollment, done: new Set(), readyAt: 0 }, trigger.at));
    return enrollment.id;
  }

  #step(run: Run, at: Date): void {
    const plan = this.#world.planAt(run.key, at);
    const { enrollment, done } = run;
    const reason = reasonAgainstContact(this.#contact, this.#guards.get(plan.id) ?? NO_ENTRY);
    const standing = { enrollment, plan, contact: this.#contact, reason, done };
    const moves = noMoves();
    const after = this.#decide(standing, nextStep(standing, at), at, moves);
    for (const { step_id } of moves.left) done.add(step_id);
    this.#keep(moves);
    this.#replace(run, after, at);
  }

  #decide(standing: Standing, decision: Decision, at: Date, moves: Moves): Enrollment {
    const { enrollment, plan, contact, done } = standing;
    const way = { plan, contact };
    switch (decision.next) {
      case 'send':
        return this.#send(standing, decision.step.revision, at, moves);
      case 'wait_instead':
        return waitInstead(enrollment, decision.step, way, moves);
      case 'wait_until':
        return { ...enrollment, due_at: decision.at };
      case 'hold':
        return { ...enrollment, held_at: at };
      case 'exit':
        return exit(enrollment, decision.reason, at, moves);
      case 'skip': {
        const ending = { outcome: 'skipped' as const, reason: decision.reason, reply: null, revision: null };
        return moveOn(enrollment, ending, { ...way, done: withAwaited(enrollment, done), at, moves });
      }
      case 'give_up':
      case 'close':
        throw new Error(`Enrollment ${enrollment.id} cannot ${decision.next}: it is tried once, at once.`);
    }
  }

  #send({ enrollment, plan, contact, done }: Standing, revision: number, at: Date, moves: Moves): Enrollment {
    const way = { plan, contact, done: withAwaited(enrollment, done), at, moves };
    const draw = this.#chance();
    const unknown = this.#wasMailed ? NO_SUCH_MAILBOX.later : NO_SUCH_MAILBOX.first;
    const via = at < this.#world.capturedSince ? 'smtp' : 'captured';
    if (via === 'smtp' && draw < unknown + REFUSED) {
      if (draw < unknown) return this.#bounce(enrollment, revision, at, moves);
      return moveOn(enrollment, { ...CONTENT_REJECTED, revision }, way);
    }
    this.#execute(enrollment, { revision, via, at });
    return moveOn(enrollment, { outcome: 'sent', reason: '', reply: ACCEPTED[via], revision }, way);
  }

  #bounce(enrollment: Enrollment, revision: number, at: Date, moves: Moves): Enrollment {
    Object.assign(this.#contact, { suppressed_at: at, suppressed_reason: 'bounced' });
    const { id: enrollment_id, sequence_id, next_step_id: step_id } = enrollment;
    const mail = { sequence_id, enrollment_id, step_id, revision, execution_id: null };
    const { reason, reply } = MAILBOX_UNKNOWN;
    this.#comesBack({ type: 'bounce', kind: 'hard', via: 'smtp', ...mail, reason, reply }, at);
    return exit(leave(enrollment, { ...MAILBOX_UNKNOWN, revision }, at, moves), 'bounced', at, moves);
  }

  #execute(
    enrollment: Enrollment,
    { revision, via, at }: { revision: number; via: Exclude<Via, 'reported'>; at: Date },
  ): void {
    const { id: enrollment_id, next_step_id: step_id, sequence_id, source, context } = enrollment;
    if (step_id === null) throw new Error(`Enrollment ${enrollment_id} waits for no step.`);
    const id = derivedId(enrollment_id, step_id);
    this.#wasMailed = true;
    const execution: Execution = {
      id,
      sequence_id,
      step_id,
      revision,
      enrollment_id,
      contact_id: this.#contact.id,
      recipient_email: this.#contact.email,
      recipient_user_id: this.#contact.external_user_id,
      context,
      source,
      via,
      message_id: messageIdOf(enrollment_id, step_id, this.#world.domain),
      executed_at: at,
    };
    this.#history.executions.push(execution);
    this.#read(execution);
  }

  #read(mail: Execution): void {
    const draw = this.#chance();
    if (this.#farewell || this.#contact.suppressed_at || draw >= UNSUBSCRIBES + COMPLAINS) return;
    const how = draw < UNSUBSCRIBES ? 'unsubscribes' : 'complains';
    this.#farewell = {
      how,
      mail,
      at: Math.floor(mail.executed_at.getTime() + MINUTE_MS + exponential(this.#chance, UNTIL_READ_MS)),
    };
  }

  #leaveForGood({ at: ms, how, mail }: Farewell): void {
    const at = new Date(ms);
    // It is final: what is to come never gets the mail that could bring another.
    this.#farewell = { how, mail, at: Number.POSITIVE_INFINITY };
    if (how === 'unsubscribes') this.#contact.unsubscribed_at = at;
    else this.#complain(mail, at);
    for (const run of [...this.#runs]) {
      const moves = noMoves();
      const after = exit(run.enrollment, how === 'unsubscribes' ? 'unsubscribed' : 'complained', at, moves);
      this.#keep(moves);
      this.#replace(run, after, at);
    }
  }

  #complain({ id: execution_id, sequence_id, enrollment_id, step_id, revision }: Execution, at: Date): void {
    Object.assign(this.#contact, { suppressed_at: at, suppressed_reason: 'complained' });
    const mail = { sequence_id, enrollment_id, step_id, revision, execution_id };
    this.#comesBack({ type: 'complaint', kind: null, via: 'reported', ...mail, reason: '', reply: null }, at);
  }

  #comesBack(what: Omit<Feedback, 'contact_id' | 'id' | 'occurred_at' | 'recorded_at'>, at: Date): void {
    const kept = { contact_id: this.#contact.id, id: newId(), occurred_at: at, recorded_at: at };
    this.#history.feedback.push({ ...what, ...kept });
  }

  #keep({ entered, withdrawn, left, over }: Moves): void {
    this.#history.entered.push(...entered);
    this.#history.withdrawn.push(...withdrawn);
    this.#history.left.push(...left);
    for (const { sequence_id } of over) {
      const guard = getOrMake(this.#guards, sequence_id, () => NO_ENTRY);
      this.#guards.set(sequence_id, { ...guard, active_enrollments: guard.active_enrollments - 1 });
    }
  }

  #replace(run: Run, enrollment: Enrollment, at: Date): void {
    if (enrollment.status === 'active') {
      const others = this.#runs.filter((other) => other !== run);
      this.#runs = [...others, this.#waiting({ ...run, enrollment }, at)];
      return;
    }
    this.#runs = this.#runs.filter((other) => other !== run);
    this.#history.enrollments.push(enrollment);
  }

  // A worker that polls takes up to some seconds.
  #waiting(run: Run, at: Date): Run {
    const { due_at, held_at } = run.enrollment;
    if (held_at || !due_at) return { ...run, readyAt: Number.POSITIVE_INFINITY };
    const due = Math.max(due_at.getTime(), at.getTime());
    return { ...run, readyAt: Math.floor(due + between(this.#chance, 40, 2_500)) };
  }
}

type Entry = { source: string; context: Record<string, unknown>; at: Date };

function enrollmentBy({ at, ...trigger }: Entry, plan: Plan, contact: Contact): Enrollment {
  const [first] = plan.steps;
  if (!first) throw new Error(`The sequence ${plan.key} has no steps to enter.`);
  return {
    ...UNTOUCHED,
    ...trigger,
    id: newId(),
    sequence_id: plan.id,
    contact_id: contact.id,
    next_step_id: first.id,
    next_revision: first.revision,
    next_entered_at: at,
    due_at: dueAt(plan, first, at, contact.time_zone),
    enrolled_at: at,
  };
}

function withAwaited({ next_step_id }: Enrollment, done: ReadonlySet<string>): ReadonlySet<string> {
  return next_step_id ? new Set([...done, next_step_id]) : done;
}

const ACCEPTED = { smtp: '250 2.0.0 Ok: queued', captured: 'Kept in the outbox' } as const;
const CONTENT_REJECTED = {
  outcome: 'failed',
  reason: 'content_rejected',
  reply: '554 5.7.1 Message refused by content filter',
} as const;
const MAILBOX_UNKNOWN = {
  outcome: 'failed',
  reason: 'mailbox_unknown',
  reply: '550 5.1.1 Recipient address rejected: user unknown',
} as const;

const UNTOUCHED = {
  status: 'active',
  exit_reason: null,
  last_step_id: null,
  held_at: null,
  limited_by: null,
  claimed_until: null,
  claimed_step_id: null,
  claimed_revision: null,
  claimed_epoch: null,
  attempts: 0,
  last_error: null,
  finished_at: null,
} as const;
