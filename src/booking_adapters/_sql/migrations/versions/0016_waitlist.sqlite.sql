CREATE TABLE waitlist (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    service_id TEXT NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    joined_at INTEGER NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    is_window INTEGER NOT NULL,
    check_in TEXT,
    check_out TEXT,
    pointless_at INTEGER NOT NULL,
    offer_until INTEGER,
    stirs INTEGER NOT NULL,
    looked INTEGER NOT NULL,
    token_hash TEXT NOT NULL,
    customer_key TEXT NOT NULL,
    customer_name TEXT NOT NULL,
    customer_email TEXT NOT NULL,
    customer_phone TEXT NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT waitlist_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT waitlist_version_check CHECK (version >= 1),
    CONSTRAINT waitlist_period_check CHECK (starts_at < ends_at),
    CONSTRAINT waitlist_looked_check CHECK (0 <= looked AND looked <= stirs),
    -- Whoever is offered something is told until when.
    CONSTRAINT waitlist_offer_check CHECK (state <> 'offered' OR offer_until IS NOT NULL)
) STRICT

CREATE INDEX waitlist_line_idx ON waitlist (tenant_id, joined_at, id) WHERE state IN ('offered', 'waiting')

CREATE INDEX waitlist_customer_idx ON waitlist (tenant_id, customer_key) WHERE state IN ('offered', 'waiting')
