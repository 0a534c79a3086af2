CREATE TABLE amendments (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    reservation_id TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT amendments_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT amendments_reservations_fkey
        FOREIGN KEY (tenant_id, reservation_id) REFERENCES reservations (tenant_id, id),
    CONSTRAINT amendments_payments_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES payments (tenant_id, id)
) STRICT

CREATE UNIQUE INDEX amendments_reservation_idx ON amendments (tenant_id, reservation_id)

CREATE UNIQUE INDEX amendments_payment_idx ON amendments (tenant_id, payment_id)

CREATE INDEX amendments_expires_at_idx ON amendments (tenant_id, expires_at)
