CREATE TABLE audit_seals (
    tenant_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    last INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    at INTEGER NOT NULL,
    digest TEXT NOT NULL,
    CONSTRAINT audit_seals_pkey PRIMARY KEY (tenant_id, number),
    CONSTRAINT audit_seals_entries_check CHECK (number > 0 AND entries > 0)
) STRICT

CREATE TRIGGER audit_seals_are_append_only_update BEFORE UPDATE ON audit_seals
BEGIN
    SELECT RAISE(ABORT, 'audit_seals_are_append_only');
END

CREATE TRIGGER audit_seals_are_append_only_delete BEFORE DELETE ON audit_seals
BEGIN
    SELECT RAISE(ABORT, 'audit_seals_are_append_only');
END
