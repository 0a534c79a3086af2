-- Each table, each key and each reference begins with the tenant. No triggers and no types of our own: the schema can be
-- distributed by tenant as it is. fillfactor leaves room where rows are updated in place.
CREATE TABLE tenants (
    tenant_id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    CONSTRAINT tenants_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT tenants_key_key UNIQUE (key)
)

CREATE TABLE catalogs (
    tenant_id uuid NOT NULL,
    version bigint NOT NULL,
    document jsonb NOT NULL,
    CONSTRAINT catalogs_pkey PRIMARY KEY (tenant_id, version),
    CONSTRAINT catalogs_tenants_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
    CONSTRAINT catalogs_version_check CHECK (version >= 1)
)

CREATE TABLE policy_versions (
    tenant_id uuid NOT NULL,
    fingerprint text NOT NULL,
    document jsonb NOT NULL,
    CONSTRAINT policy_versions_pkey PRIMARY KEY (tenant_id, fingerprint)
)

CREATE TABLE holds (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    session text NOT NULL,
    service_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    check_in date,
    check_out date,
    quantity bigint NOT NULL,
    assigned jsonb NOT NULL,
    placed_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT holds_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT holds_period_check CHECK (isfinite(starts_at) AND isfinite(ends_at) AND starts_at < ends_at),
    CONSTRAINT holds_quantity_check CHECK (quantity >= 1)
) WITH (fillfactor = 70)

CREATE INDEX holds_session_idx ON holds (tenant_id, session)

CREATE INDEX holds_expires_at_idx ON holds (tenant_id, expires_at)

CREATE TABLE reservations (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL,
    status text NOT NULL,
    version bigint NOT NULL,
    service_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    check_in date,
    check_out date,
    quantity bigint NOT NULL,
    expires_at timestamptz,
    no_show_at timestamptz,
    policy_fingerprint text NOT NULL,
    customer_key text NOT NULL,
    customer_name text NOT NULL,
    customer_email text NOT NULL,
    customer_phone text NOT NULL,
    body jsonb NOT NULL,
    CONSTRAINT reservations_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT reservations_code_key UNIQUE (tenant_id, code),
    CONSTRAINT reservations_policy_versions_fkey FOREIGN KEY (tenant_id, policy_fingerprint)
        REFERENCES policy_versions (tenant_id, fingerprint),
    CONSTRAINT reservations_period_check
        CHECK (isfinite(starts_at) AND isfinite(ends_at) AND starts_at < ends_at),
    CONSTRAINT reservations_quantity_check CHECK (quantity >= 1)
) WITH (fillfactor = 85)

CREATE INDEX reservations_ends_at_idx ON reservations (tenant_id, ends_at)

CREATE INDEX reservations_customer_key_idx ON reservations (tenant_id, customer_key, ends_at)

CREATE INDEX reservations_pending_idx ON reservations (tenant_id, expires_at) WHERE status = 'pending'

CREATE INDEX reservations_no_show_idx ON reservations (tenant_id, no_show_at) WHERE status = 'confirmed'

CREATE TABLE allocations (
    tenant_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    lane bigint NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    made_at timestamptz,
    expires_at timestamptz,
    CONSTRAINT allocations_pkey PRIMARY KEY (tenant_id, owner_id, resource_id, lane, starts_at),
    CONSTRAINT allocations_period_check
        CHECK (isfinite(starts_at) AND isfinite(ends_at) AND starts_at < ends_at),
    CONSTRAINT allocations_lane_check CHECK (lane >= 1)
) WITH (fillfactor = 85)

CREATE INDEX allocations_window_idx ON allocations (tenant_id, resource_id, ends_at, starts_at)

CREATE TABLE closures (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    resource_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    quantity bigint,
    reason text NOT NULL,
    source text NOT NULL,
    reference text NOT NULL,
    CONSTRAINT closures_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT closures_period_check CHECK (isfinite(starts_at) AND isfinite(ends_at) AND starts_at < ends_at),
    CONSTRAINT closures_quantity_check CHECK (quantity >= 1)
)

CREATE INDEX closures_window_idx ON closures (tenant_id, resource_id, ends_at, starts_at)

CREATE INDEX closures_source_idx ON closures (tenant_id, source, reference)

CREATE TABLE requests (
    tenant_id uuid NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    claim_id uuid NOT NULL,
    CONSTRAINT requests_pkey PRIMARY KEY (tenant_id, key)
)

CREATE TABLE outbox (
    tenant_id uuid NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL,
    subject_id uuid NOT NULL,
    version bigint NOT NULL,
    at timestamptz NOT NULL,
    data jsonb NOT NULL,
    CONSTRAINT outbox_pkey PRIMARY KEY (tenant_id, id)
)

CREATE TABLE audit (
    tenant_id uuid NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    actor_kind text NOT NULL,
    actor_name text NOT NULL,
    actor_address text NOT NULL,
    name text NOT NULL,
    subject_id uuid NOT NULL,
    version bigint NOT NULL,
    at timestamptz NOT NULL,
    data jsonb NOT NULL,
    CONSTRAINT audit_pkey PRIMARY KEY (tenant_id, id)
)
