-- What came back of mail: bounces, told by the mail server in the dialogue or reported later, and complaints.
-- A row names its contact by id alone. `reply` is the only column in which an address can stand, since servers repeat
-- the one that they refuse: erasing a person empties it, and nothing else here.
CREATE TABLE sequitur.feedback (
  lane smallint NOT NULL,
  contact_id uuid NOT NULL,
  -- Made of what identifies it, so that what is told twice is kept once.
  id uuid NOT NULL,
  type text NOT NULL CHECK (type IN ('bounce', 'complaint')),
  kind text CHECK (kind IN ('hard', 'soft')),
  via text NOT NULL CHECK (via IN ('smtp', 'reported')),
  -- Which mail it speaks of; all null where only the address is known. `execution_id` is null as well where the mail
  -- was never accepted.
  sequence_id uuid,
  enrollment_id uuid,
  step_id uuid,
  revision integer,
  execution_id uuid,
  reason text NOT NULL DEFAULT '',
  reply text,
  occurred_at timestamptz(3) NOT NULL,
  recorded_at timestamptz(3) NOT NULL,
  PRIMARY KEY (lane, contact_id, id),
  CHECK ((type = 'bounce') = (kind IS NOT NULL)),
  CHECK ((enrollment_id IS NULL) = (step_id IS NULL)),
  CHECK ((enrollment_id IS NULL) = (sequence_id IS NULL))
);
CREATE INDEX feedback_of_sequence ON sequitur.feedback (sequence_id, occurred_at) WHERE sequence_id IS NOT NULL;
