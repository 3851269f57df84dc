-- What the migrations add up to, for reading and for reviews. Written by npm run generate; nothing runs it.
-- The partitions of the tables that are split by week are left out.

CREATE TABLE sequitur.accounts (
  id uuid NOT NULL,
  account_id text NOT NULL,
  provider_id text NOT NULL,
  user_id uuid NOT NULL,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz(3),
  refresh_token_expires_at timestamptz(3),
  scope text,
  password text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT accounts_pkey PRIMARY KEY (id),
  CONSTRAINT accounts_provider_id_account_id_key UNIQUE (provider_id, account_id),
  CONSTRAINT accounts_user_id_fkey FOREIGN KEY (user_id) REFERENCES sequitur.users(id) ON DELETE CASCADE
);
CREATE INDEX accounts_of_user ON sequitur.accounts (user_id);

CREATE TABLE sequitur.api_keys (
  id uuid NOT NULL,
  name text NOT NULL,
  prefix text NOT NULL,
  hash bytea NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  created_by uuid,
  last_used_at timestamptz(3),
  revoked_at timestamptz(3),
  CONSTRAINT api_keys_pkey PRIMARY KEY (id),
  CONSTRAINT api_keys_hash_key UNIQUE (hash),
  CONSTRAINT api_keys_hash_check CHECK (length(hash) = 32),
  CONSTRAINT api_keys_name_check CHECK (name <> ''),
  CONSTRAINT api_keys_created_by_fkey FOREIGN KEY (created_by) REFERENCES sequitur.users(id) ON DELETE SET NULL
);
CREATE INDEX api_keys_of_user ON sequitur.api_keys (created_by);

CREATE TABLE sequitur.audit_log (
  id uuid NOT NULL,
  at timestamptz(3) NOT NULL DEFAULT now(),
  actor_kind text NOT NULL,
  actor_id text,
  actor_name text,
  action text NOT NULL,
  object_type text,
  object_id text,
  detail jsonb NOT NULL DEFAULT '{}',
  CONSTRAINT audit_log_pkey PRIMARY KEY (id),
  CONSTRAINT audit_log_actor_kind_check CHECK (actor_kind IN ('administrator', 'api_key', 'system'))
);
CREATE INDEX audit_log_newest ON sequitur.audit_log (at DESC, id DESC);

CREATE TABLE sequitur.calendar_lanes (
  lane smallint NOT NULL,
  calendar_id smallint NOT NULL,
  built_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT calendar_lanes_pkey PRIMARY KEY (lane, calendar_id),
  CONSTRAINT calendar_lanes_calendar_id_fkey FOREIGN KEY (calendar_id) REFERENCES sequitur.calendars(id),
  CONSTRAINT calendar_lanes_lane_fkey FOREIGN KEY (lane) REFERENCES sequitur.lanes(lane)
);

CREATE TABLE sequitur.calendars (
  id smallint NOT NULL,
  time_zone text NOT NULL,
  status text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT calendars_pkey PRIMARY KEY (id),
  CONSTRAINT calendars_status_check CHECK (status IN ('building', 'active', 'retired'))
);
CREATE UNIQUE INDEX calendars_one_active ON sequitur.calendars (status) WHERE (status = 'active');

CREATE TABLE sequitur.captured_mails (
  lane smallint NOT NULL,
  captured_at timestamptz(3) NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  sequence_id uuid NOT NULL,
  step_id uuid,
  revision integer,
  contact_id uuid,
  message_id text NOT NULL,
  sender text NOT NULL,
  recipient text NOT NULL,
  subject text NOT NULL,
  html text NOT NULL,
  text text NOT NULL,
  headers jsonb NOT NULL,
  CONSTRAINT captured_mails_pkey PRIMARY KEY (lane, id),
  CONSTRAINT captured_mails_check CHECK ((kind = 'confirmation') = (step_id IS NULL)),
  CONSTRAINT captured_mails_check1 CHECK ((kind = 'confirmation') = (revision IS NULL)),
  CONSTRAINT captured_mails_kind_check CHECK (kind IN ('step', 'test', 'confirmation'))
);
CREATE INDEX captured_mails_newest ON sequitur.captured_mails (captured_at DESC, id DESC);
CREATE INDEX captured_mails_of_contact ON sequitur.captured_mails (lane, contact_id);

CREATE TABLE sequitur.confirmations (
  lane smallint NOT NULL,
  id uuid NOT NULL,
  promo_page_id uuid NOT NULL,
  email_key bytea NOT NULL,
  contact_id uuid,
  email text,
  name text,
  asked_at timestamptz(3) NOT NULL,
  confirmed_at timestamptz(3),
  due_at timestamptz(3),
  claimed_until timestamptz(3),
  claimed_epoch bigint,
  attempts integer NOT NULL DEFAULT 0,
  sent_at timestamptz(3),
  last_error text,
  CONSTRAINT confirmations_pkey PRIMARY KEY (lane, id),
  CONSTRAINT confirmations_check CHECK ((confirmed_at IS NULL) = (email IS NOT NULL)),
  CONSTRAINT confirmations_check1 CHECK (confirmed_at IS NULL OR contact_id IS NOT NULL AND name IS NULL AND due_at IS NULL),
  CONSTRAINT confirmations_check2 CHECK ((claimed_until IS NULL) = (claimed_epoch IS NULL))
);
CREATE INDEX confirmations_of_address ON sequitur.confirmations (lane, email_key, asked_at);
CREATE INDEX confirmations_ready ON sequitur.confirmations (lane, GREATEST(due_at, claimed_until)) WHERE (due_at IS NOT NULL);

