CREATE TABLE waitlist (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    service_id uuid NOT NULL,
    state text NOT NULL,
    version bigint NOT NULL,
    joined_at timestamptz NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    is_window boolean NOT NULL,
    check_in date,
    check_out date,
    pointless_at timestamptz NOT NULL,
    offer_until timestamptz,
    stirs bigint NOT NULL,
    looked bigint NOT NULL,
    token_hash text NOT NULL,
    customer_key text NOT NULL,
    customer_name text NOT NULL,
    customer_email text NOT NULL,
    customer_phone text NOT NULL,
    body jsonb NOT NULL,
    CONSTRAINT waitlist_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT waitlist_version_check CHECK (version >= 1),
    CONSTRAINT waitlist_period_check CHECK (starts_at < ends_at),
    CONSTRAINT waitlist_looked_check CHECK (0 <= looked AND looked <= stirs),
    -- Whoever is offered something is told until when.
    CONSTRAINT waitlist_offer_check CHECK (state <> 'offered' OR offer_until IS NOT NULL)
) WITH (fillfactor = 85)

CREATE INDEX waitlist_line_idx ON waitlist (tenant_id, joined_at, id) WHERE state IN ('offered', 'waiting')

CREATE INDEX waitlist_customer_idx ON waitlist (tenant_id, customer_key) WHERE state IN ('offered', 'waiting')

GRANT SELECT, INSERT, UPDATE ON waitlist TO booking_app

ALTER TABLE waitlist ENABLE ROW LEVEL SECURITY

ALTER TABLE waitlist FORCE ROW LEVEL SECURITY

CREATE POLICY tenant_rows ON waitlist
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
