-- What writers add to reach, people, steps and funnel was a row a key, found or made in a wide index each time, and
-- moved on seconds later. Now it is a row a transaction and sequence, with the keys side by side in arrays: written
-- without a look at what is there. Views show it row by row, under the names that the tables had. The funnel is moved
-- into spans as well.

CREATE TABLE sequitur.funnel_spans (
  calendar_id smallint NOT NULL,
  sequence_id uuid NOT NULL,
  span text NOT NULL CHECK (span IN ('day', 'week', 'month')),
  day date NOT NULL,
  step_id uuid NOT NULL,
  revision integer NOT NULL,
  source text NOT NULL,
  outcome text NOT NULL,
  reason text NOT NULL,
  lane smallint NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (calendar_id, sequence_id, span, day, step_id, revision, source, outcome, reason, lane) INCLUDE (n)
) WITH (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 5000);

CREATE TABLE sequitur.reach_deltas (
  lane smallint NOT NULL,
  id uuid NOT NULL,
  calendar_id smallint NOT NULL,
  sequence_id uuid NOT NULL,
  day date[] NOT NULL,
  source text[] NOT NULL,
  prev_day date[] NOT NULL,
  prev_same_source_day date[] NOT NULL,
  n bigint[] NOT NULL,
  PRIMARY KEY (sequence_id, calendar_id, lane, id)
) WITH (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 5000);
INSERT INTO sequitur.reach_deltas (lane, id, calendar_id, sequence_id, day, source, prev_day, prev_same_source_day, n)
SELECT lane, gen_random_uuid(), calendar_id, sequence_id, array_agg(day), array_agg(source), array_agg(prev_day), array_agg(prev_same_source_day), array_agg(n)
FROM sequitur.reach_counts GROUP BY lane, calendar_id, sequence_id;
DROP TABLE sequitur.reach_counts;
CREATE VIEW sequitur.reach_counts AS
  SELECT d.lane, d.calendar_id, d.sequence_id, u.day, u.source, u.prev_day, u.prev_same_source_day, u.n
  FROM sequitur.reach_deltas d
  CROSS JOIN LATERAL unnest(d.day, d.source, d.prev_day, d.prev_same_source_day, d.n) AS u (day, source, prev_day, prev_same_source_day, n);

CREATE TABLE sequitur.people_deltas (
  lane smallint NOT NULL,
  id uuid NOT NULL,
  calendar_id smallint NOT NULL,
  day date[] NOT NULL,
  prev_day date[] NOT NULL,
  n bigint[] NOT NULL,
  PRIMARY KEY (calendar_id, lane, id)
) WITH (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 5000);
INSERT INTO sequitur.people_deltas (lane, id, calendar_id, day, prev_day, n)
SELECT lane, gen_random_uuid(), calendar_id, array_agg(day), array_agg(prev_day), array_agg(n)
FROM sequitur.people_counts GROUP BY lane, calendar_id;
DROP TABLE sequitur.people_counts;
CREATE VIEW sequitur.people_counts AS
  SELECT d.lane, d.calendar_id, u.day, u.prev_day, u.n
  FROM sequitur.people_deltas d
  CROSS JOIN LATERAL unnest(d.day, d.prev_day, d.n) AS u (day, prev_day, n);

CREATE TABLE sequitur.step_deltas (
  lane smallint NOT NULL,
  id uuid NOT NULL,
  calendar_id smallint NOT NULL,
  sequence_id uuid NOT NULL,
  day date[] NOT NULL,
  step_id uuid[] NOT NULL,
  revision integer[] NOT NULL,
  source text[] NOT NULL,
  n bigint[] NOT NULL,
  PRIMARY KEY (sequence_id, calendar_id, lane, id)
) WITH (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 5000);
INSERT INTO sequitur.step_deltas (lane, id, calendar_id, sequence_id, day, step_id, revision, source, n)
SELECT lane, gen_random_uuid(), calendar_id, sequence_id, array_agg(day), array_agg(step_id), array_agg(revision), array_agg(source), array_agg(n)
FROM sequitur.step_counts GROUP BY lane, calendar_id, sequence_id;
DROP TABLE sequitur.step_counts;
CREATE VIEW sequitur.step_counts AS
  SELECT d.lane, d.calendar_id, d.sequence_id, u.day, u.step_id, u.revision, u.source, u.n
  FROM sequitur.step_deltas d
  CROSS JOIN LATERAL unnest(d.day, d.step_id, d.revision, d.source, d.n) AS u (day, step_id, revision, source, n);

CREATE TABLE sequitur.funnel_deltas (
  lane smallint NOT NULL,
  id uuid NOT NULL,
  calendar_id smallint NOT NULL,
  sequence_id uuid NOT NULL,
  day date[] NOT NULL,
  step_id uuid[] NOT NULL,
  revision integer[] NOT NULL,
  source text[] NOT NULL,
  outcome text[] NOT NULL,
  reason text[] NOT NULL,
  n bigint[] NOT NULL,
  PRIMARY KEY (sequence_id, calendar_id, lane, id)
) WITH (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 5000);
INSERT INTO sequitur.funnel_deltas (lane, id, calendar_id, sequence_id, day, step_id, revision, source, outcome, reason, n)
SELECT lane, gen_random_uuid(), calendar_id, sequence_id, array_agg(day), array_agg(step_id), array_agg(revision), array_agg(source), array_agg(outcome), array_agg(reason), array_agg(n)
FROM sequitur.funnel_counts GROUP BY lane, calendar_id, sequence_id;
DROP TABLE sequitur.funnel_counts;
CREATE VIEW sequitur.funnel_counts AS
  SELECT d.lane, d.calendar_id, d.sequence_id, u.day, u.step_id, u.revision, u.source, u.outcome, u.reason, u.n
  FROM sequitur.funnel_deltas d
  CROSS JOIN LATERAL unnest(d.day, d.step_id, d.revision, d.source, d.outcome, d.reason, d.n) AS u (day, step_id, revision, source, outcome, reason, n);
