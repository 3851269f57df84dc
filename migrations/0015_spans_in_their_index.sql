-- What ranges are added up from is read from the index alone, which has a day's rows side by side: the table's own
-- pages were most of the time of an answer. For that, the pages must be known to hold nothing but what all may see, so
-- spans are cleaned up by the number of changes and not by their share of a long history.

ALTER TABLE sequitur.reach_spans DROP CONSTRAINT reach_spans_pkey,
  ADD PRIMARY KEY (calendar_id, sequence_id, span, day, prev_day, lane) INCLUDE (n);
ALTER TABLE sequitur.source_reach_spans DROP CONSTRAINT source_reach_spans_pkey,
  ADD PRIMARY KEY (calendar_id, sequence_id, span, day, source, prev_day, lane) INCLUDE (n);
ALTER TABLE sequitur.people_spans DROP CONSTRAINT people_spans_pkey,
  ADD PRIMARY KEY (calendar_id, span, day, prev_day, lane) INCLUDE (n);
ALTER TABLE sequitur.step_spans DROP CONSTRAINT step_spans_pkey,
  ADD PRIMARY KEY (calendar_id, sequence_id, span, day, step_id, revision, source, lane) INCLUDE (n);

ALTER TABLE sequitur.reach_spans SET (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 5000);
ALTER TABLE sequitur.source_reach_spans SET (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 5000);
ALTER TABLE sequitur.people_spans SET (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 5000);
ALTER TABLE sequitur.step_spans SET (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 5000);
