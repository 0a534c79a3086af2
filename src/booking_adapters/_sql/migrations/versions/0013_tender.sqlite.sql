-- Who took it at the desk; empty for what a provider moved, and for charges.
ALTER TABLE folio_entries ADD COLUMN taken_by TEXT NOT NULL DEFAULT ''
