-- Work orders, every step with who and when, and the alarms that belong to each.

CREATE SEQUENCE work_order_number;

CREATE TABLE work_order (
  id                text PRIMARY KEY,
  number            text NOT NULL UNIQUE,
  kind              text NOT NULL CHECK (kind IN ('emergency', 'urgent', 'repair')),
  state             text NOT NULL,
  priority          smallint NOT NULL CHECK (priority BETWEEN 1 AND 4),
  title_zh          text NOT NULL,
  title_en          text NOT NULL,
  description_zh    text NOT NULL,
  description_en    text NOT NULL,
  checklist         jsonb NOT NULL,
  equipment_id      text REFERENCES equipment (id),
  equipment_name_zh text,
  equipment_name_en text,
  site              text NOT NULL,
  building          text NOT NULL,
  floor             text NOT NULL,
  room              text NOT NULL,
  -- Null for orders that people wrote.
  failure_class     text,
  skill             text NOT NULL,
  assignee          text,
  created_at        timestamptz NOT NULL,
  created_by        text NOT NULL,
  updated_at        timestamptz NOT NULL,
  -- Grows with every change; memory adopts a change only when it is newer.
  version           integer NOT NULL
);

-- One open order per asset and failure; alarms of the same failure are linked to it.
CREATE UNIQUE INDEX work_order_one_open ON work_order (equipment_id, failure_class)
  WHERE failure_class IS NOT NULL AND state NOT IN ('CLOSED', 'CANCELLED');
CREATE INDEX work_order_by_time ON work_order (created_at DESC, id DESC);
CREATE INDEX work_order_open ON work_order (state) WHERE state NOT IN ('CLOSED', 'CANCELLED');

CREATE TABLE work_order_journal (
  seq           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  work_order_id text NOT NULL REFERENCES work_order (id),
  step          text NOT NULL,
  from_state    text,
  to_state      text NOT NULL,
  actor         text NOT NULL CHECK (actor <> ''),
  at            timestamptz NOT NULL,
  client_time   timestamptz,
  assignee      text,
  reason        text,
  note          text,
  request_id    text
);
CREATE INDEX work_order_journal_by_order ON work_order_journal (work_order_id, seq);
-- A step sent twice by a phone that lost the answer happens once.
CREATE UNIQUE INDEX work_order_journal_request ON work_order_journal (work_order_id, request_id)
  WHERE request_id IS NOT NULL;

CREATE FUNCTION work_order_journal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the work-order journal is append-only';
END $$;
CREATE TRIGGER work_order_journal_append_only BEFORE UPDATE OR DELETE ON work_order_journal
  FOR EACH ROW EXECUTE FUNCTION work_order_journal_append_only();

CREATE TABLE work_order_alarm (
  work_order_id text NOT NULL REFERENCES work_order (id),
  alarm_id      text NOT NULL,
  linked_at     timestamptz NOT NULL,
  PRIMARY KEY (work_order_id, alarm_id)
);
CREATE INDEX work_order_alarm_by_alarm ON work_order_alarm (alarm_id);
