-- Who may use the workspace, and what they changed. Small tables; nothing here is read while mail is sent.
-- The sign-in library reads and writes users, sessions, accounts and verifications under these names.

CREATE TABLE sequitur.users (
  id uuid PRIMARY KEY,
  name text NOT NULL CHECK (name <> ''),
  email text NOT NULL UNIQUE CHECK (email = lower(email)),
  email_verified boolean NOT NULL DEFAULT false,
  image text,
  role text NOT NULL DEFAULT 'administrator' CHECK (role IN ('administrator')),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);

-- A signed-in browser. Deleting the row signs it out, and deleting a user all of theirs.
CREATE TABLE sequitur.sessions (
  id uuid PRIMARY KEY,
  token text NOT NULL UNIQUE,
  user_id uuid NOT NULL REFERENCES sequitur.users ON DELETE CASCADE,
  expires_at timestamptz(3) NOT NULL,
  ip_address text,
  user_agent text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX sessions_of_user ON sequitur.sessions (user_id);
CREATE INDEX sessions_by_expiry ON sequitur.sessions (expires_at);

-- A way to sign in as a user: with provider 'credential', a password, kept as its scrypt hash.
CREATE TABLE sequitur.accounts (
  id uuid PRIMARY KEY,
  account_id text NOT NULL,
  provider_id text NOT NULL,
  user_id uuid NOT NULL REFERENCES sequitur.users ON DELETE CASCADE,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz(3),
  refresh_token_expires_at timestamptz(3),
  scope text,
  password text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (provider_id, account_id)
);
CREATE INDEX accounts_of_user ON sequitur.accounts (user_id);

CREATE TABLE sequitur.verifications (
  id uuid PRIMARY KEY,
  identifier text NOT NULL,
  value text NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX verifications_by_identifier ON sequitur.verifications (identifier);

-- A program's key. The key itself is shown once and not kept; `prefix` is how its owner recognises it.
CREATE TABLE sequitur.api_keys (
  id uuid PRIMARY KEY,
  name text NOT NULL CHECK (name <> ''),
  prefix text NOT NULL,
  hash bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  -- Null: made by a command, or by somebody who has been removed since.
  created_by uuid REFERENCES sequitur.users ON DELETE SET NULL,
  last_used_at timestamptz(3),
  revoked_at timestamptz(3)
);
CREATE INDEX api_keys_of_user ON sequitur.api_keys (created_by);

-- Who changed what. Names are copied, so that an entry still reads after its actor or object is gone.
CREATE TABLE sequitur.audit_log (
  id uuid PRIMARY KEY,
  at timestamptz(3) NOT NULL DEFAULT now(),
  actor_kind text NOT NULL CHECK (actor_kind IN ('administrator', 'api_key', 'system')),
  actor_id text,
  actor_name text,
  action text NOT NULL,
  object_type text,
  object_id text,
  detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_log_newest ON sequitur.audit_log (at DESC, id DESC);
