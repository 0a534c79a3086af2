-- What is stored must be sound before it is guarded: a CHECK that fails undoes the whole migration.
CREATE TEMP TABLE overlapping_allocations (none INTEGER CHECK (none = 0)) STRICT

INSERT INTO overlapping_allocations
SELECT count(*) FROM (
    SELECT starts_at, lag(ends_at) OVER (PARTITION BY tenant_id, resource_id, lane ORDER BY starts_at) AS before
    FROM allocations
) WHERE before > starts_at

DROP TABLE overlapping_allocations

-- Allocations of a lane are disjoint, so only the last one that starts before the new end can overlap the new one.
CREATE TRIGGER allocations_no_overlap_insert BEFORE INSERT ON allocations
BEGIN
    SELECT RAISE(ABORT, 'lane_taken') WHERE new.starts_at < (
        SELECT ends_at FROM allocations
        WHERE tenant_id = new.tenant_id AND resource_id = new.resource_id AND lane = new.lane
            AND starts_at < new.ends_at
        ORDER BY starts_at DESC LIMIT 1
    );
END

CREATE TRIGGER allocations_no_overlap_update
BEFORE UPDATE OF tenant_id, owner_id, resource_id, lane, starts_at, ends_at ON allocations
BEGIN
    SELECT RAISE(ABORT, 'lane_taken') WHERE new.starts_at < (
        SELECT ends_at FROM allocations
        WHERE tenant_id = new.tenant_id AND resource_id = new.resource_id AND lane = new.lane
            AND starts_at < new.ends_at
            AND (tenant_id, owner_id, resource_id, lane, starts_at)
                <> (old.tenant_id, old.owner_id, old.resource_id, old.lane, old.starts_at)
        ORDER BY starts_at DESC LIMIT 1
    );
END

CREATE TRIGGER audit_is_append_only_update BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit_is_append_only');
END

CREATE TRIGGER audit_is_append_only_delete BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit_is_append_only');
END
