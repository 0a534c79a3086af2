CREATE TABLE channel_listings (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    channel TEXT NOT NULL,
    code TEXT NOT NULL,
    service_id TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    rate_plan TEXT,
    adults INTEGER NOT NULL,
    days INTEGER NOT NULL,
    told_until TEXT NOT NULL,
    owed TEXT NOT NULL,
    taken TEXT NOT NULL,
    refused TEXT NOT NULL,
    turn INTEGER NOT NULL,
    due_at INTEGER,
    attempts INTEGER NOT NULL,
    problem TEXT NOT NULL,
    died_at INTEGER,
    told_at INTEGER,
    is_withdrawn INTEGER NOT NULL,
    CONSTRAINT channel_listings_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT channel_listings_turn_check CHECK (turn >= 0),
    -- What is dead is not due, and what is being told comes back when its sender died.
    CONSTRAINT channel_listings_died_check CHECK (died_at IS NULL OR due_at IS NULL),
    CONSTRAINT channel_listings_owed_check CHECK (
        due_at IS NOT NULL OR died_at IS NOT NULL OR (owed = '[]' AND taken = '[]' AND refused = '[]')
    )
) STRICT

CREATE UNIQUE INDEX channel_listings_code_idx ON channel_listings (tenant_id, channel, code)

CREATE INDEX channel_listings_due_idx ON channel_listings (tenant_id, due_at) WHERE due_at IS NOT NULL

CREATE INDEX channel_listings_died_idx ON channel_listings (tenant_id, died_at) WHERE died_at IS NOT NULL
