-- The ledger: executions, their identity, and every counter that they move.

-- One row an email accepted by the mail server. By week of executed_at. Never a body.
CREATE TABLE sequitur.sequence_executions (
  lane smallint NOT NULL,
  executed_at timestamptz(3) NOT NULL,
  id uuid NOT NULL,
  sequence_id uuid NOT NULL,
  step_id uuid,
  revision integer,
  enrollment_id uuid,
  contact_id uuid NOT NULL,
  recipient_email text NOT NULL,
  recipient_user_id text,
  context jsonb NOT NULL DEFAULT '{}',
  source text NOT NULL,
  via text NOT NULL CHECK (via IN ('smtp', 'captured', 'reported')),
  message_id text,
  PRIMARY KEY (lane, executed_at, id)
) PARTITION BY RANGE (executed_at);
CREATE INDEX sequence_executions_of_sequence ON sequitur.sequence_executions (sequence_id, executed_at, id);
CREATE INDEX sequence_executions_of_contact ON sequitur.sequence_executions (lane, contact_id, executed_at, id);

-- The identity of executions reported from outside, within one contact.
CREATE TABLE sequitur.execution_keys (
  lane smallint NOT NULL,
  contact_id uuid NOT NULL,
  key text NOT NULL,
  executed_at timestamptz(3) NOT NULL,
  digest bytea NOT NULL,
  PRIMARY KEY (lane, contact_id, key)
);

-- First and last execution of a contact, sequence and source: answers "when was the one before" for live
-- writes, and bounds the search for late ones.
CREATE TABLE sequitur.recipients (
  lane smallint NOT NULL,
  contact_id uuid NOT NULL,
  sequence_id uuid NOT NULL,
  source text NOT NULL,
  first_at timestamptz(3) NOT NULL,
  last_at timestamptz(3) NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (lane, contact_id, sequence_id, source)
) WITH (fillfactor = 80);

-- Counters. What each one means stands in src/ledger/counters.ts. Keys end with the lane; days are
-- '-infinity' where there was no execution before. No CHECK that a count is positive: corrections are deltas.
CREATE TABLE sequitur.reach_counts (
  calendar_id smallint NOT NULL,
  sequence_id uuid NOT NULL,
  day date NOT NULL,
  source text NOT NULL,
  prev_day date NOT NULL,
  prev_same_source_day date NOT NULL,
  lane smallint NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (calendar_id, sequence_id, day, source, prev_day, prev_same_source_day, lane)
) WITH (fillfactor = 80);

CREATE TABLE sequitur.people_counts (
  calendar_id smallint NOT NULL,
  day date NOT NULL,
  prev_day date NOT NULL,
  lane smallint NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (calendar_id, day, prev_day, lane)
) WITH (fillfactor = 80);

CREATE TABLE sequitur.step_counts (
  calendar_id smallint NOT NULL,
  sequence_id uuid NOT NULL,
  day date NOT NULL,
  step_id uuid NOT NULL,
  revision integer NOT NULL,
  source text NOT NULL,
  lane smallint NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (calendar_id, sequence_id, day, step_id, revision, source, lane)
) WITH (fillfactor = 80);

CREATE TABLE sequitur.funnel_counts (
  calendar_id smallint NOT NULL,
  sequence_id uuid NOT NULL,
  day date NOT NULL,
  step_id uuid NOT NULL,
  revision integer NOT NULL,
  source text NOT NULL,
  outcome text NOT NULL,
  reason text NOT NULL,
  lane smallint NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (calendar_id, sequence_id, day, step_id, revision, source, outcome, reason, lane)
) WITH (fillfactor = 80);

CREATE TABLE sequitur.trigger_counts (
  calendar_id smallint NOT NULL,
  sequence_id uuid NOT NULL,
  day date NOT NULL,
  source text NOT NULL,
  outcome text NOT NULL,
  reason text NOT NULL,
  lane smallint NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (calendar_id, sequence_id, day, source, outcome, reason, lane)
) WITH (fillfactor = 80);

CREATE TABLE sequitur.daily_counts (
  calendar_id smallint NOT NULL,
  sequence_id uuid NOT NULL,
  day date NOT NULL,
  lane smallint NOT NULL,
  executions bigint NOT NULL DEFAULT 0,
  triggers bigint NOT NULL DEFAULT 0,
  suppressed bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (calendar_id, sequence_id, day, lane)
) WITH (fillfactor = 80);

CREATE TABLE sequitur.sequence_totals (
  sequence_id uuid NOT NULL,
  lane smallint NOT NULL,
  executions bigint NOT NULL DEFAULT 0,
  recipients bigint NOT NULL DEFAULT 0,
  triggers bigint NOT NULL DEFAULT 0,
  suppressed bigint NOT NULL DEFAULT 0,
  last_executed_at timestamptz(3),
  PRIMARY KEY (sequence_id, lane)
) WITH (fillfactor = 50);

CREATE TABLE sequitur.workspace_totals (
  lane smallint NOT NULL,
  executions bigint NOT NULL DEFAULT 0,
  people bigint NOT NULL DEFAULT 0,
  triggers bigint NOT NULL DEFAULT 0,
  suppressed bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (lane)
) WITH (fillfactor = 50);

-- Where weeks go that retention has moved; a week is detached above and attached here, so the columns are
-- the same and in the same order.
CREATE TABLE sequitur.sequence_executions_archive
  (LIKE sequitur.sequence_executions INCLUDING ALL) PARTITION BY RANGE (executed_at);
CREATE TABLE sequitur.triggers_archive
  (LIKE sequitur.triggers INCLUDING ALL) PARTITION BY RANGE (occurred_at);
CREATE TABLE sequitur.enrollment_steps_archive
  (LIKE sequitur.enrollment_steps INCLUDING ALL) PARTITION BY RANGE (entered_at);

-- Hot and archived rows as one: what lists, timelines, recount and late arrivals read.
CREATE VIEW sequitur.all_executions AS
  SELECT * FROM sequitur.sequence_executions UNION ALL SELECT * FROM sequitur.sequence_executions_archive;
CREATE VIEW sequitur.all_triggers AS
  SELECT * FROM sequitur.triggers UNION ALL SELECT * FROM sequitur.triggers_archive;
CREATE VIEW sequitur.all_enrollment_steps AS
  SELECT * FROM sequitur.enrollment_steps UNION ALL SELECT * FROM sequitur.enrollment_steps_archive;
