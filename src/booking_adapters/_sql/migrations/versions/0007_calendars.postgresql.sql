CREATE TABLE calendar_feeds (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    name text NOT NULL,
    detail text NOT NULL,
    token_hash text NOT NULL,
    digest text NOT NULL,
    changed_at timestamptz,
    CONSTRAINT calendar_feeds_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT calendar_feeds_token_check CHECK (token_hash ~ '^[0-9a-f]{64}$')
) WITH (fillfactor = 85)

CREATE UNIQUE INDEX calendar_feeds_token_idx ON calendar_feeds (tenant_id, token_hash)

CREATE TABLE calendar_subscriptions (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL,
    resource_id uuid NOT NULL,
    name text NOT NULL,
    url text NOT NULL,
    interval_seconds bigint NOT NULL,
    due_at timestamptz,
    etag text NOT NULL,
    last_modified text NOT NULL,
    digest text NOT NULL,
    read_at timestamptz,
    failures bigint NOT NULL,
    problem text NOT NULL,
    CONSTRAINT calendar_subscriptions_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT calendar_subscriptions_interval_check CHECK (interval_seconds > 0)
) WITH (fillfactor = 70)

CREATE INDEX calendar_subscriptions_due_idx ON calendar_subscriptions (tenant_id, due_at) WHERE due_at IS NOT NULL

CREATE TABLE calendar_targets (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL,
    resource_id uuid NOT NULL,
    account text NOT NULL,
    detail text NOT NULL,
    CONSTRAINT calendar_targets_pkey PRIMARY KEY (tenant_id, id)
)

CREATE UNIQUE INDEX calendar_targets_once_idx ON calendar_targets (tenant_id, resource_id, account)

CREATE TABLE calendar_pushes (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL,
    target_id uuid NOT NULL,
    reservation_id uuid NOT NULL,
    wanted bigint NOT NULL,
    sent bigint NOT NULL,
    etag text NOT NULL,
    due_at timestamptz,
    attempts bigint NOT NULL,
    problem text NOT NULL,
    CONSTRAINT calendar_pushes_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT calendar_pushes_targets_fkey FOREIGN KEY (tenant_id, target_id)
        REFERENCES calendar_targets (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT calendar_pushes_sent_check CHECK (sent >= 0 AND sent <= wanted)
) WITH (fillfactor = 70)

CREATE UNIQUE INDEX calendar_pushes_once_idx ON calendar_pushes (tenant_id, target_id, reservation_id)

CREATE INDEX calendar_pushes_reservation_idx ON calendar_pushes (tenant_id, reservation_id)

CREATE INDEX calendar_pushes_due_idx ON calendar_pushes (tenant_id, due_at) WHERE due_at IS NOT NULL

GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_feeds, calendar_subscriptions, calendar_targets TO booking_app

-- Rows of pushes go with their target.
GRANT SELECT, INSERT, UPDATE ON calendar_pushes TO booking_app

DO $$
DECLARE
    walled text;
BEGIN
    FOREACH walled IN ARRAY ARRAY[
        'calendar_feeds', 'calendar_subscriptions', 'calendar_targets', 'calendar_pushes'
    ]
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY tenant_rows ON %I
            USING (tenant_id = nullif(current_setting(''app.tenant'', true), '''')::uuid)', walled);
    END LOOP;
END
$$
