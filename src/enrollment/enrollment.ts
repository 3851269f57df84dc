/** A contact's run through a sequence, as its row stands. docs/states.md draws its states. */
export type Enrollment = {
  id: string;
  sequence_id: string;
  contact_id: string;
  source: string;
  context: Record<string, unknown>;
  status: 'active' | 'finished' | 'exited';
  exit_reason: string | null;
  last_step_id: string | null;
  /** The step waited for, its revision when the wait began, and since when. All null, or none. */
  next_step_id: string | null;
  next_revision: number | null;
  next_entered_at: Date | null;
  due_at: Date | null;
  /** Set aside at this moment since its sequence was not active when its step was due, or a limit kept it back. */
  held_at: Date | null;
  /** The recipient domain whose limit of sending keeps the step back. */
  limited_by: string | null;
  /** The intent to send: which step in which revision, by a worker whose lane had this epoch. */
  claimed_until: Date | null;
  claimed_step_id: string | null;
  claimed_revision: number | null;
  claimed_epoch: number | null;
  attempts: number;
  last_error: string | null;
  enrolled_at: Date;
  finished_at: Date | null;
};
