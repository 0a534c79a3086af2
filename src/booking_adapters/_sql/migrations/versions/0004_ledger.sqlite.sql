CREATE TABLE folios (
    tenant_id TEXT NOT NULL,
    reservation_id TEXT NOT NULL,
    currency TEXT NOT NULL,
    is_frozen INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT folios_pkey PRIMARY KEY (tenant_id, reservation_id),
    CONSTRAINT folios_reservations_fkey FOREIGN KEY (tenant_id, reservation_id)
        REFERENCES reservations (tenant_id, id),
    CONSTRAINT folios_currency_check CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
    CONSTRAINT folios_version_check CHECK (version >= 1)
) STRICT

CREATE TABLE folio_entries (
    tenant_id TEXT NOT NULL,
    reservation_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    part TEXT NOT NULL,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    text TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    night TEXT,
    included INTEGER NOT NULL,
    group_number INTEGER NOT NULL,
    payment_id TEXT,
    intent_id TEXT,
    is_deposit INTEGER NOT NULL,
    CONSTRAINT folio_entries_pkey PRIMARY KEY (tenant_id, reservation_id, number),
    CONSTRAINT folio_entries_folios_fkey FOREIGN KEY (tenant_id, reservation_id)
        REFERENCES folios (tenant_id, reservation_id),
    CONSTRAINT folio_entries_number_check CHECK (number >= 1),
    CONSTRAINT folio_entries_currency_check CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
    -- The smallest whole number has no opposite.
    CONSTRAINT folio_entries_amount_check CHECK (amount_minor >= -9223372036854775807)
) STRICT

CREATE UNIQUE INDEX folio_entries_intent_idx ON folio_entries (tenant_id, intent_id) WHERE intent_id IS NOT NULL

CREATE TABLE payments (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    reservation_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    currency TEXT NOT NULL,
    authorised_minor INTEGER NOT NULL,
    captured_minor INTEGER NOT NULL,
    refunded_minor INTEGER NOT NULL,
    authorised_until INTEGER,
    body TEXT NOT NULL,
    CONSTRAINT payments_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT payments_currency_check CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
    CONSTRAINT payments_version_check CHECK (version >= 1),
    CONSTRAINT payments_amounts_check
        CHECK (authorised_minor >= 0 AND refunded_minor >= 0 AND refunded_minor <= captured_minor)
) STRICT

CREATE INDEX payments_reservation_idx ON payments (tenant_id, reservation_id)

CREATE INDEX payments_lapsing_idx ON payments (tenant_id, authorised_until)
    WHERE authorised_until IS NOT NULL AND authorised_minor > 0

CREATE TABLE intents (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    reservation_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    key TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    due_at INTEGER,
    made TEXT,
    body TEXT NOT NULL,
    CONSTRAINT intents_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT intents_payments_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES payments (tenant_id, id),
    CONSTRAINT intents_currency_check CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
    CONSTRAINT intents_version_check CHECK (version >= 1),
    CONSTRAINT intents_amount_check CHECK (amount_minor > 0),
    -- What is open comes up again, and what is settled does not.
    CONSTRAINT intents_due_check CHECK (
        (due_at IS NULL) = (state IN ('succeeded', 'failed', 'superseded', 'cancelled'))
    )
) STRICT

CREATE UNIQUE INDEX intents_key_idx ON intents (tenant_id, key)

CREATE UNIQUE INDEX intents_made_idx ON intents (tenant_id, made) WHERE made IS NOT NULL

CREATE INDEX intents_due_idx ON intents (tenant_id, due_at) WHERE due_at IS NOT NULL

CREATE INDEX intents_reservation_idx ON intents (tenant_id, reservation_id)

CREATE UNIQUE INDEX intents_one_asks_idx ON intents (tenant_id, payment_id)
    WHERE due_at IS NOT NULL AND operation IN ('authorise', 'charge', 'capture')

CREATE UNIQUE INDEX intents_one_voids_idx ON intents (tenant_id, payment_id)
    WHERE due_at IS NOT NULL AND operation = 'void'

CREATE TABLE provider_events (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    reference TEXT NOT NULL,
    told_at INTEGER NOT NULL,
    handled_at INTEGER,
    CONSTRAINT provider_events_pkey PRIMARY KEY (tenant_id, id)
) STRICT

CREATE INDEX provider_events_unhandled_idx ON provider_events (tenant_id, told_at) WHERE handled_at IS NULL

CREATE INDEX provider_events_handled_idx ON provider_events (tenant_id, handled_at) WHERE handled_at IS NOT NULL