CREATE TABLE sequitur.contact_emails (
  lane smallint NOT NULL,
  email_key bytea NOT NULL,
  contact_lane smallint NOT NULL,
  contact_id uuid NOT NULL,
  normalisation smallint NOT NULL,
  created_at timestamptz(3) NOT NULL,
  CONSTRAINT contact_emails_pkey PRIMARY KEY (lane, email_key)
);
CREATE INDEX contact_emails_of_contact ON sequitur.contact_emails (contact_lane, contact_id);

CREATE TABLE sequitur.contacts (
  lane smallint NOT NULL,
  id uuid NOT NULL,
  email text NOT NULL,
  name text,
  external_user_id text,
  properties jsonb NOT NULL DEFAULT '{}',
  time_zone text,
  unsubscribed_at timestamptz(3),
  suppressed_at timestamptz(3),
  suppressed_reason text,
  erased_at timestamptz(3),
  merged_into uuid,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  CONSTRAINT contacts_pkey PRIMARY KEY (lane, id),
  CONSTRAINT contacts_check CHECK ((suppressed_at IS NULL) = (suppressed_reason IS NULL)),
  CONSTRAINT contacts_properties_check CHECK (jsonb_typeof(properties) = 'object'),
  CONSTRAINT contacts_suppressed_reason_check CHECK (suppressed_reason IN ('bounced', 'complained', 'manual'))
);
CREATE INDEX contacts_by_email ON sequitur.contacts (email text_pattern_ops);
CREATE INDEX contacts_by_external_user_id ON sequitur.contacts (external_user_id) WHERE (external_user_id IS NOT NULL);
CREATE INDEX contacts_newest ON sequitur.contacts (created_at DESC, id DESC);

CREATE TABLE sequitur.enrollment_steps (
  lane smallint NOT NULL,
  entered_at timestamptz(3) NOT NULL,
  enrollment_id uuid NOT NULL,
  step_id uuid NOT NULL,
  sequence_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  revision integer NOT NULL,
  source text NOT NULL,
  outcome text NOT NULL,
  reason text NOT NULL DEFAULT '',
  reply text,
  at timestamptz(3) NOT NULL,
  CONSTRAINT enrollment_steps_pkey PRIMARY KEY (lane, enrollment_id, entered_at, step_id),
  CONSTRAINT enrollment_steps_outcome_check CHECK (outcome IN ('sent', 'skipped', 'failed', 'exited'))
) PARTITION BY RANGE (entered_at);

CREATE TABLE sequitur.enrollment_steps_archive (
  lane smallint NOT NULL,
  entered_at timestamptz(3) NOT NULL,
  enrollment_id uuid NOT NULL,
  step_id uuid NOT NULL,
  sequence_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  revision integer NOT NULL,
  source text NOT NULL,
  outcome text NOT NULL,
  reason text NOT NULL DEFAULT '',
  reply text,
  at timestamptz(3) NOT NULL,
  CONSTRAINT enrollment_steps_archive_pkey PRIMARY KEY (lane, enrollment_id, entered_at, step_id),
  CONSTRAINT enrollment_steps_outcome_check CHECK (outcome IN ('sent', 'skipped', 'failed', 'exited'))
) PARTITION BY RANGE (entered_at);

CREATE TABLE sequitur.enrollments (
  lane smallint NOT NULL,
  id uuid NOT NULL,
  sequence_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  source text NOT NULL,
  context jsonb NOT NULL DEFAULT '{}',
  status text NOT NULL,
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
  limited_by text,
  CONSTRAINT enrollments_pkey PRIMARY KEY (lane, id),
  CONSTRAINT enrollments_check CHECK ((status = 'active') = (finished_at IS NULL)),
  CONSTRAINT enrollments_check1 CHECK ((status = 'exited') = (exit_reason IS NOT NULL)),
  CONSTRAINT enrollments_check2 CHECK (status <> 'active' OR next_step_id IS NOT NULL AND due_at IS NOT NULL),
  CONSTRAINT enrollments_check3 CHECK (status <> 'finished' OR next_step_id IS NULL AND claimed_step_id IS NULL),
  CONSTRAINT enrollments_check4 CHECK (status <> 'exited' OR next_step_id IS NULL OR claimed_step_id IS NOT NULL),
  CONSTRAINT enrollments_check5 CHECK ((next_step_id IS NULL) = (next_entered_at IS NULL AND next_revision IS NULL)),
  CONSTRAINT enrollments_check6 CHECK ((claimed_step_id IS NULL) = (claimed_until IS NULL)),
  CONSTRAINT enrollments_check7 CHECK ((claimed_step_id IS NULL) = (claimed_revision IS NULL)),
  CONSTRAINT enrollments_check8 CHECK (limited_by IS NULL OR held_at IS NOT NULL),
  CONSTRAINT enrollments_status_check CHECK (status IN ('active', 'finished', 'exited'))
) WITH (fillfactor = 85);
CREATE INDEX enrollments_held ON sequitur.enrollments (lane, sequence_id) WHERE ((held_at IS NOT NULL) AND (limited_by IS NULL));
CREATE INDEX enrollments_limited ON sequitur.enrollments (lane, limited_by, due_at) WHERE (limited_by IS NOT NULL);
CREATE INDEX enrollments_of_contact ON sequitur.enrollments (lane, contact_id);
CREATE INDEX enrollments_ready ON sequitur.enrollments (lane, GREATEST(due_at, claimed_until)) WHERE ((next_step_id IS NOT NULL) AND (held_at IS NULL));

