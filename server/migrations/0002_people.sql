-- Accounts, their sessions, and the record of who did what.

CREATE TABLE person (
  id            text PRIMARY KEY,
  username      text NOT NULL UNIQUE,
  name          text NOT NULL,
  role          text NOT NULL CHECK (role IN ('admin', 'engineer', 'operator', 'technician', 'viewer')),
  language      text NOT NULL CHECK (language IN ('zh-CN', 'en')),
  password_hash text NOT NULL,
  -- The password was given by the system or an admin.
  must_change_password boolean NOT NULL,
  disabled      boolean NOT NULL DEFAULT false,
  created_at    timestamptz NOT NULL,
  updated_at    timestamptz NOT NULL
);

-- The cookie's value is not here, only its SHA-256: who reads the table cannot sign in with it. `id` stays the same when
-- the cookie is renewed.
CREATE TABLE session (
  id           text PRIMARY KEY,
  token_hash   text NOT NULL UNIQUE,
  person_id    text NOT NULL REFERENCES person (id),
  created_at   timestamptz NOT NULL,
  last_used_at timestamptz NOT NULL,
  -- Absolute end, however much it is used.
  ends_at      timestamptz NOT NULL,
  ip           text NOT NULL
);
CREATE INDEX session_person ON session (person_id);

CREATE TABLE audit (
  seq    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at     timestamptz NOT NULL,
  -- Username, `system`, or the name that was tried.
  actor  text NOT NULL,
  action text NOT NULL,
  target text,
  -- Before and after, or the reason.
  detail jsonb NOT NULL DEFAULT '{}',
  ip     text
);

-- Append-only (IEC 62443-4-2 CR 3.9): rows are neither changed nor removed, not even by the server's own account.
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit is append-only: % refused', TG_OP;
END
$$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
