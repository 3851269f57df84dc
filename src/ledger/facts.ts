/** How an email left: through our mail server connection, into the Outbox, or by somebody else's sender. */
export type Via = 'smtp' | 'captured' | 'reported';

/** One email accepted by the mail server. `id` and `contact_id` are UUIDs; `executed_at` to the millisecond. */
export type Execution = {
  id: string;
  sequence_id: string;
  step_id: string | null;
  revision: number | null;
  enrollment_id: string | null;
  contact_id: string;
  recipient_email: string;
  recipient_user_id: string | null;
  context: Record<string, unknown>;
  source: string;
  via: Via;
  message_id: string | null;
  executed_at: Date;
};

/** One trigger, accepted (reason '', with its enrollment) or suppressed (a reason, no enrollment). */
export type Trigger = {
  id: string;
  sequence_id: string;
  contact_id: string;
  source: string;
  outcome: 'accepted' | 'suppressed';
  reason: string;
  context: Record<string, unknown>;
  enrollment_id: string | null;
  request_key: string | null;
  occurred_at: Date;
};

/** A step that an enrollment began to wait for; `revision` is the one that it had then. */
export type StepEntered = {
  sequence_id: string;
  step_id: string;
  revision: number;
  source: string;
  entered_at: Date;
};

export type StepOutcome = 'sent' | 'skipped' | 'failed' | 'exited';

/**
 * The end of a wait. `waited_revision` is the revision under which it was entered, `revision` the one that
 * the outcome speaks of (they differ where the step was edited in between).
 */
export type StepLeft = {
  enrollment_id: string;
  contact_id: string;
  sequence_id: string;
  step_id: string;
  waited_revision: number;
  revision: number;
  source: string;
  entered_at: Date;
  outcome: StepOutcome;
  reason: string;
  reply: string | null;
  at: Date;
};

/** A step whose outcome turned out to be another than was written: `after` has the same entry as `before`. */
export type Overruled = { before: StepLeft; after: StepLeft };

/** What one write to a lane says happened. All of it and the counters it moves commit together. */
export type Facts = {
  executions?: Execution[];
  triggers?: Trigger[];
  entered?: StepEntered[];
  /** Waits called off without an outcome, since an edit put another step first. */
  withdrawn?: StepEntered[];
  left?: StepLeft[];
  overruled?: Overruled[];
};
