-- Signed messages that were handled: sent again they are answered, and another one under the same id is refused.
CREATE TABLE channel_receipts (
    tenant_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    id TEXT NOT NULL,
    digest TEXT NOT NULL,
    handled_at INTEGER NOT NULL,
    CONSTRAINT channel_receipts_pkey PRIMARY KEY (tenant_id, channel, id),
    CONSTRAINT channel_receipts_digest_check CHECK (length(digest) = 64)
) STRICT

CREATE INDEX channel_receipts_handled_idx ON channel_receipts (tenant_id, handled_at)

CREATE INDEX channel_inbox_settled_idx ON channel_inbox (tenant_id, outcome, settled_at) WHERE outcome <> ''

CREATE INDEX webhook_deliveries_died_idx ON webhook_deliveries (tenant_id, died_at) WHERE died_at IS NOT NULL

CREATE INDEX webhook_deliveries_delivered_idx ON webhook_deliveries (tenant_id, delivered_at)
    WHERE delivered_at IS NOT NULL
