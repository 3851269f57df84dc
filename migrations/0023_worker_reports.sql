-- What keeps a worker's mail from getting out, for the pages of processes that send nothing themselves.
ALTER TABLE sequitur.workers ADD COLUMN report jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(report) = 'object');
