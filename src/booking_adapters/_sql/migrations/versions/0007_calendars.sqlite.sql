CREATE TABLE calendar_feeds (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    name TEXT NOT NULL,
    detail TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    digest TEXT NOT NULL,
    changed_at INTEGER,
    CONSTRAINT calendar_feeds_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT calendar_feeds_token_check CHECK (length(token_hash) = 64)
) STRICT

CREATE UNIQUE INDEX calendar_feeds_token_idx ON calendar_feeds (tenant_id, token_hash)

CREATE TABLE calendar_subscriptions (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    resource_id TEXT NOT NULL,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    interval_seconds INTEGER NOT NULL,
    due_at INTEGER,
    etag TEXT NOT NULL,
    last_modified TEXT NOT NULL,
    digest TEXT NOT NULL,
    read_at INTEGER,
    failures INTEGER NOT NULL,
    problem TEXT NOT NULL,
    CONSTRAINT calendar_subscriptions_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT calendar_subscriptions_interval_check CHECK (interval_seconds > 0)
) STRICT

CREATE INDEX calendar_subscriptions_due_idx ON calendar_subscriptions (tenant_id, due_at) WHERE due_at IS NOT NULL

CREATE TABLE calendar_targets (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    resource_id TEXT NOT NULL,
    account TEXT NOT NULL,
    detail TEXT NOT NULL,
    CONSTRAINT calendar_targets_pkey PRIMARY KEY (tenant_id, id)
) STRICT

CREATE UNIQUE INDEX calendar_targets_once_idx ON calendar_targets (tenant_id, resource_id, account)

CREATE TABLE calendar_pushes (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    target_id TEXT NOT NULL,
    reservation_id TEXT NOT NULL,
    wanted INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    etag TEXT NOT NULL,
    due_at INTEGER,
    attempts INTEGER NOT NULL,
    problem TEXT NOT NULL,
    CONSTRAINT calendar_pushes_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT calendar_pushes_targets_fkey FOREIGN KEY (tenant_id, target_id)
        REFERENCES calendar_targets (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT calendar_pushes_sent_check CHECK (sent >= 0 AND sent <= wanted)
) STRICT

CREATE UNIQUE INDEX calendar_pushes_once_idx ON calendar_pushes (tenant_id, target_id, reservation_id)

CREATE INDEX calendar_pushes_reservation_idx ON calendar_pushes (tenant_id, reservation_id)

CREATE INDEX calendar_pushes_due_idx ON calendar_pushes (tenant_id, due_at) WHERE due_at IS NOT NULL
