CREATE TABLE quotes (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    document jsonb NOT NULL,
    CONSTRAINT quotes_pkey PRIMARY KEY (tenant_id, id)
)

CREATE INDEX quotes_expires_at_idx ON quotes (tenant_id, expires_at)

CREATE TABLE redemptions (
    tenant_id uuid NOT NULL,
    code text NOT NULL,
    owner_id uuid NOT NULL,
    CONSTRAINT redemptions_pkey PRIMARY KEY (tenant_id, code, owner_id),
    CONSTRAINT redemptions_reservations_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES reservations (tenant_id, id)
)

GRANT SELECT, INSERT, DELETE ON quotes, redemptions TO booking_app

DO $$
DECLARE
    walled text;
BEGIN
    FOREACH walled IN ARRAY ARRAY['quotes', 'redemptions']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY tenant_rows ON %I
            USING (tenant_id = nullif(current_setting(''app.tenant'', true), '''')::uuid)', walled);
    END LOOP;
END
$$
