-- When the email of a step goes out, whom it passes over, and how those who were held go on after a pause. Columns
-- without a default, or with a constant one: no table is rewritten, and each is locked for a moment only.

ALTER TABLE sequitur.step_revisions
  -- 'HH:MM': after the delay, the email waits until the contact's clock reads so.
  ADD COLUMN send_at text CHECK (send_at ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  -- An array of {property, operator, value}; where there are any and all hold, the step is skipped.
  ADD COLUMN skip_if jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(skip_if) = 'array');

ALTER TABLE sequitur.sequences
  -- {days, from, to}, by the contact's clock; null: at any time.
  ADD COLUMN send_window jsonb CHECK (jsonb_typeof(send_window) = 'object'),
  -- When it last ceased to be active; null while it never did.
  ADD COLUMN paused_at timestamptz(3);

-- In which order and at what distance the emails go out that fell due while a sequence was not active: as the last
-- pause left them, read once. A small table, read by every process.
CREATE TABLE sequitur.resumptions (
  sequence_id uuid PRIMARY KEY REFERENCES sequitur.sequences,
  resumed_at timestamptz(3) NOT NULL,
  overdue integer NOT NULL CHECK (overdue >= 0),
  -- [due_at in ms since 1970, enrollment], in order: every one of those overdue, or as many at even distances.
  marks jsonb NOT NULL CHECK (jsonb_typeof(marks) = 'array')
);

-- Those that are paused already go on one by one as well. Their last change is the latest moment at which that began.
UPDATE sequitur.sequences SET paused_at = updated_at
WHERE status IN ('paused', 'archived') AND activated_at IS NOT NULL;
