-- Alarm settings of single pieces of equipment: every change with its reason; the newest one holds what is in force.

CREATE TABLE alarm_setting_change (
  equipment_id text NOT NULL REFERENCES equipment (id),
  -- Counts per equipment without gaps; two people who change the same equipment at once cannot both get the next one.
  version      integer NOT NULL CHECK (version > 0),
  at           timestamptz NOT NULL,
  actor        text NOT NULL CHECK (actor <> ''),
  reason       text NOT NULL CHECK (reason <> ''),
  undoes       integer,
  -- [{field, from, to}]; null is the value of the class.
  changes      jsonb NOT NULL,
  -- All settings after the change, by field.
  settings     jsonb NOT NULL,
  PRIMARY KEY (equipment_id, version),
  FOREIGN KEY (equipment_id, undoes) REFERENCES alarm_setting_change (equipment_id, version)
);

CREATE FUNCTION alarm_setting_change_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'changes of alarm settings are append-only';
END $$;
CREATE TRIGGER alarm_setting_change_append_only BEFORE UPDATE OR DELETE ON alarm_setting_change
  FOR EACH ROW EXECUTE FUNCTION alarm_setting_change_append_only();
