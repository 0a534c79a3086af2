-- Null at first, for everything that was told so far: it is owed to those who handle it as well.
ALTER TABLE outbox ADD COLUMN spread_at INTEGER

CREATE INDEX outbox_fresh_idx ON outbox (tenant_id, id) WHERE spread_at IS NULL

CREATE INDEX outbox_spread_idx ON outbox (tenant_id, spread_at) WHERE spread_at IS NOT NULL

CREATE TABLE handlings (
    tenant_id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    handler TEXT NOT NULL,
    told_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    due_at INTEGER,
    died_at INTEGER,
    reason TEXT NOT NULL,
    CONSTRAINT handlings_pkey PRIMARY KEY (tenant_id, subject_id, number, handler),
    CONSTRAINT handlings_attempts_check CHECK (attempts >= 0),
    -- It is owed or it is dead; handled, it is no more.
    CONSTRAINT handlings_due_check CHECK ((due_at IS NULL) <> (died_at IS NULL))
) STRICT

CREATE INDEX handlings_due_idx ON handlings (tenant_id, due_at) WHERE due_at IS NOT NULL

CREATE INDEX handlings_dead_idx ON handlings (tenant_id, died_at) WHERE died_at IS NOT NULL
