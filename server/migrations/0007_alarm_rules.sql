-- Flapping alarms, acknowledgements that are overdue, and the first of a group; all of it follows from the journal.

ALTER TABLE alarm
  ADD COLUMN chattering           boolean NOT NULL DEFAULT false,
  ADD COLUMN activations          integer NOT NULL DEFAULT 1,
  -- Announced, and not acknowledged since.
  ADD COLUMN unacknowledged_since timestamptz,
  -- Activation that was noted as not acknowledged in time; 0 none.
  ADD COLUMN overdue_seq          integer NOT NULL DEFAULT 0,
  ADD COLUMN first_out            boolean NOT NULL DEFAULT false;

-- What is open was told to people before there was a clock for it.
UPDATE alarm SET activations = activation_seq;
UPDATE alarm SET unacknowledged_since = detected_at WHERE closed_at IS NULL AND NOT acked;
