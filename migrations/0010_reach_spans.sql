-- Distinct people of long ranges, from few rows. What writers add to reach_counts and people_counts is moved here
-- every few seconds, added up by day, by week (Monday first) and by month; `day` is the first of each. A range is
-- read from the months that lie in it, the weeks beside them, the days that are left, and what was not moved yet.

CREATE TABLE sequitur.reach_spans (
  calendar_id smallint NOT NULL,
  sequence_id uuid NOT NULL,
  span text NOT NULL CHECK (span IN ('day', 'week', 'month')),
  day date NOT NULL,
  prev_day date NOT NULL,
  lane smallint NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (calendar_id, sequence_id, span, day, prev_day, lane)
);

CREATE TABLE sequitur.source_reach_spans (
  calendar_id smallint NOT NULL,
  sequence_id uuid NOT NULL,
  span text NOT NULL CHECK (span IN ('day', 'week', 'month')),
  day date NOT NULL,
  source text NOT NULL,
  prev_day date NOT NULL,
  lane smallint NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (calendar_id, sequence_id, span, day, source, prev_day, lane)
);

CREATE TABLE sequitur.people_spans (
  calendar_id smallint NOT NULL,
  span text NOT NULL CHECK (span IN ('day', 'week', 'month')),
  day date NOT NULL,
  prev_day date NOT NULL,
  lane smallint NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (calendar_id, span, day, prev_day, lane)
);

-- Rows come and go here all the time now: cleaned up by their number, not by their share of what is left.
ALTER TABLE sequitur.reach_counts SET (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 20000);
ALTER TABLE sequitur.people_counts SET (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 20000);
