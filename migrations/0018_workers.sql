-- Who sends, so that lanes can be shared out evenly. No foreign key: see 0011.
CREATE TABLE sequitur.workers (
  id uuid PRIMARY KEY,
  seen_until timestamptz(3) NOT NULL
);
