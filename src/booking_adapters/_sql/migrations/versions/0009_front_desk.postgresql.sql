CREATE TABLE rooms (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    status text NOT NULL,
    occupant_id uuid,
    note text NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT rooms_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT rooms_reservations_fkey FOREIGN KEY (tenant_id, occupant_id)
        REFERENCES reservations (tenant_id, id),
    CONSTRAINT rooms_version_check CHECK (version >= 2),
    -- A guest is in occupied rooms and nowhere else.
    CONSTRAINT rooms_occupant_check CHECK ((occupant_id IS NOT NULL) = (status = 'occupied'))
) WITH (fillfactor = 85)

CREATE INDEX rooms_occupant_idx ON rooms (tenant_id, occupant_id) WHERE occupant_id IS NOT NULL

CREATE TABLE housekeeping_tasks (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    unit_id uuid NOT NULL,
    work text NOT NULL,
    state text NOT NULL,
    due_at timestamptz,
    note text NOT NULL,
    assignee text NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT housekeeping_tasks_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT housekeeping_tasks_version_check CHECK (version >= 1)
) WITH (fillfactor = 85)

CREATE INDEX housekeeping_tasks_under_way_idx ON housekeeping_tasks (tenant_id, unit_id)
    WHERE state IN ('open', 'started')

CREATE TABLE guests (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    key text NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT guests_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT guests_version_check CHECK (version >= 2)
) WITH (fillfactor = 85)

CREATE UNIQUE INDEX guests_key_idx ON guests (tenant_id, key)

CREATE TABLE guest_visits (
    tenant_id uuid NOT NULL,
    guest_id uuid NOT NULL,
    number bigint NOT NULL,
    reservation_id uuid NOT NULL,
    code text NOT NULL,
    kind text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    spent_minor bigint NOT NULL,
    currency text NOT NULL,
    nights bigint NOT NULL,
    rooms jsonb NOT NULL,
    CONSTRAINT guest_visits_pkey PRIMARY KEY (tenant_id, guest_id, number),
    CONSTRAINT guest_visits_guests_fkey FOREIGN KEY (tenant_id, guest_id) REFERENCES guests (tenant_id, id),
    CONSTRAINT guest_visits_reservations_fkey FOREIGN KEY (tenant_id, reservation_id)
        REFERENCES reservations (tenant_id, id),
    CONSTRAINT guest_visits_number_check CHECK (number >= 1),
    CONSTRAINT guest_visits_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT guest_visits_period_check CHECK (starts_at < ends_at)
)

CREATE UNIQUE INDEX guest_visits_reservation_idx ON guest_visits (tenant_id, reservation_id)

CREATE TABLE loyalty_accounts (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    guest text NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT loyalty_accounts_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT loyalty_accounts_version_check CHECK (version >= 2)
) WITH (fillfactor = 85)

CREATE UNIQUE INDEX loyalty_accounts_guest_idx ON loyalty_accounts (tenant_id, guest)

CREATE TABLE loyalty_movements (
    tenant_id uuid NOT NULL,
    account_id uuid NOT NULL,
    number bigint NOT NULL,
    why text NOT NULL,
    points bigint NOT NULL,
    reservation_id uuid NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT loyalty_movements_pkey PRIMARY KEY (tenant_id, account_id, number),
    CONSTRAINT loyalty_movements_accounts_fkey FOREIGN KEY (tenant_id, account_id)
        REFERENCES loyalty_accounts (tenant_id, id),
    CONSTRAINT loyalty_movements_number_check CHECK (number >= 1),
    CONSTRAINT loyalty_movements_points_check CHECK (points <> 0)
)

CREATE TABLE room_assignments (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    rooms jsonb NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT room_assignments_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT room_assignments_reservations_fkey FOREIGN KEY (tenant_id, id)
        REFERENCES reservations (tenant_id, id),
    CONSTRAINT room_assignments_version_check CHECK (version >= 2)
) WITH (fillfactor = 85)

-- What a guest was here for and what became of their points stays; the rest is changed and never lost.
GRANT SELECT, INSERT ON guest_visits, loyalty_movements TO booking_app

GRANT SELECT, INSERT, UPDATE ON rooms, housekeeping_tasks, guests, loyalty_accounts, room_assignments TO booking_app

DO $$
DECLARE
    walled text;
BEGIN
    FOREACH walled IN ARRAY ARRAY[
        'rooms', 'housekeeping_tasks', 'guests', 'guest_visits', 'loyalty_accounts', 'loyalty_movements',
        'room_assignments'
    ]
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY tenant_rows ON %I
            USING (tenant_id = nullif(current_setting(''app.tenant'', true), '''')::uuid)', walled);
    END LOOP;
END
$$
