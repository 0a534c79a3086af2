CREATE TABLE notices (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    reservation_id TEXT NOT NULL,
    rule TEXT NOT NULL,
    reservation_version INTEGER NOT NULL,
    address TEXT NOT NULL,
    copy INTEGER NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    due_at INTEGER,
    body TEXT NOT NULL,
    CONSTRAINT notices_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT notices_reservations_fkey FOREIGN KEY (tenant_id, reservation_id)
        REFERENCES reservations (tenant_id, id),
    CONSTRAINT notices_version_check CHECK (version >= 1),
    CONSTRAINT notices_copy_check CHECK (copy >= 0),
    -- What is open comes up again, and what is over does not.
    CONSTRAINT notices_due_check CHECK ((due_at IS NOT NULL) = (state IN ('due', 'sending')))
) STRICT

CREATE UNIQUE INDEX notices_once_idx ON notices
    (tenant_id, reservation_id, rule, reservation_version, address, copy)

CREATE INDEX notices_due_idx ON notices (tenant_id, due_at) WHERE due_at IS NOT NULL

CREATE INDEX notices_state_idx ON notices (tenant_id, state, id)

CREATE TABLE links (
    tenant_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    purpose TEXT NOT NULL,
    reservation_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    CONSTRAINT links_pkey PRIMARY KEY (tenant_id, hash),
    CONSTRAINT links_reservations_fkey FOREIGN KEY (tenant_id, reservation_id)
        REFERENCES reservations (tenant_id, id),
    CONSTRAINT links_hash_check CHECK (length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*')
) STRICT

CREATE INDEX links_reservation_idx ON links (tenant_id, reservation_id)

CREATE INDEX links_expiry_idx ON links (tenant_id, expires_at)

CREATE TABLE push_subscriptions (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    p256dh TEXT NOT NULL,
    auth TEXT NOT NULL,
    resource TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    CONSTRAINT push_subscriptions_pkey PRIMARY KEY (tenant_id, id)
) STRICT

CREATE UNIQUE INDEX push_subscriptions_endpoint_idx ON push_subscriptions (tenant_id, endpoint)
