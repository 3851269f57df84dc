-- The cards ask for the last 30 days of all sequences, however far back any of them goes.
ALTER TABLE sequitur.daily_counts
  DROP CONSTRAINT daily_counts_pkey,
  ADD PRIMARY KEY (calendar_id, day, sequence_id, lane);
