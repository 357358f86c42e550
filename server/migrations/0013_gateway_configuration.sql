-- Commissioning from a distance: the key that signs requests to gateways, and every configuration a gateway was given.

-- One per installation, made once. Gateways obey only what it has signed.
CREATE TABLE signing_key (
  id          text PRIMARY KEY CHECK (id = 'gateways'),
  -- PKCS #8 and SPKI, DER (RFC 8410).
  private_key bytea NOT NULL,
  public_key  bytea NOT NULL,
  created_at  timestamptz NOT NULL
);

CREATE TABLE gateway_configuration (
  gateway_id text NOT NULL REFERENCES gateway (id) ON DELETE CASCADE,
  version    integer NOT NULL CHECK (version > 0),
  -- Entries of the gateway's file. Secrets stand here only until the gateway has them.
  devices    jsonb NOT NULL,
  author     text NOT NULL,
  reason     text NOT NULL,
  created_at timestamptz NOT NULL,
  state      text NOT NULL CHECK (state IN ('sent', 'trial', 'in-force', 'rolled-back', 'refused')),
  detail     text,
  state_at   timestamptz NOT NULL,
  PRIMARY KEY (gateway_id, version)
);

-- What the gateway says it runs.
CREATE TABLE gateway_configuration_report (
  gateway_id           text PRIMARY KEY REFERENCES gateway (id) ON DELETE CASCADE,
  version              integer NOT NULL,
  trial                boolean NOT NULL,
  rolled_back_version  integer,
  rolled_back_reason   text,
  reported_at          timestamptz NOT NULL
);

-- The history grows and is not rewritten: only state, detail and the hiding of secrets change after the fact.
CREATE FUNCTION gateway_configuration_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.gateway_id, NEW.version, NEW.author, NEW.reason, NEW.created_at)
     IS DISTINCT FROM (OLD.gateway_id, OLD.version, OLD.author, OLD.reason, OLD.created_at) THEN
    RAISE EXCEPTION 'gateway_configuration is a history: version % cannot be rewritten', OLD.version;
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER gateway_configuration_kept BEFORE UPDATE ON gateway_configuration
  FOR EACH ROW EXECUTE FUNCTION gateway_configuration_history();
