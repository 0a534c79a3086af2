CREATE TABLE channel_inbox (
    tenant_id uuid NOT NULL,
    channel text NOT NULL,
    reference text NOT NULL,
    revision bigint NOT NULL,
    kind text NOT NULL,
    fingerprint text NOT NULL,
    content jsonb,
    received_at timestamptz NOT NULL,
    outcome text NOT NULL,
    settled_at timestamptz,
    reason text NOT NULL,
    acknowledged_at timestamptz,
    CONSTRAINT channel_inbox_pkey PRIMARY KEY (tenant_id, channel, reference, revision),
    CONSTRAINT channel_inbox_revision_check CHECK (revision >= 0),
    -- What waits has come to no end, and what came to one was settled at a time.
    CONSTRAINT channel_inbox_outcome_check CHECK (
        outcome IN ('', 'followed', 'stale', 'failed') AND (outcome = '') = (settled_at IS NULL)
    ),
    -- What was followed is not kept: it is personal.
    CONSTRAINT channel_inbox_content_check CHECK (content IS NULL OR outcome IN ('', 'failed'))
) WITH (fillfactor = 85)

CREATE INDEX channel_inbox_waiting_idx ON channel_inbox (tenant_id, received_at) WHERE outcome = ''

CREATE INDEX channel_inbox_owed_idx ON channel_inbox (tenant_id, channel, settled_at)
    WHERE outcome IN ('followed', 'stale') AND acknowledged_at IS NULL

CREATE TABLE channel_links (
    tenant_id uuid NOT NULL,
    channel text NOT NULL,
    reference text NOT NULL,
    revision bigint NOT NULL,
    reservation_id uuid,
    is_cancelled boolean NOT NULL,
    violations jsonb NOT NULL,
    CONSTRAINT channel_links_pkey PRIMARY KEY (tenant_id, channel, reference),
    CONSTRAINT channel_links_reservations_fkey FOREIGN KEY (tenant_id, reservation_id)
        REFERENCES reservations (tenant_id, id),
    CONSTRAINT channel_links_revision_check CHECK (revision >= 0)
) WITH (fillfactor = 85)

CREATE UNIQUE INDEX channel_links_reservation_idx ON channel_links (tenant_id, reservation_id)
    WHERE reservation_id IS NOT NULL

GRANT SELECT, INSERT, UPDATE ON channel_inbox, channel_links TO booking_app

ALTER TABLE channel_inbox ENABLE ROW LEVEL SECURITY

ALTER TABLE channel_inbox FORCE ROW LEVEL SECURITY

CREATE POLICY tenant_rows ON channel_inbox
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)

ALTER TABLE channel_links ENABLE ROW LEVEL SECURITY

ALTER TABLE channel_links FORCE ROW LEVEL SECURITY

CREATE POLICY tenant_rows ON channel_links
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
