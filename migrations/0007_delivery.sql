-- Mail that was kept instead of sent because no mail server is set up. Rows live 30 days.
CREATE TABLE sequitur.captured_mails (
  lane smallint NOT NULL,
  captured_at timestamptz(3) NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('step', 'test')),
  sequence_id uuid NOT NULL,
  step_id uuid NOT NULL,
  revision integer NOT NULL,
  contact_id uuid,
  message_id text NOT NULL,
  sender text NOT NULL,
  recipient text NOT NULL,
  subject text NOT NULL,
  html text NOT NULL,
  text text NOT NULL,
  headers jsonb NOT NULL,
  PRIMARY KEY (lane, id)
);
CREATE INDEX captured_mails_newest ON sequitur.captured_mails (captured_at DESC, id DESC);
CREATE INDEX captured_mails_of_contact ON sequitur.captured_mails (lane, contact_id);
