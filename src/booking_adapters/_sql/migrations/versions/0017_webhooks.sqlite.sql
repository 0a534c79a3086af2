CREATE TABLE webhook_endpoints (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    url TEXT NOT NULL,
    events TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    rotated_at INTEGER,
    dead_in_a_row INTEGER NOT NULL,
    disabled_at INTEGER,
    version INTEGER NOT NULL,
    CONSTRAINT webhook_endpoints_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT webhook_endpoints_generation_check CHECK (generation >= 1)
) STRICT

CREATE TABLE webhook_deliveries (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    event TEXT NOT NULL,
    body TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    due_at INTEGER,
    attempts INTEGER NOT NULL,
    status INTEGER,
    reason TEXT NOT NULL,
    delivered_at INTEGER,
    died_at INTEGER,
    version INTEGER NOT NULL,
    CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT webhook_deliveries_webhook_endpoints_fkey FOREIGN KEY (tenant_id, endpoint_id)
        REFERENCES webhook_endpoints (tenant_id, id),
    -- It is owed, it arrived, or it was given up.
    CONSTRAINT webhook_deliveries_end_check CHECK (
        (due_at IS NULL) = (delivered_at IS NOT NULL OR died_at IS NOT NULL)
    )
) STRICT

CREATE INDEX webhook_deliveries_endpoint_idx ON webhook_deliveries (tenant_id, endpoint_id, id)

CREATE INDEX webhook_deliveries_due_idx ON webhook_deliveries (tenant_id, due_at) WHERE due_at IS NOT NULL
