-- Remote commands: who wanted what and why, when it was sent, and what came of it. Never deleted, never sent twice.

CREATE TABLE command (
  id             text PRIMARY KEY,
  seq            bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  equipment_id   text NOT NULL,
  point          text NOT NULL,
  value          double precision NOT NULL,
  -- Last good value when it was asked for.
  value_before   double precision,
  reason         text NOT NULL,
  requested_by   text NOT NULL,
  requested_at   timestamptz NOT NULL,
  -- The client's own id of its request: the same one again is the same command.
  request_id     text,
  two_persons    boolean NOT NULL,
  approved_by    text,
  sent_at        timestamptz,
  -- Not executed at or after it.
  expires_at     timestamptz,
  -- Requested: gone when nobody has approved by then. Sent: unknown when no outcome has come by then.
  deadline_at    timestamptz NOT NULL,
  state          text NOT NULL CHECK (state IN ('requested', 'sent', 'confirmed', 'failed', 'unknown', 'expired', 'refused')),
  outcome_code   text,
  outcome        text,
  read_back      double precision,
  ended_at       timestamptz,
  UNIQUE (requested_by, request_id),
  CHECK (state = 'requested' OR sent_at IS NOT NULL OR state = 'expired'),
  CHECK (approved_by IS NULL OR approved_by <> requested_by)
);
CREATE INDEX command_of_equipment ON command (equipment_id, seq DESC);
CREATE INDEX command_open ON command (deadline_at) WHERE state IN ('requested', 'sent');
