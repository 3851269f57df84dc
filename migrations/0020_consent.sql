-- What people want and have said so: goals that end a run, and addresses that are confirmed before they get mail.
-- Small tables, or changes that touch no row but those of the few promo pages: nobody waits for long.

-- An event that ends a run of its sequence. `filters` as in event_triggers.
CREATE TABLE sequitur.sequence_goals (
  id uuid PRIMARY KEY,
  sequence_id uuid NOT NULL REFERENCES sequitur.sequences,
  event_name text NOT NULL CHECK (event_name <> '' AND length(event_name) <= 128),
  filters jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(filters) = 'array'),
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL
);
CREATE INDEX sequence_goals_by_name ON sequitur.sequence_goals (event_name);
CREATE INDEX sequence_goals_of_sequence ON sequitur.sequence_goals (sequence_id);

-- Which events that bear an id were goals already, and how many runs they ended. By address and not by contact, since
-- an event may speak of somebody who is not known yet.
CREATE TABLE sequitur.goal_keys (
  lane smallint NOT NULL,
  email_key bytea NOT NULL,
  sequence_id uuid NOT NULL,
  request_key text NOT NULL,
  ended integer NOT NULL,
  created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (lane, email_key, sequence_id, request_key)
);

-- Null texts are made from the title.
ALTER TABLE sequitur.promo_pages
  ADD COLUMN double_opt_in boolean NOT NULL DEFAULT false,
  ADD COLUMN confirmation_subject text,
  ADD COLUMN confirmation_text text;

-- Somebody who filled in the form of a page with double_opt_in, in the lane of their contact or, where there is none
-- yet, of their address. Until the link is followed it holds what was typed, for a week; from then on who confirmed
-- what and when, for good, and no address.
-- The mail with the link is due at `due_at` (null: it was sent, or is not to be sent any more), and claimed like a step.
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
  PRIMARY KEY (lane, id),
  CHECK ((confirmed_at IS NULL) = (email IS NOT NULL)),
  CHECK (confirmed_at IS NULL OR (contact_id IS NOT NULL AND name IS NULL AND due_at IS NULL)),
  CHECK ((claimed_until IS NULL) = (claimed_epoch IS NULL))
);
CREATE INDEX confirmations_of_address ON sequitur.confirmations (lane, email_key, asked_at);
CREATE INDEX confirmations_ready ON sequitur.confirmations (lane, (greatest(due_at, claimed_until)))
  WHERE due_at IS NOT NULL;

-- A mail with the link of a confirmation comes from no step.
ALTER TABLE sequitur.captured_mails
  DROP CONSTRAINT captured_mails_kind_check,
  ADD CHECK (kind IN ('step', 'test', 'confirmation')),
  ALTER COLUMN step_id DROP NOT NULL,
  ALTER COLUMN revision DROP NOT NULL,
  ADD CHECK ((kind = 'confirmation') = (step_id IS NULL)),
  ADD CHECK ((kind = 'confirmation') = (revision IS NULL));
