-- What equipment hangs on: the bus it is read over, and what feeds it with power, water or heat.

-- Device id of the bus at the same gateway; empty when it shares none.
ALTER TABLE equipment ADD COLUMN bus text NOT NULL DEFAULT '';

CREATE TABLE equipment_feed (
  feeder_id  text NOT NULL REFERENCES equipment (id),
  fed_id     text NOT NULL REFERENCES equipment (id),
  medium     text NOT NULL CHECK (medium IN ('power', 'water', 'heat')),
  entered_by text NOT NULL CHECK (entered_by <> ''),
  entered_at timestamptz NOT NULL,
  PRIMARY KEY (feeder_id, fed_id, medium),
  CHECK (feeder_id <> fed_id)
);
CREATE INDEX equipment_feed_by_fed ON equipment_feed (fed_id);
