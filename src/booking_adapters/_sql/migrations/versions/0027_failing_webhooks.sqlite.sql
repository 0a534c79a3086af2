-- Since when messages have been given up counts, not how many were: a quiet endpoint fails as long as a busy one.
ALTER TABLE webhook_endpoints ADD COLUMN failing_since INTEGER

ALTER TABLE webhook_endpoints DROP COLUMN dead_in_a_row
