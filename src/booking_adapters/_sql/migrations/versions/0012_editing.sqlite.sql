CREATE TABLE locks (
    tenant_id TEXT NOT NULL,
    token INTEGER NOT NULL,
    owner TEXT NOT NULL,
    holder TEXT NOT NULL,
    scopes TEXT NOT NULL,
    since INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    CONSTRAINT locks_pkey PRIMARY KEY (tenant_id, token),
    CONSTRAINT locks_token_check CHECK (token > 0)
) STRICT

CREATE INDEX locks_expires_at_idx ON locks (tenant_id, expires_at)

CREATE TABLE fences (
    tenant_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    edited_id TEXT NOT NULL,
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    token INTEGER NOT NULL,
    at INTEGER NOT NULL,
    CONSTRAINT fences_pkey PRIMARY KEY (tenant_id, kind, edited_id, starts_on, ends_on),
    CONSTRAINT fences_dates_check CHECK (starts_on < ends_on),
    CONSTRAINT fences_token_check CHECK (token > 0)
) STRICT

CREATE INDEX fences_at_idx ON fences (tenant_id, at)
