CREATE TABLE alerts (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    message TEXT NOT NULL,
    at INTEGER NOT NULL,
    resolved_at INTEGER,
    resolved_by TEXT NOT NULL,
    CONSTRAINT alerts_pkey PRIMARY KEY (tenant_id, id)
) STRICT

CREATE UNIQUE INDEX alerts_open_idx ON alerts (tenant_id, kind, subject_id) WHERE resolved_at IS NULL
