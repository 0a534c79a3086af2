-- Null at first, for everything that was told so far: it is owed to those who handle it as well.
ALTER TABLE outbox ADD COLUMN spread_at timestamptz

ALTER TABLE outbox SET (fillfactor = 90)

CREATE INDEX outbox_fresh_idx ON outbox (tenant_id, id) WHERE spread_at IS NULL

CREATE INDEX outbox_spread_idx ON outbox (tenant_id, spread_at) WHERE spread_at IS NOT NULL

CREATE TABLE handlings (
    tenant_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    number bigint NOT NULL,
    handler text NOT NULL,
    told_at timestamptz NOT NULL,
    attempts bigint NOT NULL,
    due_at timestamptz,
    died_at timestamptz,
    reason text NOT NULL,
    CONSTRAINT handlings_pkey PRIMARY KEY (tenant_id, subject_id, number, handler),
    CONSTRAINT handlings_attempts_check CHECK (attempts >= 0),
    -- It is owed or it is dead; handled, it is no more.
    CONSTRAINT handlings_due_check CHECK ((due_at IS NULL) <> (died_at IS NULL))
) WITH (fillfactor = 70)

CREATE INDEX handlings_due_idx ON handlings (tenant_id, due_at) WHERE due_at IS NOT NULL

CREATE INDEX handlings_dead_idx ON handlings (tenant_id, died_at) WHERE died_at IS NOT NULL

GRANT SELECT, INSERT, UPDATE, DELETE ON handlings TO booking_app

ALTER TABLE handlings ENABLE ROW LEVEL SECURITY

ALTER TABLE handlings FORCE ROW LEVEL SECURITY

CREATE POLICY tenant_rows ON handlings
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
