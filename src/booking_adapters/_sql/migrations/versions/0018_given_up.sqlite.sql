-- When it was given up; nothing while it is tried.
ALTER TABLE calendar_pushes ADD COLUMN died_at INTEGER

ALTER TABLE calendar_subscriptions ADD COLUMN died_at INTEGER

CREATE INDEX calendar_pushes_died_idx ON calendar_pushes (tenant_id, died_at) WHERE died_at IS NOT NULL
