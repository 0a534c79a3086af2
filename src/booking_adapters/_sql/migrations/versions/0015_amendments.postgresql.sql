CREATE TABLE amendments (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    reservation_id uuid NOT NULL,
    payment_id uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    body jsonb NOT NULL,
    CONSTRAINT amendments_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT amendments_reservations_fkey
        FOREIGN KEY (tenant_id, reservation_id) REFERENCES reservations (tenant_id, id),
    CONSTRAINT amendments_payments_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES payments (tenant_id, id)
) WITH (fillfactor = 85)

CREATE UNIQUE INDEX amendments_reservation_idx ON amendments (tenant_id, reservation_id)

CREATE UNIQUE INDEX amendments_payment_idx ON amendments (tenant_id, payment_id)

CREATE INDEX amendments_expires_at_idx ON amendments (tenant_id, expires_at)

GRANT SELECT, INSERT, DELETE ON amendments TO booking_app

ALTER TABLE amendments ENABLE ROW LEVEL SECURITY

ALTER TABLE amendments FORCE ROW LEVEL SECURITY

CREATE POLICY tenant_rows ON amendments
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
