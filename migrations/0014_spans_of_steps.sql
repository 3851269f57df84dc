-- Two more kinds of few rows for long ranges. Steps by day, week and month, as reach has them. And for a range that
-- leaves nothing before it, the months of reach by whether there was one before, and not by its day.

CREATE TABLE sequitur.step_spans (
  calendar_id smallint NOT NULL,
  sequence_id uuid NOT NULL,
  span text NOT NULL CHECK (span IN ('day', 'week', 'month')),
  day date NOT NULL,
  step_id uuid NOT NULL,
  revision integer NOT NULL,
  source text NOT NULL,
  lane smallint NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (calendar_id, sequence_id, span, day, step_id, revision, source, lane)
);

-- What is there is moved by the server, as what comes.
ALTER TABLE sequitur.step_counts SET (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 20000);

ALTER TABLE sequitur.reach_spans DROP CONSTRAINT reach_spans_span_check,
  ADD CHECK (span IN ('day', 'week', 'month', 'firsts'));
ALTER TABLE sequitur.source_reach_spans DROP CONSTRAINT source_reach_spans_span_check,
  ADD CHECK (span IN ('day', 'week', 'month', 'firsts'));
ALTER TABLE sequitur.people_spans DROP CONSTRAINT people_spans_span_check,
  ADD CHECK (span IN ('day', 'week', 'month', 'firsts'));

INSERT INTO sequitur.reach_spans (calendar_id, sequence_id, span, day, prev_day, lane, n)
SELECT calendar_id, sequence_id, 'firsts', day, CASE WHEN isfinite(prev_day) THEN 'infinity' ELSE prev_day END, lane, sum(n)
FROM sequitur.reach_spans WHERE span = 'month' GROUP BY 1, 2, 4, 5, 6;

INSERT INTO sequitur.source_reach_spans (calendar_id, sequence_id, span, day, source, prev_day, lane, n)
SELECT calendar_id, sequence_id, 'firsts', day, source, CASE WHEN isfinite(prev_day) THEN 'infinity' ELSE prev_day END,
       lane, sum(n)
FROM sequitur.source_reach_spans WHERE span = 'month' GROUP BY 1, 2, 4, 5, 6, 7;

INSERT INTO sequitur.people_spans (calendar_id, span, day, prev_day, lane, n)
SELECT calendar_id, 'firsts', day, CASE WHEN isfinite(prev_day) THEN 'infinity' ELSE prev_day END, lane, sum(n)
FROM sequitur.people_spans WHERE span = 'month' GROUP BY 1, 3, 4, 5;
