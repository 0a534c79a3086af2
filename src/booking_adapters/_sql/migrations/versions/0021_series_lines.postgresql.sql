-- Why a date was skipped, or that it was shifted: the same answer is given again under the same idempotency key.
ALTER TABLE series_occurrences ADD COLUMN is_shifted boolean NOT NULL DEFAULT false

ALTER TABLE series_occurrences ADD COLUMN missing jsonb NOT NULL DEFAULT '[]'
