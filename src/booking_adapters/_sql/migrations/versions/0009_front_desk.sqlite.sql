CREATE TABLE rooms (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    status TEXT NOT NULL,
    occupant_id TEXT,
    note TEXT NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT rooms_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT rooms_reservations_fkey FOREIGN KEY (tenant_id, occupant_id)
        REFERENCES reservations (tenant_id, id),
    CONSTRAINT rooms_version_check CHECK (version >= 2),
    -- A guest is in occupied rooms and nowhere else.
    CONSTRAINT rooms_occupant_check CHECK ((occupant_id IS NOT NULL) = (status = 'occupied'))
) STRICT

CREATE INDEX rooms_occupant_idx ON rooms (tenant_id, occupant_id) WHERE occupant_id IS NOT NULL

CREATE TABLE housekeeping_tasks (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    unit_id TEXT NOT NULL,
    work TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at INTEGER,
    note TEXT NOT NULL,
    assignee TEXT NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT housekeeping_tasks_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT housekeeping_tasks_version_check CHECK (version >= 1)
) STRICT

CREATE INDEX housekeeping_tasks_under_way_idx ON housekeeping_tasks (tenant_id, unit_id)
    WHERE state IN ('open', 'started')

CREATE TABLE guests (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT guests_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT guests_version_check CHECK (version >= 2)
) STRICT

CREATE UNIQUE INDEX guests_key_idx ON guests (tenant_id, key)

CREATE TABLE guest_visits (
    tenant_id TEXT NOT NULL,
    guest_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    reservation_id TEXT NOT NULL,
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    spent_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    nights INTEGER NOT NULL,
    rooms TEXT NOT NULL,
    CONSTRAINT guest_visits_pkey PRIMARY KEY (tenant_id, guest_id, number),
    CONSTRAINT guest_visits_guests_fkey FOREIGN KEY (tenant_id, guest_id) REFERENCES guests (tenant_id, id),
    CONSTRAINT guest_visits_reservations_fkey FOREIGN KEY (tenant_id, reservation_id)
        REFERENCES reservations (tenant_id, id),
    CONSTRAINT guest_visits_number_check CHECK (number >= 1),
    CONSTRAINT guest_visits_currency_check CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
    CONSTRAINT guest_visits_period_check CHECK (starts_at < ends_at)
) STRICT

CREATE UNIQUE INDEX guest_visits_reservation_idx ON guest_visits (tenant_id, reservation_id)

CREATE TABLE loyalty_accounts (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    guest TEXT NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT loyalty_accounts_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT loyalty_accounts_version_check CHECK (version >= 2)
) STRICT

CREATE UNIQUE INDEX loyalty_accounts_guest_idx ON loyalty_accounts (tenant_id, guest)

CREATE TABLE loyalty_movements (
    tenant_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    why TEXT NOT NULL,
    points INTEGER NOT NULL,
    reservation_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    CONSTRAINT loyalty_movements_pkey PRIMARY KEY (tenant_id, account_id, number),
    CONSTRAINT loyalty_movements_accounts_fkey FOREIGN KEY (tenant_id, account_id)
        REFERENCES loyalty_accounts (tenant_id, id),
    CONSTRAINT loyalty_movements_number_check CHECK (number >= 1),
    CONSTRAINT loyalty_movements_points_check CHECK (points <> 0)
) STRICT

CREATE TABLE room_assignments (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    rooms TEXT NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT room_assignments_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT room_assignments_reservations_fkey FOREIGN KEY (tenant_id, id)
        REFERENCES reservations (tenant_id, id),
    CONSTRAINT room_assignments_version_check CHECK (version >= 2)
) STRICT
