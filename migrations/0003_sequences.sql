-- What a sequence is: its steps with every revision of their content, and what starts it.
-- Small tables, read by every process and written by hand in the dashboard.

CREATE TABLE sequitur.sequences (
  id uuid PRIMARY KEY,
  key text NOT NULL UNIQUE CHECK (key ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(key) <= 64),
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  status text NOT NULL CHECK (status IN ('draft', 'active', 'paused', 'archived')),
  reentry text NOT NULL CHECK (reentry IN ('once', 'once_at_a_time', 'after_days', 'every_time')),
  reentry_days integer CHECK (reentry_days BETWEEN 1 AND 3650),
  -- Names the built-in example that it was made from, until somebody edits it.
  example text,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  activated_at timestamptz(3),
  CHECK ((reentry = 'after_days') = (reentry_days IS NOT NULL))
);

-- A step keeps its id through every edit; `position` orders the steps that are not removed, from 0.
CREATE TABLE sequitur.sequence_steps (
  id uuid PRIMARY KEY,
  sequence_id uuid NOT NULL REFERENCES sequitur.sequences,
  position integer NOT NULL CHECK (position >= 0),
  revision integer NOT NULL CHECK (revision >= 1),
  created_at timestamptz(3) NOT NULL,
  removed_at timestamptz(3)
);
CREATE INDEX sequence_steps_in_order ON sequitur.sequence_steps (sequence_id, position);

CREATE TABLE sequitur.step_revisions (
  step_id uuid NOT NULL REFERENCES sequitur.sequence_steps,
  revision integer NOT NULL CHECK (revision >= 1),
  delay_seconds integer NOT NULL CHECK (delay_seconds BETWEEN 0 AND 315360000),
  subject text NOT NULL,
  html text NOT NULL,
  -- Null: the text part is derived from the HTML.
  text text,
  created_at timestamptz(3) NOT NULL,
  created_by text,
  PRIMARY KEY (step_id, revision)
);

CREATE TABLE sequitur.promo_pages (
  id uuid PRIMARY KEY,
  slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 64),
  sequence_id uuid NOT NULL REFERENCES sequitur.sequences,
  title text NOT NULL,
  intro text NOT NULL,
  button_label text NOT NULL,
  thanks_title text NOT NULL,
  thanks_text text NOT NULL,
  closed_text text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL
);
CREATE INDEX promo_pages_of_sequence ON sequitur.promo_pages (sequence_id);

-- `filters` is an array of {property, operator, value}; all must hold for the event to start the sequence.
CREATE TABLE sequitur.event_triggers (
  id uuid PRIMARY KEY,
  event_name text NOT NULL CHECK (event_name <> '' AND length(event_name) <= 128),
  sequence_id uuid NOT NULL REFERENCES sequitur.sequences,
  filters jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(filters) = 'array'),
  enabled boolean NOT NULL DEFAULT true,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL
);
CREATE INDEX event_triggers_by_name ON sequitur.event_triggers (event_name) WHERE enabled;
CREATE INDEX event_triggers_of_sequence ON sequitur.event_triggers (sequence_id);
