-- Who waits has no reservation yet: a notice, or a link, is about one of both. SQLite cannot take NOT NULL from a
-- column, so both tables are made anew; nothing refers to them.
CREATE TABLE notices_anew (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    reservation_id TEXT,
    entry_id TEXT,
    rule TEXT NOT NULL,
    reservation_version INTEGER NOT NULL,
    address TEXT NOT NULL,
    copy INTEGER NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    due_at INTEGER,
    attempts INTEGER NOT NULL,
    over_at INTEGER,
    body TEXT NOT NULL,
    CONSTRAINT notices_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT notices_reservations_fkey FOREIGN KEY (tenant_id, reservation_id)
        REFERENCES reservations (tenant_id, id),
    CONSTRAINT notices_waitlist_fkey FOREIGN KEY (tenant_id, entry_id) REFERENCES waitlist (tenant_id, id),
    CONSTRAINT notices_about_check CHECK ((reservation_id IS NULL) <> (entry_id IS NULL)),
    CONSTRAINT notices_version_check CHECK (version >= 1),
    CONSTRAINT notices_copy_check CHECK (copy >= 0),
    -- What is open comes up again, and what is over does not.
    CONSTRAINT notices_due_check CHECK ((due_at IS NOT NULL) = (state IN ('due', 'sending'))),
    CONSTRAINT notices_over_check CHECK ((over_at IS NULL) = (due_at IS NOT NULL))
) STRICT

INSERT INTO notices_anew
    (tenant_id, id, reservation_id, rule, reservation_version, address, copy, state, version, due_at, attempts,
     over_at, body)
SELECT tenant_id, id, reservation_id, rule, reservation_version, address, copy, state, version, due_at, attempts,
    over_at, body
FROM notices

DROP TABLE notices

ALTER TABLE notices_anew RENAME TO notices

CREATE UNIQUE INDEX notices_once_idx ON notices
    (tenant_id, reservation_id, rule, reservation_version, address, copy)

CREATE UNIQUE INDEX notices_once_in_line_idx ON notices
    (tenant_id, entry_id, rule, reservation_version, address, copy) WHERE entry_id IS NOT NULL

CREATE INDEX notices_due_idx ON notices (tenant_id, due_at) WHERE due_at IS NOT NULL

CREATE INDEX notices_over_idx ON notices (tenant_id, over_at) WHERE over_at IS NOT NULL

CREATE INDEX notices_state_idx ON notices (tenant_id, state, id)

CREATE TABLE links_anew (
    tenant_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    purpose TEXT NOT NULL,
    reservation_id TEXT,
    entry_id TEXT,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    CONSTRAINT links_pkey PRIMARY KEY (tenant_id, hash),
    CONSTRAINT links_reservations_fkey FOREIGN KEY (tenant_id, reservation_id)
        REFERENCES reservations (tenant_id, id),
    CONSTRAINT links_waitlist_fkey FOREIGN KEY (tenant_id, entry_id) REFERENCES waitlist (tenant_id, id),
    CONSTRAINT links_about_check CHECK ((reservation_id IS NULL) <> (entry_id IS NULL)),
    CONSTRAINT links_hash_check CHECK (length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*')
) STRICT

INSERT INTO links_anew (tenant_id, hash, purpose, reservation_id, expires_at, revoked_at)
SELECT tenant_id, hash, purpose, reservation_id, expires_at, revoked_at FROM links

DROP TABLE links

ALTER TABLE links_anew RENAME TO links

CREATE INDEX links_reservation_idx ON links (tenant_id, reservation_id)

CREATE INDEX links_entry_idx ON links (tenant_id, entry_id) WHERE entry_id IS NOT NULL

CREATE INDEX links_expiry_idx ON links (tenant_id, expires_at)
