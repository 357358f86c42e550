-- Gateways, equipment, points and the readings themselves.

CREATE TABLE gateway (
  id             text PRIMARY KEY,
  group_id       text NOT NULL,
  node_id        text NOT NULL,
  online         boolean NOT NULL DEFAULT false,
  since          timestamptz NOT NULL,
  last_seen_at   timestamptz NOT NULL,
  -- Every record of the epoch up to and including seq is in the database.
  watermark_epoch bigint NOT NULL DEFAULT 0,
  watermark_seq   bigint NOT NULL DEFAULT 0,
  proves_delivery boolean NOT NULL DEFAULT false,
  UNIQUE (group_id, node_id)
);

CREATE TABLE equipment (
  id           text PRIMARY KEY,
  gateway_id   text NOT NULL REFERENCES gateway (id),
  device_id    text NOT NULL,
  class        text NOT NULL,
  model        text NOT NULL,
  name_zh      text NOT NULL,
  name_en      text NOT NULL,
  site         text NOT NULL,
  building     text NOT NULL,
  floor        text NOT NULL,
  room         text NOT NULL,
  connection   text NOT NULL,
  online       boolean NOT NULL DEFAULT false,
  offline_since timestamptz,
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL,
  UNIQUE (gateway_id, device_id)
);

CREATE TABLE point (
  id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  equipment_id text NOT NULL REFERENCES equipment (id),
  name         text NOT NULL,
  data_type    text NOT NULL,
  UNIQUE (equipment_id, name)
);

-- The identity of a reading is (gateway, epoch, seq); the point belongs to one gateway, so (point, time, epoch, seq) is
-- unique too, and the time has to be part of the key because the table is partitioned by it.
CREATE TABLE sample (
  point_id    integer NOT NULL,
  time        timestamptz NOT NULL,
  epoch       bigint NOT NULL,
  seq         bigint NOT NULL,
  value       double precision,
  text        text,
  quality     smallint NOT NULL,
  device_time timestamptz,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (point_id, time, epoch, seq)
) PARTITION BY RANGE (time);
