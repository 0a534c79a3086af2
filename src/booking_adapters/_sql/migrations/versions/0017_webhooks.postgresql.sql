CREATE TABLE webhook_endpoints (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    url text NOT NULL,
    events jsonb NOT NULL,
    opened_at timestamptz NOT NULL,
    generation bigint NOT NULL,
    rotated_at timestamptz,
    dead_in_a_row bigint NOT NULL,
    disabled_at timestamptz,
    version bigint NOT NULL,
    CONSTRAINT webhook_endpoints_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT webhook_endpoints_generation_check CHECK (generation >= 1)
)

CREATE TABLE webhook_deliveries (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    event text NOT NULL,
    body text NOT NULL,
    made_at timestamptz NOT NULL,
    due_at timestamptz,
    attempts bigint NOT NULL,
    status bigint,
    reason text NOT NULL,
    delivered_at timestamptz,
    died_at timestamptz,
    version bigint NOT NULL,
    CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT webhook_deliveries_webhook_endpoints_fkey FOREIGN KEY (tenant_id, endpoint_id)
        REFERENCES webhook_endpoints (tenant_id, id),
    -- It is owed, it arrived, or it was given up.
    CONSTRAINT webhook_deliveries_end_check CHECK (
        (due_at IS NULL) = (delivered_at IS NOT NULL OR died_at IS NOT NULL)
    )
) WITH (fillfactor = 85)

CREATE INDEX webhook_deliveries_endpoint_idx ON webhook_deliveries (tenant_id, endpoint_id, id)

CREATE INDEX webhook_deliveries_due_idx ON webhook_deliveries (tenant_id, due_at) WHERE due_at IS NOT NULL

GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_endpoints, webhook_deliveries TO booking_app

ALTER TABLE webhook_endpoints ENABLE ROW LEVEL SECURITY

ALTER TABLE webhook_endpoints FORCE ROW LEVEL SECURITY

CREATE POLICY tenant_rows ON webhook_endpoints
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)

ALTER TABLE webhook_deliveries ENABLE ROW LEVEL SECURITY

ALTER TABLE webhook_deliveries FORCE ROW LEVEL SECURITY

CREATE POLICY tenant_rows ON webhook_deliveries
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
