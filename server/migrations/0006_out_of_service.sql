-- Alarms out of service. They may be so without an open occurrence, so the fact cannot live in the table of alarms.

CREATE TABLE alarm_out_of_service (
  equipment_id text NOT NULL REFERENCES equipment (id),
  alarm        text NOT NULL,
  actor        text NOT NULL CHECK (actor <> ''),
  reason       text NOT NULL CHECK (reason <> ''),
  -- Number of the work order or permit that covers the work.
  reference    text NOT NULL CHECK (reference <> ''),
  review_at    timestamptz NOT NULL,
  since        timestamptz NOT NULL,
  PRIMARY KEY (equipment_id, alarm)
);

-- How often the present activation was announced again after its acknowledgement.
ALTER TABLE alarm ADD COLUMN re_alarms integer NOT NULL DEFAULT 0;
