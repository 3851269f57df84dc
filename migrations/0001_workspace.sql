-- The workspace itself: settings, the lanes that all contacts are divided into, and the calendars in
-- which counters name their days. Small tables; taken locks last as long as creating them.

CREATE TABLE sequitur.settings (
  key text PRIMARY KEY,
  value jsonb NOT NULL,
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);

-- One row a lane, made once when the database is set up. Every write to a lane's contacts, enrollments,
-- executions and counters first locks its row here; `owner`, `lease_until` and `epoch` say which worker
-- sends for it.
CREATE TABLE sequitur.lanes (
  lane smallint PRIMARY KEY CHECK (lane >= 0),
  owner uuid,
  lease_until timestamptz(3),
  epoch bigint NOT NULL DEFAULT 0
);

-- A calendar turns instants into reporting days. There is one active calendar; a change of zone builds a
-- second one beside it and then retires the first.
CREATE TABLE sequitur.calendars (
  id smallint PRIMARY KEY,
  time_zone text NOT NULL,
  status text NOT NULL CHECK (status IN ('building', 'active', 'retired')),
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX calendars_one_active ON sequitur.calendars (status) WHERE status = 'active';

-- The lanes in which a calendar's counters are complete, and which writers therefore keep up to date.
CREATE TABLE sequitur.calendar_lanes (
  lane smallint NOT NULL REFERENCES sequitur.lanes,
  calendar_id smallint NOT NULL REFERENCES sequitur.calendars,
  built_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (lane, calendar_id)
);
