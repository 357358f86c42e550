-- Alarms: open and past occurrences, running delays, and the journal from which they can be rebuilt.

CREATE TABLE alarm (
  id               text PRIMARY KEY,
  equipment_id     text NOT NULL REFERENCES equipment (id),
  alarm            text NOT NULL,
  -- Fingerprint of the definition the occurrence was last judged by.
  definition       text NOT NULL,
  priority         smallint NOT NULL CHECK (priority BETWEEN 1 AND 4),
  -- Derived from the facts; kept for queries and reports only.
  state            text NOT NULL,
  cond             boolean NOT NULL,
  acked            boolean NOT NULL,
  latched          boolean NOT NULL,
  shelf            jsonb,
  suppressed_by    text[] NOT NULL DEFAULT '{}',
  oos              jsonb,
  uncertain        boolean NOT NULL,
  activation_seq   integer NOT NULL,
  opened_at        timestamptz NOT NULL,
  active_at        timestamptz NOT NULL,
  detected_at      timestamptz NOT NULL,
  cleared_at       timestamptz,
  acknowledged_at  timestamptz,
  acknowledged_by  text,
  work_order_id    text,
  value            jsonb,
  point            text,
  unit             text,
  limit_value      double precision,
  text_zh          text NOT NULL,
  text_en          text NOT NULL,
  closed_at        timestamptz
);

-- Whatever goes wrong elsewhere: the same fault is never open twice.
CREATE UNIQUE INDEX alarm_one_open ON alarm (equipment_id, alarm) WHERE closed_at IS NULL;
CREATE INDEX alarm_by_time ON alarm (opened_at DESC, id DESC);
CREATE INDEX alarm_by_equipment ON alarm (equipment_id, opened_at DESC, id DESC);

-- A change of the raw condition whose on- or off-delay is running.
CREATE TABLE alarm_pending (
  equipment_id text NOT NULL,
  alarm        text NOT NULL,
  since        timestamptz NOT NULL,
  source_time  timestamptz NOT NULL,
  value        jsonb,
  PRIMARY KEY (equipment_id, alarm)
);

CREATE TABLE alarm_journal (
  seq          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event        text NOT NULL,
  alarm_id     text,
  equipment_id text,
  alarm        text,
  priority     smallint,
  actor        text NOT NULL CHECK (actor <> ''),
  source_time  timestamptz NOT NULL,
  server_time  timestamptz NOT NULL,
  value        jsonb,
  note         text,
  -- The transition itself: replaying them in order gives the state.
  change       jsonb NOT NULL
);
CREATE INDEX alarm_journal_by_alarm ON alarm_journal (alarm_id, seq);
CREATE INDEX alarm_journal_by_equipment ON alarm_journal (equipment_id, seq);

CREATE FUNCTION alarm_journal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the alarm journal is append-only';
END $$;
CREATE TRIGGER alarm_journal_append_only BEFORE UPDATE OR DELETE ON alarm_journal
  FOR EACH ROW EXECUTE FUNCTION alarm_journal_append_only();

-- When alarms were last evaluated; what lies between this and the next start was not watched.
CREATE TABLE alarm_alive (
  id       boolean PRIMARY KEY DEFAULT true CHECK (id),
  alive_at timestamptz NOT NULL
);
