-- What ingest keeps beside the readings: accounts of the broker, and a record of every reading that will never be stored.

CREATE TABLE mqtt_account (
  username    text PRIMARY KEY,
  role        text NOT NULL CHECK (role IN ('gateway', 'server')),
  -- Sparkplug group and edge node a gateway's account may speak for; empty for a server.
  group_id    text NOT NULL,
  node_id     text NOT NULL,
  -- SHA-256 of a random 256-bit secret: nothing to guess, so nothing to slow down.
  secret_hash text NOT NULL,
  disabled    boolean NOT NULL DEFAULT false,
  created_at  timestamptz NOT NULL
);

-- Sequence numbers of a gateway's stream that are not in `sample`, and why.
CREATE TABLE delivery_gap (
  gateway_id text NOT NULL REFERENCES gateway (id),
  epoch      bigint NOT NULL,
  first_seq  bigint NOT NULL,
  last_seq   bigint NOT NULL,
  -- gateway-dropped: given up by the gateway; epoch-changed: its outbox was made anew; rejected: the value cannot be stored
  reason     text NOT NULL CHECK (reason IN ('gateway-dropped', 'epoch-changed', 'rejected')),
  detail     text NOT NULL,
  noticed_at timestamptz NOT NULL,
  PRIMARY KEY (gateway_id, epoch, first_seq, reason)
);

-- Readings whose stated time cannot be true are kept in `sample` under the time of their arrival; this is what they said.
CREATE TABLE clock_suspect (
  point_id    integer NOT NULL REFERENCES point (id),
  epoch       bigint NOT NULL,
  seq         bigint NOT NULL,
  stated_time timestamptz NOT NULL,
  stored_time timestamptz NOT NULL,
  PRIMARY KEY (point_id, epoch, seq)
);
CREATE INDEX clock_suspect_stored_time ON clock_suspect (stored_time);
