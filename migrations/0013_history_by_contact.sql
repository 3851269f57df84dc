-- What happened is found by whom it happened to: one index less to write on each of the three tables that grow, and
-- the contact determines the lane, so a row is still named by its own id within its instant.

ALTER TABLE sequitur.sequence_executions
  DROP CONSTRAINT sequence_executions_pkey,
  ADD PRIMARY KEY (lane, contact_id, executed_at, id);
DROP INDEX sequitur.sequence_executions_of_contact;

ALTER TABLE sequitur.sequence_executions_archive
  DROP CONSTRAINT sequence_executions_archive_pkey,
  ADD PRIMARY KEY (lane, contact_id, executed_at, id);
DROP INDEX sequitur.sequence_executions_archive_lane_contact_id_executed_at_id_idx;

ALTER TABLE sequitur.triggers
  DROP CONSTRAINT triggers_pkey,
  ADD PRIMARY KEY (lane, contact_id, occurred_at, id);
DROP INDEX sequitur.triggers_of_contact;

ALTER TABLE sequitur.triggers_archive
  DROP CONSTRAINT triggers_archive_pkey,
  ADD PRIMARY KEY (lane, contact_id, occurred_at, id);
DROP INDEX sequitur.triggers_archive_lane_contact_id_occurred_at_idx;

ALTER TABLE sequitur.enrollment_steps
  DROP CONSTRAINT enrollment_steps_pkey,
  ADD PRIMARY KEY (lane, enrollment_id, entered_at, step_id);
DROP INDEX sequitur.enrollment_steps_of_enrollment;

ALTER TABLE sequitur.enrollment_steps_archive
  DROP CONSTRAINT enrollment_steps_archive_pkey,
  ADD PRIMARY KEY (lane, enrollment_id, entered_at, step_id);
DROP INDEX sequitur.enrollment_steps_archive_lane_enrollment_id_idx;