CREATE TABLE sequitur.event_triggers (
  id uuid NOT NULL,
  event_name text NOT NULL,
  sequence_id uuid NOT NULL,
  filters jsonb NOT NULL DEFAULT '[]',
  enabled boolean NOT NULL DEFAULT true,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  CONSTRAINT event_triggers_pkey PRIMARY KEY (id),
  CONSTRAINT event_triggers_event_name_check CHECK (event_name <> '' AND length(event_name) <= 128),
  CONSTRAINT event_triggers_filters_check CHECK (jsonb_typeof(filters) = 'array'),
  CONSTRAINT event_triggers_sequence_id_fkey FOREIGN KEY (sequence_id) REFERENCES sequitur.sequences(id)
);
CREATE INDEX event_triggers_by_name ON sequitur.event_triggers (event_name) WHERE enabled;
CREATE INDEX event_triggers_of_sequence ON sequitur.event_triggers (sequence_id);

CREATE TABLE sequitur.execution_keys (
  lane smallint NOT NULL,
  contact_id uuid NOT NULL,
  key text NOT NULL,
  executed_at timestamptz(3) NOT NULL,
  digest bytea NOT NULL,
  CONSTRAINT execution_keys_pkey PRIMARY KEY (lane, contact_id, key)
);

CREATE TABLE sequitur.feedback (
  lane smallint NOT NULL,
  contact_id uuid NOT NULL,
  id uuid NOT NULL,
  type text NOT NULL,
  kind text,
  via text NOT NULL,
  sequence_id uuid,
  enrollment_id uuid,
  step_id uuid,
  revision integer,
  execution_id uuid,
  reason text NOT NULL DEFAULT '',
  reply text,
  occurred_at timestamptz(3) NOT NULL,
  recorded_at timestamptz(3) NOT NULL,
  CONSTRAINT feedback_pkey PRIMARY KEY (lane, contact_id, id),
  CONSTRAINT feedback_check CHECK ((type = 'bounce') = (kind IS NOT NULL)),
  CONSTRAINT feedback_check1 CHECK ((enrollment_id IS NULL) = (step_id IS NULL)),
  CONSTRAINT feedback_check2 CHECK ((enrollment_id IS NULL) = (sequence_id IS NULL)),
  CONSTRAINT feedback_kind_check CHECK (kind IN ('hard', 'soft')),
  CONSTRAINT feedback_type_check CHECK (type IN ('bounce', 'complaint')),
  CONSTRAINT feedback_via_check CHECK (via IN ('smtp', 'reported'))
);
CREATE INDEX feedback_of_sequence ON sequitur.feedback (sequence_id, occurred_at) WHERE (sequence_id IS NOT NULL);

