-- Who waits has no reservation yet: a notice, or a link, is about one of both.
ALTER TABLE notices
    ALTER COLUMN reservation_id DROP NOT NULL,
    ADD COLUMN entry_id uuid,
    ADD CONSTRAINT notices_waitlist_fkey FOREIGN KEY (tenant_id, entry_id) REFERENCES waitlist (tenant_id, id),
    ADD CONSTRAINT notices_about_check CHECK (num_nonnulls(reservation_id, entry_id) = 1)

CREATE UNIQUE INDEX notices_once_in_line_idx ON notices
    (tenant_id, entry_id, rule, reservation_version, address, copy) WHERE entry_id IS NOT NULL

ALTER TABLE links
    ALTER COLUMN reservation_id DROP NOT NULL,
    ADD COLUMN entry_id uuid,
    ADD CONSTRAINT links_waitlist_fkey FOREIGN KEY (tenant_id, entry_id) REFERENCES waitlist (tenant_id, id),
    ADD CONSTRAINT links_about_check CHECK (num_nonnulls(reservation_id, entry_id) = 1)

CREATE INDEX links_entry_idx ON links (tenant_id, entry_id) WHERE entry_id IS NOT NULL
