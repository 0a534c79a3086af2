CREATE TABLE series (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    service_id TEXT NOT NULL,
    recurrence TEXT NOT NULL,
    booked_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT series_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT series_version_check CHECK (version >= 1)
) STRICT

CREATE TABLE series_occurrences (
    tenant_id TEXT NOT NULL,
    series_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    date TEXT NOT NULL,
    reservation_id TEXT,
    CONSTRAINT series_occurrences_pkey PRIMARY KEY (tenant_id, series_id, number),
    CONSTRAINT series_occurrences_series_fkey FOREIGN KEY (tenant_id, series_id)
        REFERENCES series (tenant_id, id),
    CONSTRAINT series_occurrences_reservations_fkey FOREIGN KEY (tenant_id, reservation_id)
        REFERENCES reservations (tenant_id, id),
    CONSTRAINT series_occurrences_number_check CHECK (number >= 1)
) STRICT

CREATE UNIQUE INDEX series_occurrences_reservation_idx ON series_occurrences (tenant_id, reservation_id)
    WHERE reservation_id IS NOT NULL