CREATE TABLE sequitur.funnel_deltas (
  lane smallint NOT NULL,
  id uuid NOT NULL,
  calendar_id smallint NOT NULL,
  sequence_id uuid NOT NULL,
  day date[] NOT NULL,
  step_id uuid[] NOT NULL,
  revision integer[] NOT NULL,
  source text[] NOT NULL,
  outcome text[] NOT NULL,
  reason text[] NOT NULL,
  n bigint[] NOT NULL,
  CONSTRAINT funnel_deltas_pkey PRIMARY KEY (sequence_id, calendar_id, lane, id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 5000);

CREATE TABLE sequitur.funnel_spans (
  calendar_id smallint NOT NULL,
  sequence_id uuid NOT NULL,
  span text NOT NULL,
  day date NOT NULL,
  step_id uuid NOT NULL,
  revision integer NOT NULL,
  source text NOT NULL,
  outcome text NOT NULL,
  reason text NOT NULL,
  lane smallint NOT NULL,
  n bigint NOT NULL,
  CONSTRAINT funnel_spans_pkey PRIMARY KEY (calendar_id, sequence_id, span, day, step_id, revision, source, outcome, reason, lane) INCLUDE (n),
  CONSTRAINT funnel_spans_span_check CHECK (span IN ('day', 'week', 'month'))
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 5000);

CREATE TABLE sequitur.goal_keys (
  lane smallint NOT NULL,
  email_key bytea NOT NULL,
  sequence_id uuid NOT NULL,
  request_key text NOT NULL,
  ended integer NOT NULL,
  created_at timestamptz(3) NOT NULL,
  CONSTRAINT goal_keys_pkey PRIMARY KEY (lane, email_key, sequence_id, request_key)
);

CREATE TABLE sequitur.lane_leases (
  lane smallint NOT NULL,
  owner uuid,
  lease_until timestamptz(3),
  epoch bigint NOT NULL DEFAULT 0,
  CONSTRAINT lane_leases_pkey PRIMARY KEY (lane),
  CONSTRAINT lane_leases_check CHECK ((owner IS NULL) = (lease_until IS NULL))
);

CREATE TABLE sequitur.lanes (
  lane smallint NOT NULL,
  CONSTRAINT lanes_pkey PRIMARY KEY (lane),
  CONSTRAINT lanes_lane_check CHECK (lane >= 0)
);

CREATE TABLE sequitur.migrations (
  name character varying(255) NOT NULL,
  timestamp character varying(255) NOT NULL,
  CONSTRAINT migrations_pkey PRIMARY KEY (name)
);

CREATE TABLE sequitur.migrations_lock (
  id character varying(255) NOT NULL,
  is_locked integer NOT NULL DEFAULT 0,
  CONSTRAINT migrations_lock_pkey PRIMARY KEY (id)
);

CREATE TABLE sequitur.people_deltas (
  lane smallint NOT NULL,
  id uuid NOT NULL,
  calendar_id smallint NOT NULL,
  day date[] NOT NULL,
  prev_day date[] NOT NULL,
  n bigint[] NOT NULL,
  CONSTRAINT people_deltas_pkey PRIMARY KEY (calendar_id, lane, id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 5000);

CREATE TABLE sequitur.people_spans (
  calendar_id smallint NOT NULL,
  span text NOT NULL,
  day date NOT NULL,
  prev_day date NOT NULL,
  lane smallint NOT NULL,
  n bigint NOT NULL,
  CONSTRAINT people_spans_pkey PRIMARY KEY (calendar_id, span, day, prev_day, lane) INCLUDE (n),
  CONSTRAINT people_spans_span_check CHECK (span IN ('day', 'week', 'month', 'firsts'))
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 5000);

CREATE TABLE sequitur.promo_pages (
  id uuid NOT NULL,
  slug text NOT NULL,
  sequence_id uuid NOT NULL,
  title text NOT NULL,
  intro text NOT NULL,
  button_label text NOT NULL,
  thanks_title text NOT NULL,
  thanks_text text NOT NULL,
  closed_text text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  double_opt_in boolean NOT NULL DEFAULT false,
  confirmation_subject text,
  confirmation_text text,
  CONSTRAINT promo_pages_pkey PRIMARY KEY (id),
  CONSTRAINT promo_pages_slug_key UNIQUE (slug),
  CONSTRAINT promo_pages_slug_check CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 64),
  CONSTRAINT promo_pages_sequence_id_fkey FOREIGN KEY (sequence_id) REFERENCES sequitur.sequences(id)
);
CREATE INDEX promo_pages_of_sequence ON sequitur.promo_pages (sequence_id);

CREATE TABLE sequitur.reach_deltas (
  lane smallint NOT NULL,
  id uuid NOT NULL,
  calendar_id smallint NOT NULL,
  sequence_id uuid NOT NULL,
  day date[] NOT NULL,
  source text[] NOT NULL,
  prev_day date[] NOT NULL,
  prev_same_source_day date[] NOT NULL,
  n bigint[] NOT NULL,
  CONSTRAINT reach_deltas_pkey PRIMARY KEY (sequence_id, calendar_id, lane, id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 5000);

CREATE TABLE sequitur.reach_spans (
  calendar_id smallint NOT NULL,
  sequence_id uuid NOT NULL,
  span text NOT NULL,
  day date NOT NULL,
  prev_day date NOT NULL,
  lane smallint NOT NULL,
  n bigint NOT NULL,
  CONSTRAINT reach_spans_pkey PRIMARY KEY (calendar_id, sequence_id, span, day, prev_day, lane) INCLUDE (n),
  CONSTRAINT reach_spans_span_check CHECK (span IN ('day', 'week', 'month', 'firsts'))
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 5000);

CREATE TABLE sequitur.recipients (
  lane smallint NOT NULL,
  contact_id uuid NOT NULL,
  sequence_id uuid NOT NULL,
  source text NOT NULL,
  first_at timestamptz(3) NOT NULL,
  last_at timestamptz(3) NOT NULL,
  n bigint NOT NULL,
  CONSTRAINT recipients_pkey PRIMARY KEY (lane, contact_id, sequence_id, source)
) WITH (fillfactor = 80);

CREATE TABLE sequitur.recounts (
  id uuid NOT NULL,
  started_at timestamptz(3) NOT NULL,
  finished_at timestamptz(3) NOT NULL,
  trigger text NOT NULL,
  keys bigint NOT NULL,
  differing bigint NOT NULL,
  repaired boolean NOT NULL,
  counters jsonb NOT NULL,
  CONSTRAINT recounts_pkey PRIMARY KEY (id),
  CONSTRAINT recounts_trigger_check CHECK (trigger IN ('command', 'nightly', 'request'))
);
CREATE INDEX recounts_newest ON sequitur.recounts (started_at DESC);

CREATE TABLE sequitur.reported_steps (
  id uuid NOT NULL,
  sequence_id uuid NOT NULL,
  name text NOT NULL,
  CONSTRAINT reported_steps_pkey PRIMARY KEY (id),
  CONSTRAINT reported_steps_sequence_id_name_key UNIQUE (sequence_id, name),
  CONSTRAINT reported_steps_name_check CHECK (name <> '' AND length(name) <= 200),
  CONSTRAINT reported_steps_sequence_id_fkey FOREIGN KEY (sequence_id) REFERENCES sequitur.sequences(id)
);

CREATE TABLE sequitur.resumptions (
  sequence_id uuid NOT NULL,
  resumed_at timestamptz(3) NOT NULL,
  overdue integer NOT NULL,
  marks jsonb NOT NULL,
  CONSTRAINT resumptions_pkey PRIMARY KEY (sequence_id),
  CONSTRAINT resumptions_marks_check CHECK (jsonb_typeof(marks) = 'array'),
  CONSTRAINT resumptions_overdue_check CHECK (overdue >= 0),
  CONSTRAINT resumptions_sequence_id_fkey FOREIGN KEY (sequence_id) REFERENCES sequitur.sequences(id)
);

CREATE TABLE sequitur.send_slots (
  key text NOT NULL,
  next_at timestamp with time zone NOT NULL DEFAULT now(),
  day date NOT NULL DEFAULT '-infinity'::date,
  sent_today integer NOT NULL DEFAULT 0,
  refused_at timestamptz(3),
  CONSTRAINT send_slots_pkey PRIMARY KEY (key)
) WITH (fillfactor = 50);

CREATE TABLE sequitur.sequence_entries (
  lane smallint NOT NULL,
  sequence_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  active_enrollments integer NOT NULL DEFAULT 0,
  last_entered_at timestamptz(3),
  entries integer NOT NULL DEFAULT 0,
  unsubscribed_at timestamptz(3),
  CONSTRAINT sequence_entries_pkey PRIMARY KEY (lane, contact_id, sequence_id),
  CONSTRAINT sequence_entries_active_enrollments_check CHECK (active_enrollments >= 0)
);

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
  via text NOT NULL,
  message_id text,
  CONSTRAINT sequence_executions_pkey PRIMARY KEY (lane, contact_id, executed_at, id),
  CONSTRAINT sequence_executions_via_check CHECK (via IN ('smtp', 'captured', 'reported'))
) PARTITION BY RANGE (executed_at);
CREATE INDEX sequence_executions_of_sequence ON sequitur.sequence_executions (sequence_id, executed_at, id);

CREATE TABLE sequitur.sequence_executions_archive (
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
  via text NOT NULL,
  message_id text,
  CONSTRAINT sequence_executions_archive_pkey PRIMARY KEY (lane, contact_id, executed_at, id),
  CONSTRAINT sequence_executions_via_check CHECK (via IN ('smtp', 'captured', 'reported'))
) PARTITION BY RANGE (executed_at);
CREATE INDEX sequence_executions_archive_sequence_id_executed_at_id_idx ON sequitur.sequence_executions_archive (sequence_id, executed_at, id);

CREATE TABLE sequitur.sequence_goals (
  id uuid NOT NULL,
  sequence_id uuid NOT NULL,
  event_name text NOT NULL,
  filters jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  CONSTRAINT sequence_goals_pkey PRIMARY KEY (id),
  CONSTRAINT sequence_goals_event_name_check CHECK (event_name <> '' AND length(event_name) <= 128),
  CONSTRAINT sequence_goals_filters_check CHECK (jsonb_typeof(filters) = 'array'),
  CONSTRAINT sequence_goals_sequence_id_fkey FOREIGN KEY (sequence_id) REFERENCES sequitur.sequences(id)
);
CREATE INDEX sequence_goals_by_name ON sequitur.sequence_goals (event_name);
CREATE INDEX sequence_goals_of_sequence ON sequitur.sequence_goals (sequence_id);

CREATE TABLE sequitur.sequence_steps (
  id uuid NOT NULL,
  sequence_id uuid NOT NULL,
  position integer NOT NULL,
  revision integer NOT NULL,
  created_at timestamptz(3) NOT NULL,
  removed_at timestamptz(3),
  CONSTRAINT sequence_steps_pkey PRIMARY KEY (id),
  CONSTRAINT sequence_steps_position_check CHECK ("position" >= 0),
  CONSTRAINT sequence_steps_revision_check CHECK (revision >= 1),
  CONSTRAINT sequence_steps_sequence_id_fkey FOREIGN KEY (sequence_id) REFERENCES sequitur.sequences(id)
);
CREATE INDEX sequence_steps_in_order ON sequitur.sequence_steps (sequence_id, "position");

CREATE TABLE sequitur.sequence_totals (
  sequence_id uuid NOT NULL,
  lane smallint NOT NULL,
  executions bigint NOT NULL DEFAULT 0,
  recipients bigint NOT NULL DEFAULT 0,
  triggers bigint NOT NULL DEFAULT 0,
  suppressed bigint NOT NULL DEFAULT 0,
  last_executed_at timestamptz(3),
  CONSTRAINT sequence_totals_pkey PRIMARY KEY (sequence_id, lane)
) WITH (fillfactor = 50);

CREATE TABLE sequitur.sequences (
  id uuid NOT NULL,
  key text NOT NULL,
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  status text NOT NULL,
  reentry text NOT NULL,
  reentry_days integer,
  example text,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  activated_at timestamptz(3),
  send_window jsonb,
  paused_at timestamptz(3),
  CONSTRAINT sequences_pkey PRIMARY KEY (id),
  CONSTRAINT sequences_key_key UNIQUE (key),
  CONSTRAINT sequences_check CHECK ((reentry = 'after_days') = (reentry_days IS NOT NULL)),
  CONSTRAINT sequences_key_check CHECK (key ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(key) <= 64),
  CONSTRAINT sequences_reentry_check CHECK (reentry IN ('once', 'once_at_a_time', 'after_days', 'every_time')),
  CONSTRAINT sequences_reentry_days_check CHECK (reentry_days >= 1 AND reentry_days <= 3650),
  CONSTRAINT sequences_send_window_check CHECK (jsonb_typeof(send_window) = 'object'),
  CONSTRAINT sequences_status_check CHECK (status IN ('draft', 'active', 'paused', 'archived'))
);

CREATE TABLE sequitur.sessions (
  id uuid NOT NULL,
  token text NOT NULL,
  user_id uuid NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  ip_address text,
  user_agent text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT sessions_pkey PRIMARY KEY (id),
  CONSTRAINT sessions_token_key UNIQUE (token),
  CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES sequitur.users(id) ON DELETE CASCADE
);
CREATE INDEX sessions_by_expiry ON sequitur.sessions (expires_at);
CREATE INDEX sessions_of_user ON sequitur.sessions (user_id);

CREATE TABLE sequitur.settings (
  key text NOT NULL,
  value jsonb NOT NULL,
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT settings_pkey PRIMARY KEY (key)
);

CREATE TABLE sequitur.source_reach_spans (
  calendar_id smallint NOT NULL,
  sequence_id uuid NOT NULL,
  span text NOT NULL,
  day date NOT NULL,
  source text NOT NULL,
  prev_day date NOT NULL,
  lane smallint NOT NULL,
  n bigint NOT NULL,
  CONSTRAINT source_reach_spans_pkey PRIMARY KEY (calendar_id, sequence_id, span, day, source, prev_day, lane) INCLUDE (n),
  CONSTRAINT source_reach_spans_span_check CHECK (span IN ('day', 'week', 'month', 'firsts'))
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 5000);

CREATE TABLE sequitur.step_deltas (
  lane smallint NOT NULL,
  id uuid NOT NULL,
  calendar_id smallint NOT NULL,
  sequence_id uuid NOT NULL,
  day date[] NOT NULL,
  step_id uuid[] NOT NULL,
  revision integer[] NOT NULL,
  source text[] NOT NULL,
  n bigint[] NOT NULL,
  CONSTRAINT step_deltas_pkey PRIMARY KEY (sequence_id, calendar_id, lane, id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 5000);

CREATE TABLE sequitur.step_revisions (
  step_id uuid NOT NULL,
  revision integer NOT NULL,
  delay_seconds integer NOT NULL,
  subject text NOT NULL,
  html text NOT NULL,
  text text,
  created_at timestamptz(3) NOT NULL,
  created_by text,
  send_at text,
  skip_if jsonb NOT NULL DEFAULT '[]',
  CONSTRAINT step_revisions_pkey PRIMARY KEY (step_id, revision),
  CONSTRAINT step_revisions_delay_seconds_check CHECK (delay_seconds >= 0 AND delay_seconds <= 315360000),
  CONSTRAINT step_revisions_revision_check CHECK (revision >= 1),
  CONSTRAINT step_revisions_send_at_check CHECK (send_at ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  CONSTRAINT step_revisions_skip_if_check CHECK (jsonb_typeof(skip_if) = 'array'),
  CONSTRAINT step_revisions_step_id_fkey FOREIGN KEY (step_id) REFERENCES sequitur.sequence_steps(id)
);

CREATE TABLE sequitur.step_spans (
  calendar_id smallint NOT NULL,
  sequence_id uuid NOT NULL,
  span text NOT NULL,
  day date NOT NULL,
  step_id uuid NOT NULL,
  revision integer NOT NULL,
  source text NOT NULL,
  lane smallint NOT NULL,
  n bigint NOT NULL,
  CONSTRAINT step_spans_pkey PRIMARY KEY (calendar_id, sequence_id, span, day, step_id, revision, source, lane) INCLUDE (n),
  CONSTRAINT step_spans_span_check CHECK (span IN ('day', 'week', 'month'))
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 5000);

CREATE TABLE sequitur.trigger_counts (
  calendar_id smallint NOT NULL,
  sequence_id uuid NOT NULL,
  day date NOT NULL,
  source text NOT NULL,
  outcome text NOT NULL,
  reason text NOT NULL,
  lane smallint NOT NULL,
  n bigint NOT NULL,
  CONSTRAINT trigger_counts_pkey PRIMARY KEY (calendar_id, sequence_id, day, source, outcome, reason, lane)
) WITH (fillfactor = 80);

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
  CONSTRAINT trigger_keys_pkey PRIMARY KEY (lane, contact_id, sequence_id, request_key)
);

CREATE TABLE sequitur.trigger_requests (
  lane smallint NOT NULL,
  request_key text NOT NULL,
  digest bytea NOT NULL,
  created_at timestamptz(3) NOT NULL,
  CONSTRAINT trigger_requests_pkey PRIMARY KEY (lane, request_key)
);

CREATE TABLE sequitur.triggers (
  lane smallint NOT NULL,
  occurred_at timestamptz(3) NOT NULL,
  id uuid NOT NULL,
  sequence_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  source text NOT NULL,
  outcome text NOT NULL,
  reason text NOT NULL DEFAULT '',
  context jsonb NOT NULL DEFAULT '{}',
  enrollment_id uuid,
  request_key text,
  CONSTRAINT triggers_pkey PRIMARY KEY (lane, contact_id, occurred_at, id),
  CONSTRAINT triggers_check CHECK ((outcome = 'accepted') = (reason = '')),
  CONSTRAINT triggers_check1 CHECK ((outcome = 'accepted') = (enrollment_id IS NOT NULL)),
  CONSTRAINT triggers_outcome_check CHECK (outcome IN ('accepted', 'suppressed'))
) PARTITION BY RANGE (occurred_at);
CREATE INDEX triggers_of_sequence ON sequitur.triggers (sequence_id, occurred_at, id);

CREATE TABLE sequitur.triggers_archive (
  lane smallint NOT NULL,
  occurred_at timestamptz(3) NOT NULL,
  id uuid NOT NULL,
  sequence_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  source text NOT NULL,
  outcome text NOT NULL,
  reason text NOT NULL DEFAULT '',
  context jsonb NOT NULL DEFAULT '{}',
  enrollment_id uuid,
  request_key text,
  CONSTRAINT triggers_archive_pkey PRIMARY KEY (lane, contact_id, occurred_at, id),
  CONSTRAINT triggers_check CHECK ((outcome = 'accepted') = (reason = '')),
  CONSTRAINT triggers_check1 CHECK ((outcome = 'accepted') = (enrollment_id IS NOT NULL)),
  CONSTRAINT triggers_outcome_check CHECK (outcome IN ('accepted', 'suppressed'))
) PARTITION BY RANGE (occurred_at);
CREATE INDEX triggers_archive_sequence_id_occurred_at_id_idx ON sequitur.triggers_archive (sequence_id, occurred_at, id);

CREATE TABLE sequitur.users (
  id uuid NOT NULL,
  name text NOT NULL,
  email text NOT NULL,
  email_verified boolean NOT NULL DEFAULT false,
  image text,
  role text NOT NULL DEFAULT 'administrator',
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT users_pkey PRIMARY KEY (id),
  CONSTRAINT users_email_key UNIQUE (email),
  CONSTRAINT users_email_check CHECK (email = lower(email)),
  CONSTRAINT users_name_check CHECK (name <> ''),
  CONSTRAINT users_role_check CHECK (role = 'administrator')
);

CREATE TABLE sequitur.verifications (
  id uuid NOT NULL,
  identifier text NOT NULL,
  value text NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT verifications_pkey PRIMARY KEY (id)
);
CREATE INDEX verifications_by_identifier ON sequitur.verifications (identifier);

CREATE TABLE sequitur.weekly_counts (
  calendar_id smallint NOT NULL,
  sequence_id uuid NOT NULL,
  day date NOT NULL,
  lane smallint NOT NULL,
  monday bigint NOT NULL DEFAULT 0,
  tuesday bigint NOT NULL DEFAULT 0,
  wednesday bigint NOT NULL DEFAULT 0,
  thursday bigint NOT NULL DEFAULT 0,
  friday bigint NOT NULL DEFAULT 0,
  saturday bigint NOT NULL DEFAULT 0,
  sunday bigint NOT NULL DEFAULT 0,
  CONSTRAINT weekly_counts_pkey PRIMARY KEY (calendar_id, day, sequence_id, lane),
  CONSTRAINT weekly_counts_day_check CHECK (EXTRACT(isodow FROM day) = 1::numeric)
) WITH (fillfactor = 80);

CREATE TABLE sequitur.workers (
  id uuid NOT NULL,
  seen_until timestamptz(3) NOT NULL,
  report jsonb NOT NULL DEFAULT '{}',
  CONSTRAINT workers_pkey PRIMARY KEY (id),
  CONSTRAINT workers_report_check CHECK (jsonb_typeof(report) = 'object')
);

CREATE TABLE sequitur.workspace_totals (
  lane smallint NOT NULL,
  executions bigint NOT NULL DEFAULT 0,
  people bigint NOT NULL DEFAULT 0,
  triggers bigint NOT NULL DEFAULT 0,
  suppressed bigint NOT NULL DEFAULT 0,
  CONSTRAINT workspace_totals_pkey PRIMARY KEY (lane)
) WITH (fillfactor = 50);

CREATE VIEW sequitur.all_enrollment_steps AS
 SELECT enrollment_steps.lane,
    enrollment_steps.entered_at,
    enrollment_steps.enrollment_id,
    enrollment_steps.step_id,
    enrollment_steps.sequence_id,
    enrollment_steps.contact_id,
    enrollment_steps.revision,
    enrollment_steps.source,
    enrollment_steps.outcome,
    enrollment_steps.reason,
    enrollment_steps.reply,
    enrollment_steps.at
   FROM sequitur.enrollment_steps
UNION ALL
 SELECT enrollment_steps_archive.lane,
    enrollment_steps_archive.entered_at,
    enrollment_steps_archive.enrollment_id,
    enrollment_steps_archive.step_id,
    enrollment_steps_archive.sequence_id,
    enrollment_steps_archive.contact_id,
    enrollment_steps_archive.revision,
    enrollment_steps_archive.source,
    enrollment_steps_archive.outcome,
    enrollment_steps_archive.reason,
    enrollment_steps_archive.reply,
    enrollment_steps_archive.at
   FROM sequitur.enrollment_steps_archive;

CREATE VIEW sequitur.all_executions AS
 SELECT sequence_executions.lane,
    sequence_executions.executed_at,
    sequence_executions.id,
    sequence_executions.sequence_id,
    sequence_executions.step_id,
    sequence_executions.revision,
    sequence_executions.enrollment_id,
    sequence_executions.contact_id,
    sequence_executions.recipient_email,
    sequence_executions.recipient_user_id,
    sequence_executions.context,
    sequence_executions.source,
    sequence_executions.via,
    sequence_executions.message_id
   FROM sequitur.sequence_executions
UNION ALL
 SELECT sequence_executions_archive.lane,
    sequence_executions_archive.executed_at,
    sequence_executions_archive.id,
    sequence_executions_archive.sequence_id,
    sequence_executions_archive.step_id,
    sequence_executions_archive.revision,
    sequence_executions_archive.enrollment_id,
    sequence_executions_archive.contact_id,
    sequence_executions_archive.recipient_email,
    sequence_executions_archive.recipient_user_id,
    sequence_executions_archive.context,
    sequence_executions_archive.source,
    sequence_executions_archive.via,
    sequence_executions_archive.message_id
   FROM sequitur.sequence_executions_archive;

CREATE VIEW sequitur.all_triggers AS
 SELECT triggers.lane,
    triggers.occurred_at,
    triggers.id,
    triggers.sequence_id,
    triggers.contact_id,
    triggers.source,
    triggers.outcome,
    triggers.reason,
    triggers.context,
    triggers.enrollment_id,
    triggers.request_key
   FROM sequitur.triggers
UNION ALL
 SELECT triggers_archive.lane,
    triggers_archive.occurred_at,
    triggers_archive.id,
    triggers_archive.sequence_id,
    triggers_archive.contact_id,
    triggers_archive.source,
    triggers_archive.outcome,
    triggers_archive.reason,
    triggers_archive.context,
    triggers_archive.enrollment_id,
    triggers_archive.request_key
   FROM sequitur.triggers_archive;

CREATE VIEW sequitur.funnel_counts AS
 SELECT d.lane,
    d.calendar_id,
    d.sequence_id,
    u.day,
    u.step_id,
    u.revision,
    u.source,
    u.outcome,
    u.reason,
    u.n
   FROM sequitur.funnel_deltas d
     CROSS JOIN LATERAL UNNEST(d.day, d.step_id, d.revision, d.source, d.outcome, d.reason, d.n) u(day, step_id, revision, source, outcome, reason, n);

CREATE VIEW sequitur.people_counts AS
 SELECT d.lane,
    d.calendar_id,
    u.day,
    u.prev_day,
    u.n
   FROM sequitur.people_deltas d
     CROSS JOIN LATERAL UNNEST(d.day, d.prev_day, d.n) u(day, prev_day, n);

CREATE VIEW sequitur.reach_counts AS
 SELECT d.lane,
    d.calendar_id,
    d.sequence_id,
    u.day,
    u.source,
    u.prev_day,
    u.prev_same_source_day,
    u.n
   FROM sequitur.reach_deltas d
     CROSS JOIN LATERAL UNNEST(d.day, d.source, d.prev_day, d.prev_same_source_day, d.n) u(day, source, prev_day, prev_same_source_day, n);

CREATE VIEW sequitur.step_counts AS
 SELECT d.lane,
    d.calendar_id,
    d.sequence_id,
    u.day,
    u.step_id,
    u.revision,
    u.source,
    u.n
   FROM sequitur.step_deltas d
     CROSS JOIN LATERAL UNNEST(d.day, d.step_id, d.revision, d.source, d.n) u(day, step_id, revision, source, n);
