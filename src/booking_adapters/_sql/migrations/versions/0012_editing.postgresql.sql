CREATE TABLE locks (
    tenant_id uuid NOT NULL,
    token bigint NOT NULL,
    owner text NOT NULL,
    holder text NOT NULL,
    scopes jsonb NOT NULL,
    since timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT locks_pkey PRIMARY KEY (tenant_id, token),
    CONSTRAINT locks_token_check CHECK (token > 0)
) WITH (fillfactor = 70)

CREATE INDEX locks_expires_at_idx ON locks (tenant_id, expires_at)

CREATE TABLE fences (
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    edited_id uuid NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    token bigint NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT fences_pkey PRIMARY KEY (tenant_id, kind, edited_id, starts_on, ends_on),
    CONSTRAINT fences_dates_check CHECK (starts_on < ends_on),
    CONSTRAINT fences_token_check CHECK (token > 0)
) WITH (fillfactor = 85)

CREATE INDEX fences_at_idx ON fences (tenant_id, at)

GRANT SELECT, INSERT, UPDATE, DELETE ON locks, fences TO booking_app

DO $$
DECLARE
    walled text;
BEGIN
    FOREACH walled IN ARRAY ARRAY['locks', 'fences']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY tenant_rows ON %I
            USING (tenant_id = nullif(current_setting(''app.tenant'', true), '''')::uuid)', walled);
    END LOOP;
END
$$
