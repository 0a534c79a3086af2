-- Why a date was skipped, or that it was shifted: the same answer is given again under the same idempotency key.
ALTER TABLE series_occurrences ADD COLUMN is_shifted INTEGER NOT NULL DEFAULT 0

ALTER TABLE series_occurrences ADD COLUMN missing TEXT NOT NULL DEFAULT '[]'
