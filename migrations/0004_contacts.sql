-- People. Hot tables carry the lane in front of their key and no foreign keys: each write already holds
-- the lane's lock, and a check per row would cost it a lookup.

CREATE TABLE sequitur.contacts (
  lane smallint NOT NULL,
  id uuid NOT NULL,
  email text NOT NULL,
  name text,
  external_user_id text,
  properties jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(properties) = 'object'),
  time_zone text,
  unsubscribed_at timestamptz(3),
  suppressed_at timestamptz(3),
  suppressed_reason text CHECK (suppressed_reason IN ('bounced', 'complained', 'manual')),
  erased_at timestamptz(3),
  merged_into uuid,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  PRIMARY KEY (lane, id),
  CHECK ((suppressed_at IS NULL) = (suppressed_reason IS NULL))
);
CREATE INDEX contacts_newest ON sequitur.contacts (created_at DESC, id DESC);
CREATE INDEX contacts_by_email ON sequitur.contacts (email text_pattern_ops);
CREATE INDEX contacts_by_external_user_id ON sequitur.contacts (external_user_id) WHERE external_user_id IS NOT NULL;

-- From address to contact. `email_key` is a keyed hash of the normalised address, so that an erased
-- person's entry can stay (a later import then finds the pseudonymous contact) without naming anybody.
-- `lane` is the address's; the contact may live in another since an address can change and a lane cannot.
CREATE TABLE sequitur.contact_emails (
  lane smallint NOT NULL,
  email_key bytea NOT NULL,
  contact_lane smallint NOT NULL,
  contact_id uuid NOT NULL,
  normalisation smallint NOT NULL,
  created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (lane, email_key)
);
CREATE INDEX contact_emails_of_contact ON sequitur.contact_emails (contact_lane, contact_id);
