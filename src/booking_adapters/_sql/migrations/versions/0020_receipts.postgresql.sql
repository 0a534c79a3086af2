-- Signed messages that were handled: sent again they are answered, and another one under the same id is refused.
CREATE TABLE channel_receipts (
    tenant_id uuid NOT NULL,
    channel text NOT NULL,
    id text NOT NULL,
    digest text NOT NULL,
    handled_at timestamptz NOT NULL,
    CONSTRAINT channel_receipts_pkey PRIMARY KEY (tenant_id, channel, id),
    CONSTRAINT channel_receipts_digest_check CHECK (digest ~ '^[0-9a-f]{64}$')
)

CREATE INDEX channel_receipts_handled_idx ON channel_receipts (tenant_id, handled_at)

CREATE INDEX channel_inbox_settled_idx ON channel_inbox (tenant_id, outcome, settled_at) WHERE outcome <> ''

CREATE INDEX webhook_deliveries_died_idx ON webhook_deliveries (tenant_id, died_at) WHERE died_at IS NOT NULL

CREATE INDEX webhook_deliveries_delivered_idx ON webhook_deliveries (tenant_id, delivered_at)
    WHERE delivered_at IS NOT NULL

GRANT SELECT, INSERT, DELETE ON channel_receipts TO booking_app

-- What is done with is forgotten after a while.
GRANT DELETE ON channel_inbox TO booking_app

ALTER TABLE channel_receipts ENABLE ROW LEVEL SECURITY

ALTER TABLE channel_receipts FORCE ROW LEVEL SECURITY

CREATE POLICY tenant_rows ON channel_receipts
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
