-- Limits of sending: by second and by day, of all mail and of a recipient domain's.

-- Where the mail of a key has got to: '*' is all mail, any other key a recipient domain. Only keys that have a limit get
-- a row. It is small and belongs to no lane; whoever updates several rows locks them in the order of their keys.
CREATE TABLE sequitur.send_slots (
  key text PRIMARY KEY,
  -- To the microsecond, unlike all other instants: a thousand a second would be rounded to another rate.
  next_at timestamptz NOT NULL DEFAULT now(),
  -- A reporting day, and how many mails were let go on it.
  day date NOT NULL DEFAULT '-infinity',
  sent_today integer NOT NULL DEFAULT 0,
  refused_at timestamptz(3)
) WITH (fillfactor = 50);

-- The domain whose limit keeps a due step back. Such a row is held as well, so that it is not among those that are ready.
-- Reads the table once for the constraint and once for each index, and keeps writers out meanwhile.
ALTER TABLE sequitur.enrollments
  ADD COLUMN limited_by text,
  ADD CHECK (limited_by IS NULL OR held_at IS NOT NULL);
CREATE INDEX enrollments_limited ON sequitur.enrollments (lane, limited_by, due_at) WHERE limited_by IS NOT NULL;
-- Those that wait for their sequence are looked for apart from those that wait for a limit, which may be very many.
DROP INDEX sequitur.enrollments_held;
CREATE INDEX enrollments_held ON sequitur.enrollments (lane, sequence_id)
  WHERE held_at IS NOT NULL AND limited_by IS NULL;
