"""The statements that matter for speed and safety, in Postgres' own words. A booking is one of them.

Allocations go in by ON CONFLICT DO NOTHING: plain inserts that race into one exclusion constraint can deadlock each
other for seconds, this form waits for the other transaction and then says by the number of rows who won. They are
sorted, so that two bookings of the same resources meet in the same order. Numbers are bigint throughout: parameters
of smaller types would keep the planner from the gist index.
"""

_TAKEN = """
taken AS (
    INSERT INTO allocations (tenant_id, owner_id, resource_id, lane, starts_at, ends_at, made_at, expires_at)
    SELECT %(tenant)s::uuid, %(owner)s::uuid, resource_id, lane, to_timestamp(first), to_timestamp(last),
        %(made_at)s::timestamptz, %(lanes_expire_at)s::timestamptz
    FROM unnest(%(resources)s::uuid[], %(lanes)s::bigint[], %(starts)s::bigint[], %(ends)s::bigint[])
        AS wanted (resource_id, lane, first, last)
    ORDER BY resource_id, lane, first
    ON CONFLICT DO NOTHING
    RETURNING 1
)"""

_RECORDED = """
events AS MATERIALIZED (
    SELECT event.*
    FROM ROWS FROM (
        jsonb_to_recordset(%(events)s::jsonb)
            AS (name text, subject_id uuid, version bigint, at timestamptz, data jsonb)
    ) WITH ORDINALITY AS event (name, subject_id, version, at, data, place)
), told AS (
    INSERT INTO outbox (tenant_id, name, subject_id, version, at, data)
    SELECT %(tenant)s::uuid, name, subject_id, version, at, data FROM events ORDER BY place
), noted AS (
    INSERT INTO audit (
        tenant_id, actor_kind, actor_name, actor_address, name, subject_id, version, at, data)
    SELECT %(tenant)s::uuid, %(actor_kind)s::text, %(actor_name)s::text, %(actor_address)s::text,
        name, subject_id, version, at, data
    FROM events ORDER BY place
)"""

_BOOKED = """
booked AS (
    INSERT INTO reservations (
        tenant_id, id, code, status, version, service_id, starts_at, ends_at, check_in, check_out, quantity,
        expires_at, no_show_at, policy_fingerprint, customer_key, customer_name, customer_email, customer_phone,
        body)
    VALUES (
        %(tenant)s::uuid, %(id)s::uuid, %(code)s::text, %(status)s::text, %(version)s::bigint,
        %(service_id)s::uuid, %(starts_at)s::timestamptz, %(ends_at)s::timestamptz, %(check_in)s::date,
        %(check_out)s::date, %(quantity)s::bigint, %(expires_at)s::timestamptz, %(no_show_at)s::timestamptz,
        %(policy_fingerprint)s::text, %(customer_key)s::text, %(customer_name)s::text, %(customer_email)s::text,
        %(customer_phone)s::text, %(body)s::jsonb)
), bound AS (
    INSERT INTO requests (tenant_id, key, fingerprint, claim_id)
    SELECT %(tenant)s::uuid, %(request_key)s::text, %(request_fingerprint)s::text, %(id)s::uuid
    WHERE %(request_key)s::text IS NOT NULL
)"""

TAKE = f"WITH {_TAKEN} SELECT count(*) FROM taken"  # noqa: S608 - made of the texts above

RECORD = f"WITH {_RECORDED} SELECT 1"

BOOK = f"WITH {_TAKEN}, {_BOOKED}, {_RECORDED} SELECT count(*) FROM taken"  # noqa: S608

BOOK_HOLD = f"""
WITH released AS (
    DELETE FROM holds
    WHERE tenant_id = %(tenant)s::uuid AND id = %(id)s::uuid AND version = %(held_version)s::bigint
    RETURNING 1
), kept AS (
    UPDATE allocations SET expires_at = %(expires_at)s::timestamptz
    WHERE tenant_id = %(tenant)s::uuid AND owner_id = %(id)s::uuid
), {_BOOKED}, {_RECORDED}
SELECT count(*) FROM released
"""  # noqa: S608

HOLD = f"""
WITH {_TAKEN}, placed AS (
    INSERT INTO holds (
        tenant_id, id, session, service_id, starts_at, ends_at, check_in, check_out, quantity, assigned,
        placed_at, expires_at, version)
    VALUES (
        %(tenant)s::uuid, %(id)s::uuid, %(session)s::text, %(service_id)s::uuid, %(starts_at)s::timestamptz,
        %(ends_at)s::timestamptz, %(check_in)s::date, %(check_out)s::date, %(quantity)s::bigint,
        %(assigned)s::jsonb, %(placed_at)s::timestamptz, %(expires_at)s::timestamptz, %(version)s::bigint)
), {_RECORDED}
SELECT count(*) FROM taken
"""  # noqa: S608

# Comparisons of instants, not of ranges: with row-level security a condition may enter an index scan only if its
# function is leakproof, and that of && is not. The index is allocations_window_idx. One row a resource, for the driver
# takes longer over 24,000 rows than the server. Bounds are whole seconds, which date_part gives exactly, and fast.
BUSY = """
SELECT who.id, busy.starts, busy.ends, busy.lanes, busy.lapsed, shut.starts, shut.ends
FROM unnest(%(resources)s::uuid[]) AS who (id)
CROSS JOIN LATERAL (
    SELECT array_agg(date_part('epoch', starts_at)::bigint) FILTER (WHERE is_live) AS starts,
        array_agg(date_part('epoch', ends_at)::bigint) FILTER (WHERE is_live) AS ends,
        array_agg(lane) FILTER (WHERE is_live) AS lanes,
        array_agg(owner_id) FILTER (WHERE NOT is_live) AS lapsed
    FROM (
        SELECT starts_at, ends_at, lane, owner_id,
            coalesce(expires_at > %(at)s::timestamptz, true) AS is_live
        FROM allocations
        WHERE tenant_id = %(tenant)s::uuid AND resource_id = who.id
            AND ends_at > %(start)s::timestamptz AND starts_at < %(end)s::timestamptz
            AND owner_id <> ALL (%(without)s::uuid[])
    ) AS taken
) AS busy
CROSS JOIN LATERAL (
    SELECT array_agg(date_part('epoch', starts_at)::bigint) AS starts,
        array_agg(date_part('epoch', ends_at)::bigint) AS ends
    FROM closures
    WHERE tenant_id = %(tenant)s::uuid AND resource_id = who.id AND quantity IS NULL
        AND ends_at > %(start)s::timestamptz AND starts_at < %(end)s::timestamptz
) AS shut
"""

LOADS = """
SELECT resource_id, sum(extract(epoch FROM
    least(ends_at, %(end)s::timestamptz) - greatest(starts_at, %(start)s::timestamptz)))::bigint
FROM allocations
WHERE tenant_id = %(tenant)s::uuid AND resource_id = ANY (%(resources)s::uuid[])
    AND ends_at > %(start)s::timestamptz AND starts_at < %(end)s::timestamptz
    AND made_at >= %(since)s::timestamptz
    AND (expires_at IS NULL OR expires_at > %(at)s::timestamptz) AND owner_id <> ALL (%(without)s::uuid[])
GROUP BY resource_id
"""
