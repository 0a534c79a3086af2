-- Equality of uuid and bigint inside a gist index; the extension is trusted, so the owner of the database may add it.
CREATE EXTENSION IF NOT EXISTS btree_gist

ALTER TABLE allocations ADD CONSTRAINT allocations_no_overlap EXCLUDE USING gist (
    tenant_id WITH =,
    resource_id WITH =,
    lane WITH =,
    tstzrange(starts_at, ends_at, '[)') WITH &&
)

-- The role that applications work as: it owns nothing, so no table's walls can be passed by it. Roles belong to the
-- cluster: another database, migrated at this very moment, may have made it first.
DO $$
BEGIN
    CREATE ROLE booking_app NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END
$$

-- Whoever migrates may also serve. Other logins are let in with: GRANT booking_app TO login.
DO $$
BEGIN
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT booking_app TO %I', current_user);
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'the role booking_app was made by somebody else, who has to grant it to %', current_user;
END
$$

DO $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO booking_app', current_schema());
END
$$

GRANT SELECT, INSERT, UPDATE ON tenants, reservations TO booking_app

GRANT SELECT, INSERT ON catalogs, policy_versions, requests, audit TO booking_app

GRANT SELECT, INSERT, UPDATE, DELETE ON holds, allocations, closures, outbox TO booking_app

-- The walls: a transaction sees and writes the rows of the tenant that it named, and none before it named one.
DO $$
DECLARE
    walled text;
BEGIN
    FOREACH walled IN ARRAY ARRAY['catalogs', 'policy_versions', 'holds', 'reservations', 'allocations',
        'closures', 'requests', 'outbox', 'audit']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY tenant_rows ON %I
            USING (tenant_id = nullif(current_setting(''app.tenant'', true), '''')::uuid)', walled);
    END LOOP;
END
$$

-- The one table that can be read across tenants, to find a business by its key. It is written within the walls.
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY

ALTER TABLE tenants FORCE ROW LEVEL SECURITY

CREATE POLICY tenant_keys ON tenants FOR SELECT USING (true)

CREATE POLICY tenant_insert ON tenants FOR INSERT
    WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)

CREATE POLICY tenant_update ON tenants FOR UPDATE
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
