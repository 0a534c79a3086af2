CREATE TABLE quotes (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    document TEXT NOT NULL,
    CONSTRAINT quotes_pkey PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID

CREATE INDEX quotes_expires_at_idx ON quotes (tenant_id, expires_at)

CREATE TABLE redemptions (
    tenant_id TEXT NOT NULL,
    code TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    CONSTRAINT redemptions_pkey PRIMARY KEY (tenant_id, code, owner_id),
    CONSTRAINT redemptions_reservations_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES reservations (tenant_id, id)
) STRICT, WITHOUT ROWID
