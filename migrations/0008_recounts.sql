-- What each run of recount found: the newest is what the dashboard and GET /api/recount report.
CREATE TABLE sequitur.recounts (
  id uuid PRIMARY KEY,
  started_at timestamptz(3) NOT NULL,
  finished_at timestamptz(3) NOT NULL,
  trigger text NOT NULL CHECK (trigger IN ('command', 'nightly', 'request')),
  keys bigint NOT NULL,
  differing bigint NOT NULL,
  repaired boolean NOT NULL,
  counters jsonb NOT NULL
);
CREATE INDEX recounts_newest ON sequitur.recounts (started_at DESC);
