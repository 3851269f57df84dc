-- The executions of a day move into a row of their week, with a column for each weekday: the summary shows a month of
-- every sequence, and reads five rows of each instead of thirty. Triggers by day are in trigger_counts.

CREATE TABLE sequitur.weekly_counts (
  calendar_id smallint NOT NULL,
  sequence_id uuid NOT NULL,
  -- The week's Monday.
  day date NOT NULL CHECK (extract(isodow FROM day) = 1),
  lane smallint NOT NULL,
  monday bigint NOT NULL DEFAULT 0,
  tuesday bigint NOT NULL DEFAULT 0,
  wednesday bigint NOT NULL DEFAULT 0,
  thursday bigint NOT NULL DEFAULT 0,
  friday bigint NOT NULL DEFAULT 0,
  saturday bigint NOT NULL DEFAULT 0,
  sunday bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (calendar_id, day, sequence_id, lane)
) WITH (fillfactor = 80);

INSERT INTO sequitur.weekly_counts
SELECT calendar_id, sequence_id, date_trunc('week', day::timestamp)::date, lane,
       coalesce(sum(executions) FILTER (WHERE extract(isodow FROM day) = 1), 0),
       coalesce(sum(executions) FILTER (WHERE extract(isodow FROM day) = 2), 0),
       coalesce(sum(executions) FILTER (WHERE extract(isodow FROM day) = 3), 0),
       coalesce(sum(executions) FILTER (WHERE extract(isodow FROM day) = 4), 0),
       coalesce(sum(executions) FILTER (WHERE extract(isodow FROM day) = 5), 0),
       coalesce(sum(executions) FILTER (WHERE extract(isodow FROM day) = 6), 0),
       coalesce(sum(executions) FILTER (WHERE extract(isodow FROM day) = 7), 0)
FROM sequitur.daily_counts
WHERE executions <> 0
GROUP BY 1, 2, 3, 4;

DROP TABLE sequitur.daily_counts;
