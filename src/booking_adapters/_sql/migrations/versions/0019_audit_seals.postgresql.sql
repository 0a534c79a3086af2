CREATE TABLE audit_seals (
    tenant_id uuid NOT NULL,
    number bigint NOT NULL,
    last bigint NOT NULL,
    entries bigint NOT NULL,
    at timestamptz NOT NULL,
    digest text NOT NULL,
    CONSTRAINT audit_seals_pkey PRIMARY KEY (tenant_id, number),
    CONSTRAINT audit_seals_entries_check CHECK (number > 0 AND entries > 0)
)

-- Applications put seals under the log, and take none off.
GRANT SELECT, INSERT ON audit_seals TO booking_app

ALTER TABLE audit_seals ENABLE ROW LEVEL SECURITY

ALTER TABLE audit_seals FORCE ROW LEVEL SECURITY

CREATE POLICY tenant_rows ON audit_seals
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)

-- Idempotency keys are forgotten after a while.
GRANT DELETE ON requests TO booking_app
