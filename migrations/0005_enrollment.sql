-- What starts a sequence for a contact, and the contact's run through it.

-- Every trigger, accepted or suppressed. By week of occurred_at (UTC, from Monday).
CREATE TABLE sequitur.triggers (
  lane smallint NOT NULL,
  occurred_at timestamptz(3) NOT NULL,
  id uuid NOT NULL,
  sequence_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  source text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('accepted', 'suppressed')),
  -- Empty where the trigger was accepted: reasons are part of a counter's key, which holds no nulls.
  reason text NOT NULL DEFAULT '',
  context jsonb NOT NULL DEFAULT '{}',
  enrollment_id uuid,
  request_key text,
  PRIMARY KEY (lane, occurred_at, id),
  CHECK ((outcome = 'accepted') = (reason = '')),
  CHECK ((outcome = 'accepted') = (enrollment_id IS NOT NULL))
) PARTITION BY RANGE (occurred_at);
CREATE INDEX triggers_of_sequence ON sequitur.triggers (sequence_id, occurred_at, id);
CREATE INDEX triggers_of_contact ON sequitur.triggers (lane, contact_id, occurred_at);

-- Which items of a request that bears an Idempotency-Key (or of an event that bears an id) are done, with
-- their answers. A table of its own, since a unique key over weeks would have to name the week.
CREATE TABLE sequitur.trigger_keys (
  lane smallint NOT NULL,
  contact_id uuid NOT NULL,
  sequence_id uuid NOT NULL,
  request_key text NOT NULL,
  trigger_id uuid NOT NULL,
  outcome text NOT NULL,
  reason text NOT NULL,
  enrollment_id uuid,
  created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (lane, contact_id, sequence_id, request_key)
);

-- What a request said under its Idempotency-Key: the same key with another body is refused. `lane` is
-- that of the key's hash, only to spread the rows.
CREATE TABLE sequitur.trigger_requests (
  lane smallint NOT NULL,
  request_key text NOT NULL,
  digest bytea NOT NULL,
  created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (lane, request_key)
);

-- One guard row a contact and sequence answers every re-entry rule. Never purged: it, and not the log that
-- retention removes, keeps a person from being mailed twice.
CREATE TABLE sequitur.sequence_entries (
  lane smallint NOT NULL,
  sequence_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  active_enrollments integer NOT NULL DEFAULT 0 CHECK (active_enrollments >= 0),
  last_entered_at timestamptz(3),
  entries integer NOT NULL DEFAULT 0,
  unsubscribed_at timestamptz(3),
  PRIMARY KEY (lane, contact_id, sequence_id)
);

-- docs/states.md draws these states. `next_step_id` is the step waited for, entered at `next_entered_at`;
-- an enrollment that exits while its mail is with the server keeps it until that result is settled.
CREATE TABLE sequitur.enrollments (
  lane smallint NOT NULL,
  id uuid NOT NULL,
  sequence_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  source text NOT NULL,
  context jsonb NOT NULL DEFAULT '{}',
  status text NOT NULL CHECK (status IN ('active', 'finished', 'exited')),
  exit_reason text,
  last_step_id uuid,
  next_step_id uuid,
  next_revision integer,
  next_entered_at timestamptz(3),
  due_at timestamptz(3),
  held_at timestamptz(3),
  claimed_until timestamptz(3),
  claimed_step_id uuid,
  claimed_revision integer,
  claimed_epoch bigint,
  attempts integer NOT NULL DEFAULT 0,
  last_error text,
  enrolled_at timestamptz(3) NOT NULL,
  finished_at timestamptz(3),
  PRIMARY KEY (lane, id),
  CHECK ((status = 'active') = (finished_at IS NULL)),
  CHECK ((status = 'exited') = (exit_reason IS NOT NULL)),
  CHECK (status <> 'active' OR (next_step_id IS NOT NULL AND due_at IS NOT NULL)),
  CHECK (status <> 'finished' OR (next_step_id IS NULL AND claimed_step_id IS NULL)),
  CHECK (status <> 'exited' OR next_step_id IS NULL OR claimed_step_id IS NOT NULL),
  CHECK ((next_step_id IS NULL) = (next_entered_at IS NULL AND next_revision IS NULL)),
  CHECK ((claimed_step_id IS NULL) = (claimed_until IS NULL)),
  CHECK ((claimed_step_id IS NULL) = (claimed_revision IS NULL))
) WITH (fillfactor = 85);
-- The claim's order: a claimed row is ready again when its lease has run out. greatest() ignores nulls.
CREATE INDEX enrollments_ready ON sequitur.enrollments (lane, (greatest(due_at, claimed_until)))
  WHERE next_step_id IS NOT NULL AND held_at IS NULL;
CREATE INDEX enrollments_held ON sequitur.enrollments (lane, sequence_id) WHERE held_at IS NOT NULL;
CREATE INDEX enrollments_of_contact ON sequitur.enrollments (lane, contact_id);

-- A step that an enrollment has left, with its outcome; the step that it waits for stands in its own row.
-- By week of entered_at.
CREATE TABLE sequitur.enrollment_steps (
  lane smallint NOT NULL,
  entered_at timestamptz(3) NOT NULL,
  enrollment_id uuid NOT NULL,
  step_id uuid NOT NULL,
  sequence_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  revision integer NOT NULL,
  source text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('sent', 'skipped', 'failed', 'exited')),
  reason text NOT NULL DEFAULT '',
  reply text,
  at timestamptz(3) NOT NULL,
  PRIMARY KEY (lane, entered_at, enrollment_id, step_id)
) PARTITION BY RANGE (entered_at);
CREATE INDEX enrollment_steps_of_enrollment ON sequitur.enrollment_steps (lane, enrollment_id);
