-- Outward connections: webhooks, and what waits to be told to other systems.

CREATE TABLE webhook (
  id           text PRIMARY KEY,
  url          text NOT NULL,
  -- Needed in the clear to sign with; never shown again after it was given.
  secret       text NOT NULL CHECK (length(secret) >= 16),
  enabled      boolean NOT NULL,
  filter       jsonb NOT NULL,
  created_by   text NOT NULL,
  created_at   timestamptz NOT NULL,
  delivered_seq bigint,
  delivered_at timestamptz,
  last_error   text,
  last_error_at timestamptz
);

-- The outbox: written in the transaction of the alarm's transition, removed when the destination has it. No foreign key:
-- deleting a destination must never fail the transaction of an alarm.
CREATE TABLE outward_delivery (
  destination text NOT NULL,
  -- Of the alarm journal; the idempotency key of the delivery.
  seq         bigint NOT NULL,
  body        jsonb NOT NULL,
  at          timestamptz NOT NULL,
  attempts    integer NOT NULL DEFAULT 0,
  next_at     timestamptz,
  -- Given up; kept to be looked at and sent again.
  failed_at   timestamptz,
  last_error  text,
  PRIMARY KEY (destination, seq)
);
CREATE INDEX outward_delivery_failed ON outward_delivery (failed_at) WHERE failed_at IS NOT NULL;

-- Accounts of the embedded broker that may only hear of alarms.
ALTER TABLE mqtt_account DROP CONSTRAINT mqtt_account_role_check;
ALTER TABLE mqtt_account ADD CONSTRAINT mqtt_account_role_check CHECK (role IN ('gateway', 'server', 'reader'));
