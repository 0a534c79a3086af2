CREATE TABLE channel_listings (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL,
    channel text NOT NULL,
    code text NOT NULL,
    service_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    rate_plan text,
    adults bigint NOT NULL,
    days bigint NOT NULL,
    told_until date NOT NULL,
    owed jsonb NOT NULL,
    taken jsonb NOT NULL,
    refused jsonb NOT NULL,
    turn bigint NOT NULL,
    due_at timestamptz,
    attempts bigint NOT NULL,
    problem text NOT NULL,
    died_at timestamptz,
    told_at timestamptz,
    is_withdrawn boolean NOT NULL,
    CONSTRAINT channel_listings_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT channel_listings_turn_check CHECK (turn >= 0),
    -- What is dead is not due, and what is being told comes back when its sender died.
    CONSTRAINT channel_listings_died_check CHECK (died_at IS NULL OR due_at IS NULL),
    CONSTRAINT channel_listings_owed_check CHECK (
        due_at IS NOT NULL OR died_at IS NOT NULL OR (owed = '[]' AND taken = '[]' AND refused = '[]')
    )
) WITH (fillfactor = 85)

CREATE UNIQUE INDEX channel_listings_code_idx ON channel_listings (tenant_id, channel, code)

CREATE INDEX channel_listings_due_idx ON channel_listings (tenant_id, due_at) WHERE due_at IS NOT NULL

CREATE INDEX channel_listings_died_idx ON channel_listings (tenant_id, died_at) WHERE died_at IS NOT NULL

GRANT SELECT, INSERT, UPDATE, DELETE ON channel_listings TO booking_app

ALTER TABLE channel_listings ENABLE ROW LEVEL SECURITY

ALTER TABLE channel_listings FORCE ROW LEVEL SECURITY

CREATE POLICY tenant_rows ON channel_listings
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
