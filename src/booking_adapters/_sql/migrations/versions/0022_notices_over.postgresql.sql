-- How often it was tried since somebody wanted it sent.
ALTER TABLE notices ADD COLUMN attempts bigint NOT NULL DEFAULT 0

-- Since when it is over; nothing while it is to be sent.
ALTER TABLE notices ADD COLUMN over_at timestamptz

-- The walls stand for the owner, too, who has no tenant of its own.
ALTER TABLE notices NO FORCE ROW LEVEL SECURITY

UPDATE notices SET
    attempts = (body ->> 'attempts')::bigint,
    over_at = CASE WHEN due_at IS NULL THEN (body ->> 'changed_at')::timestamptz END

ALTER TABLE notices FORCE ROW LEVEL SECURITY

ALTER TABLE notices ALTER COLUMN attempts DROP DEFAULT

ALTER TABLE notices ADD CONSTRAINT notices_over_check CHECK ((over_at IS NULL) = (due_at IS NOT NULL))

CREATE INDEX notices_over_idx ON notices (tenant_id, over_at) WHERE over_at IS NOT NULL
