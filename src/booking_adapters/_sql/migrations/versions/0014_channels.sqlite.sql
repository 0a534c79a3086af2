CREATE TABLE channel_inbox (
    tenant_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    reference TEXT NOT NULL,
    revision INTEGER NOT NULL,
    kind TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    content TEXT,
    received_at INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    settled_at INTEGER,
    reason TEXT NOT NULL,
    acknowledged_at INTEGER,
    CONSTRAINT channel_inbox_pkey PRIMARY KEY (tenant_id, channel, reference, revision),
    CONSTRAINT channel_inbox_revision_check CHECK (revision >= 0),
    -- What waits has come to no end, and what came to one was settled at a time.
    CONSTRAINT channel_inbox_outcome_check CHECK (
        outcome IN ('', 'followed', 'stale', 'failed') AND (outcome = '') = (settled_at IS NULL)
    ),
    -- What was followed is not kept: it is personal.
    CONSTRAINT channel_inbox_content_check CHECK (content IS NULL OR outcome IN ('', 'failed'))
) STRICT

CREATE INDEX channel_inbox_waiting_idx ON channel_inbox (tenant_id, received_at) WHERE outcome = ''

CREATE INDEX channel_inbox_owed_idx ON channel_inbox (tenant_id, channel, settled_at)
    WHERE outcome IN ('followed', 'stale') AND acknowledged_at IS NULL

CREATE TABLE channel_links (
    tenant_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    reference TEXT NOT NULL,
    revision INTEGER NOT NULL,
    reservation_id TEXT,
    is_cancelled INTEGER NOT NULL,
    violations TEXT NOT NULL,
    CONSTRAINT channel_links_pkey PRIMARY KEY (tenant_id, channel, reference),
    CONSTRAINT channel_links_reservations_fkey FOREIGN KEY (tenant_id, reservation_id)
        REFERENCES reservations (tenant_id, id),
    CONSTRAINT channel_links_revision_check CHECK (revision >= 0)
) STRICT

CREATE UNIQUE INDEX channel_links_reservation_idx ON channel_links (tenant_id, reservation_id)
    WHERE reservation_id IS NOT NULL
