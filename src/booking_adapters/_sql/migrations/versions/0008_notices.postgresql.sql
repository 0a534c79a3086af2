CREATE TABLE notices (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    reservation_id uuid NOT NULL,
    rule text NOT NULL,
    reservation_version bigint NOT NULL,
    address text NOT NULL,
    copy bigint NOT NULL,
    state text NOT NULL,
    version bigint NOT NULL,
    due_at timestamptz,
    body jsonb NOT NULL,
    CONSTRAINT notices_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT notices_reservations_fkey FOREIGN KEY (tenant_id, reservation_id)
        REFERENCES reservations (tenant_id, id),
    CONSTRAINT notices_version_check CHECK (version >= 1),
    CONSTRAINT notices_copy_check CHECK (copy >= 0),
    -- What is open comes up again, and what is over does not.
    CONSTRAINT notices_due_check CHECK ((due_at IS NOT NULL) = (state IN ('due', 'sending')))
) WITH (fillfactor = 85)

CREATE UNIQUE INDEX notices_once_idx ON notices
    (tenant_id, reservation_id, rule, reservation_version, address, copy)

CREATE INDEX notices_due_idx ON notices (tenant_id, due_at) WHERE due_at IS NOT NULL

CREATE INDEX notices_state_idx ON notices (tenant_id, state, id)

CREATE TABLE links (
    tenant_id uuid NOT NULL,
    hash text NOT NULL,
    purpose text NOT NULL,
    reservation_id uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT links_pkey PRIMARY KEY (tenant_id, hash),
    CONSTRAINT links_reservations_fkey FOREIGN KEY (tenant_id, reservation_id)
        REFERENCES reservations (tenant_id, id),
    CONSTRAINT links_hash_check CHECK (hash ~ '^[0-9a-f]{64}$')
)

CREATE INDEX links_reservation_idx ON links (tenant_id, reservation_id)

CREATE INDEX links_expiry_idx ON links (tenant_id, expires_at)

CREATE TABLE push_subscriptions (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    endpoint text NOT NULL,
    p256dh text NOT NULL,
    auth text NOT NULL,
    resource text NOT NULL,
    added_at timestamptz NOT NULL,
    CONSTRAINT push_subscriptions_pkey PRIMARY KEY (tenant_id, id)
)

CREATE UNIQUE INDEX push_subscriptions_endpoint_idx ON push_subscriptions (tenant_id, endpoint)

GRANT SELECT, INSERT, UPDATE, DELETE ON notices, links, push_subscriptions TO booking_app

DO $$
DECLARE
    walled text;
BEGIN
    FOREACH walled IN ARRAY ARRAY['notices', 'links', 'push_subscriptions']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY tenant_rows ON %I
            USING (tenant_id = nullif(current_setting(''app.tenant'', true), '''')::uuid)', walled);
    END LOOP;
END
$$
