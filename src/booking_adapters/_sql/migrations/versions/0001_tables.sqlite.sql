-- Ids are the 36 characters of a UUID, bounds are epoch seconds, recorded instants are epoch microseconds.
CREATE TABLE tenants (
    tenant_id TEXT NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    CONSTRAINT tenants_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT tenants_key_key UNIQUE (key)
) STRICT, WITHOUT ROWID

CREATE TABLE catalogs (
    tenant_id TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    document TEXT NOT NULL,
    CONSTRAINT catalogs_pkey PRIMARY KEY (tenant_id, version),
    CONSTRAINT catalogs_tenants_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
) STRICT

CREATE TABLE policy_versions (
    tenant_id TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    document TEXT NOT NULL,
    CONSTRAINT policy_versions_pkey PRIMARY KEY (tenant_id, fingerprint)
) STRICT

CREATE TABLE holds (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    session TEXT NOT NULL,
    service_id TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL CHECK (starts_at < ends_at),
    check_in TEXT,
    check_out TEXT,
    quantity INTEGER NOT NULL CHECK (quantity >= 1),
    assigned TEXT NOT NULL,
    placed_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT holds_pkey PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID

CREATE INDEX holds_session_idx ON holds (tenant_id, session)

CREATE INDEX holds_expires_at_idx ON holds (tenant_id, expires_at)

CREATE TABLE reservations (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    code TEXT NOT NULL,
    status TEXT NOT NULL,
    version INTEGER NOT NULL,
    service_id TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL CHECK (starts_at < ends_at),
    check_in TEXT,
    check_out TEXT,
    quantity INTEGER NOT NULL CHECK (quantity >= 1),
    expires_at INTEGER,
    no_show_at INTEGER,
    policy_fingerprint TEXT NOT NULL,
    customer_key TEXT NOT NULL,
    customer_name TEXT NOT NULL,
    customer_email TEXT NOT NULL,
    customer_phone TEXT NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT reservations_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT reservations_code_key UNIQUE (tenant_id, code),
    CONSTRAINT reservations_policy_versions_fkey FOREIGN KEY (tenant_id, policy_fingerprint)
        REFERENCES policy_versions (tenant_id, fingerprint)
) STRICT

CREATE INDEX reservations_ends_at_idx ON reservations (tenant_id, ends_at)

CREATE INDEX reservations_customer_key_idx ON reservations (tenant_id, customer_key, ends_at)

CREATE INDEX reservations_pending_idx ON reservations (tenant_id, expires_at) WHERE status = 'pending'

CREATE INDEX reservations_no_show_idx ON reservations (tenant_id, no_show_at) WHERE status = 'confirmed'

CREATE TABLE allocations (
    tenant_id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    lane INTEGER NOT NULL CHECK (lane >= 1),
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL CHECK (starts_at < ends_at),
    made_at INTEGER,
    expires_at INTEGER,
    CONSTRAINT allocations_pkey PRIMARY KEY (tenant_id, owner_id, resource_id, lane, starts_at)
) STRICT, WITHOUT ROWID

CREATE INDEX allocations_lane_idx ON allocations (tenant_id, resource_id, lane, starts_at, ends_at)

CREATE TABLE closures (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL CHECK (starts_at < ends_at),
    quantity INTEGER CHECK (quantity >= 1),
    reason TEXT NOT NULL,
    source TEXT NOT NULL,
    reference TEXT NOT NULL,
    CONSTRAINT closures_pkey PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID

CREATE INDEX closures_window_idx ON closures (tenant_id, resource_id, ends_at, starts_at)

CREATE INDEX closures_source_idx ON closures (tenant_id, source, reference)

CREATE TABLE requests (
    tenant_id TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    claim_id TEXT NOT NULL,
    CONSTRAINT requests_pkey PRIMARY KEY (tenant_id, key)
) STRICT, WITHOUT ROWID

CREATE TABLE outbox (
    tenant_id TEXT NOT NULL,
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    data TEXT NOT NULL,
    CONSTRAINT outbox_pkey PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID

CREATE TABLE audit (
    tenant_id TEXT NOT NULL,
    id INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    actor_address TEXT NOT NULL,
    name TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    data TEXT NOT NULL,
    CONSTRAINT audit_pkey PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID
