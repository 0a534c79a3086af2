CREATE TABLE series (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    service_id uuid NOT NULL,
    recurrence text NOT NULL,
    booked_at timestamptz NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT series_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT series_version_check CHECK (version >= 1)
)

CREATE TABLE series_occurrences (
    tenant_id uuid NOT NULL,
    series_id uuid NOT NULL,
    number bigint NOT NULL,
    date date NOT NULL,
    reservation_id uuid,
    CONSTRAINT series_occurrences_pkey PRIMARY KEY (tenant_id, series_id, number),
    CONSTRAINT series_occurrences_series_fkey FOREIGN KEY (tenant_id, series_id)
        REFERENCES series (tenant_id, id),
    CONSTRAINT series_occurrences_reservations_fkey FOREIGN KEY (tenant_id, reservation_id)
        REFERENCES reservations (tenant_id, id),
    CONSTRAINT series_occurrences_number_check CHECK (number >= 1)
)

CREATE UNIQUE INDEX series_occurrences_reservation_idx ON series_occurrences (tenant_id, reservation_id)
    WHERE reservation_id IS NOT NULL

-- What was booked together stays known.
GRANT SELECT, INSERT ON series, series_occurrences TO booking_app

DO $$
DECLARE
    walled text;
BEGIN
    FOREACH walled IN ARRAY ARRAY['series', 'series_occurrences']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY tenant_rows ON %I
            USING (tenant_id = nullif(current_setting(''app.tenant'', true), '''')::uuid)', walled);
    END LOOP;
END
$$
