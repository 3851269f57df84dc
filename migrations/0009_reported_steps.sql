-- What outside senders call the steps that they report. The id is derived from sequence and name, so this table
-- only says the way back; it is written before the first execution that bears the id. Takes no lock that anybody
-- waits for: it creates one small table.
CREATE TABLE sequitur.reported_steps (
  id uuid PRIMARY KEY,
  sequence_id uuid NOT NULL REFERENCES sequitur.sequences,
  name text NOT NULL CHECK (name <> '' AND length(name) <= 200),
  UNIQUE (sequence_id, name)
);
