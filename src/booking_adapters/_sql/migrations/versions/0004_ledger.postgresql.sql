CREATE TABLE folios (
    tenant_id uuid NOT NULL,
    reservation_id uuid NOT NULL,
    currency text NOT NULL,
    is_frozen boolean NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT folios_pkey PRIMARY KEY (tenant_id, reservation_id),
    CONSTRAINT folios_reservations_fkey FOREIGN KEY (tenant_id, reservation_id)
        REFERENCES reservations (tenant_id, id),
    CONSTRAINT folios_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT folios_version_check CHECK (version >= 1)
)

CREATE TABLE folio_entries (
    tenant_id uuid NOT NULL,
    reservation_id uuid NOT NULL,
    number bigint NOT NULL,
    at timestamptz NOT NULL,
    part text NOT NULL,
    kind text NOT NULL,
    code text NOT NULL,
    text text NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    night date,
    included boolean NOT NULL,
    group_number bigint NOT NULL,
    payment_id uuid,
    intent_id uuid,
    is_deposit boolean NOT NULL,
    CONSTRAINT folio_entries_pkey PRIMARY KEY (tenant_id, reservation_id, number),
    CONSTRAINT folio_entries_folios_fkey FOREIGN KEY (tenant_id, reservation_id)
        REFERENCES folios (tenant_id, reservation_id),
    CONSTRAINT folio_entries_number_check CHECK (number >= 1),
    CONSTRAINT folio_entries_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    -- The smallest bigint has no opposite.
    CONSTRAINT folio_entries_amount_check CHECK (amount_minor >= -9223372036854775807)
)

CREATE UNIQUE INDEX folio_entries_intent_idx ON folio_entries (tenant_id, intent_id) WHERE intent_id IS NOT NULL

CREATE TABLE payments (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    reservation_id uuid NOT NULL,
    purpose text NOT NULL,
    state text NOT NULL,
    version bigint NOT NULL,
    currency text NOT NULL,
    authorised_minor bigint NOT NULL,
    captured_minor bigint NOT NULL,
    refunded_minor bigint NOT NULL,
    authorised_until timestamptz,
    body jsonb NOT NULL,
    CONSTRAINT payments_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT payments_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT payments_version_check CHECK (version >= 1),
    CONSTRAINT payments_amounts_check
        CHECK (authorised_minor >= 0 AND refunded_minor >= 0 AND refunded_minor <= captured_minor)
) WITH (fillfactor = 85)

CREATE INDEX payments_reservation_idx ON payments (tenant_id, reservation_id)

CREATE INDEX payments_lapsing_idx ON payments (tenant_id, authorised_until)
    WHERE authorised_until IS NOT NULL AND authorised_minor > 0

CREATE TABLE intents (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    payment_id uuid NOT NULL,
    reservation_id uuid NOT NULL,
    operation text NOT NULL,
    state text NOT NULL,
    version bigint NOT NULL,
    key text NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    due_at timestamptz,
    made text,
    body jsonb NOT NULL,
    CONSTRAINT intents_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT intents_payments_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES payments (tenant_id, id),
    CONSTRAINT intents_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT intents_version_check CHECK (version >= 1),
    CONSTRAINT intents_amount_check CHECK (amount_minor > 0),
    -- What is open comes up again, and what is settled does not.
    CONSTRAINT intents_due_check CHECK (
        (due_at IS NULL) = (state IN ('succeeded', 'failed', 'superseded', 'cancelled'))
    )
) WITH (fillfactor = 85)

CREATE UNIQUE INDEX intents_key_idx ON intents (tenant_id, key)

CREATE UNIQUE INDEX intents_made_idx ON intents (tenant_id, made) WHERE made IS NOT NULL

CREATE INDEX intents_due_idx ON intents (tenant_id, due_at) WHERE due_at IS NOT NULL

CREATE INDEX intents_reservation_idx ON intents (tenant_id, reservation_id)

CREATE UNIQUE INDEX intents_one_asks_idx ON intents (tenant_id, payment_id)
    WHERE due_at IS NOT NULL AND operation IN ('authorise', 'charge', 'capture')

CREATE UNIQUE INDEX intents_one_voids_idx ON intents (tenant_id, payment_id)
    WHERE due_at IS NOT NULL AND operation = 'void'

CREATE TABLE provider_events (
    tenant_id uuid NOT NULL,
    id text NOT NULL,
    kind text NOT NULL,
    reference text NOT NULL,
    told_at timestamptz NOT NULL,
    handled_at timestamptz,
    CONSTRAINT provider_events_pkey PRIMARY KEY (tenant_id, id)
)

CREATE INDEX provider_events_unhandled_idx ON provider_events (tenant_id, told_at) WHERE handled_at IS NULL

CREATE INDEX provider_events_handled_idx ON provider_events (tenant_id, handled_at) WHERE handled_at IS NOT NULL

-- What is in a folio stays in it; payments and intents are changed and never lost; told events may be forgotten.
GRANT SELECT, INSERT ON folio_entries TO booking_app

GRANT SELECT, INSERT, UPDATE ON folios, payments, intents TO booking_app

GRANT SELECT, INSERT, UPDATE, DELETE ON provider_events TO booking_app

DO $$
DECLARE
    walled text;
BEGIN
    FOREACH walled IN ARRAY ARRAY['folios', 'folio_entries', 'payments', 'intents', 'provider_events']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY tenant_rows ON %I
            USING (tenant_id = nullif(current_setting(''app.tenant'', true), '''')::uuid)', walled);
    END LOOP;
END
$$
