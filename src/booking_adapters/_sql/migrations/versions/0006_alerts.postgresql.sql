CREATE TABLE alerts (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    message text NOT NULL,
    at timestamptz NOT NULL,
    resolved_at timestamptz,
    resolved_by text NOT NULL,
    CONSTRAINT alerts_pkey PRIMARY KEY (tenant_id, id)
)

CREATE UNIQUE INDEX alerts_open_idx ON alerts (tenant_id, kind, subject_id) WHERE resolved_at IS NULL

GRANT SELECT, INSERT, UPDATE ON alerts TO booking_app

ALTER TABLE alerts ENABLE ROW LEVEL SECURITY

ALTER TABLE alerts FORCE ROW LEVEL SECURITY

CREATE POLICY tenant_rows ON alerts
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
