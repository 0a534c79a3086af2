-- How often it was tried since somebody wanted it sent.
ALTER TABLE notices ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0

-- Since when it is over; nothing while it is to be sent.
ALTER TABLE notices ADD COLUMN over_at INTEGER

UPDATE notices SET
    attempts = json_extract(body, '$.attempts'),
    over_at = CASE WHEN due_at IS NULL
        THEN CAST(strftime('%s', json_extract(body, '$.changed_at')) AS INTEGER) * 1000000 END

CREATE INDEX notices_over_idx ON notices (tenant_id, over_at) WHERE over_at IS NOT NULL
