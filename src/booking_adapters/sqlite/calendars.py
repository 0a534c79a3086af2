"""Reading the taken lanes of a window from SQLite."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from booking_adapters._sql.types import json_text, microseconds
from booking_adapters.sqlite.session import SqliteSession
from booking_core.domain.catalog.resource import Resource
from booking_core.domain.kernel.ids import ClaimId, ResourceId
from booking_core.domain.kernel.period import Period, epoch
from booking_core.domain.reservations.calendar import Calendar, Span
from booking_core.ports.storage import Reading

# Allocations of a lane are disjoint: those that overlap the window begin with the last one that starts at or before it.
BUSY = """
WITH RECURSIVE wanted (resource_id, lane, lanes) AS (
    SELECT value ->> 0, 1, value ->> 1 FROM json_each(:resources)
    UNION ALL
    SELECT resource_id, lane + 1, lanes FROM wanted WHERE lane < lanes
)
SELECT taken.resource_id, taken.starts_at, taken.ends_at, taken.lane, taken.owner_id, taken.expires_at <= :at
FROM wanted CROSS JOIN allocations AS taken
WHERE taken.tenant_id = :tenant AND taken.resource_id = wanted.resource_id AND taken.lane = wanted.lane
    AND taken.starts_at < :end AND taken.ends_at > :start
    AND taken.starts_at >= coalesce((
        SELECT max(starts_at) FROM allocations
        WHERE tenant_id = :tenant AND resource_id = wanted.resource_id AND lane = wanted.lane
            AND starts_at <= :start
    ), :start)
ORDER BY taken.starts_at, taken.ends_at, taken.lane
"""

CLOSED = """
SELECT resource_id, starts_at, ends_at
FROM json_each(:resources) AS wanted CROSS JOIN closures
WHERE tenant_id = :tenant AND resource_id = wanted.value ->> 0 AND quantity IS NULL
    AND starts_at < :end AND ends_at > :start
ORDER BY starts_at, ends_at
"""

# Lane by lane as above: asked by resource alone, SQLite reads all that the tenant has. The lanes are those in use.
LOADS = """
WITH RECURSIVE used (resource_id, lane) AS (
    SELECT value, (SELECT min(lane) FROM allocations WHERE tenant_id = :tenant AND resource_id = value)
    FROM json_each(:resources)
    UNION ALL
    SELECT resource_id, (
        SELECT min(lane) FROM allocations
        WHERE tenant_id = :tenant AND resource_id = used.resource_id AND lane > used.lane
    )
    FROM used WHERE lane IS NOT NULL
)
SELECT taken.resource_id, sum(min(taken.ends_at, :end) - max(taken.starts_at, :start))
FROM used CROSS JOIN allocations AS taken
WHERE taken.tenant_id = :tenant AND taken.resource_id = used.resource_id AND taken.lane = used.lane
    AND taken.starts_at < :end AND taken.ends_at > :start
    AND taken.made_at >= :since
    AND (taken.expires_at IS NULL OR taken.expires_at > :at)
    AND taken.owner_id NOT IN (SELECT value FROM json_each(:without))
    AND taken.starts_at >= coalesce((
        SELECT max(starts_at) FROM allocations
        WHERE tenant_id = :tenant AND resource_id = used.resource_id AND lane = used.lane
            AND starts_at <= :start
    ), :start)
GROUP BY taken.resource_id
"""


class SqliteCalendars:
    """The Calendars port."""

    def __init__(self, session: SqliteSession) -> None:
        self._session = session

    def read(
        self, resources: Collection[Resource], window: Period, at: datetime, without: Collection[ClaimId] = ()
    ) -> Reading:
        asked = {
            "tenant": self._session.tenant_text,
            "resources": json_text([[str(each.id), each.lanes] for each in resources]),
            "start": epoch(window.start),
            "end": epoch(window.end),
            "at": microseconds(at),
        }
        left_out = {str(claim) for claim in without}
        busy: dict[str, list[tuple[int, int, int]]] = {}
        lapsed: set[str] = set()
        for resource, start, end, lane, owner, has_lapsed in self._session.connection.execute(BUSY, asked):
            if owner in left_out:
                continue
            if has_lapsed:
                lapsed.add(owner)
            else:
                busy.setdefault(resource, []).append((start, end, lane))
        closed: dict[str, list[Span]] = {}
        for resource, start, end in self._session.connection.execute(CLOSED, asked):
            closed.setdefault(resource, []).append((start, end))
        calendars = {
            each.id: Calendar(
                resource=each.id,
                lanes=each.lanes,
                busy=busy.get(str(each.id), ()),
                closed=closed.get(str(each.id), ()),
            )
            for each in resources
        }
        return Reading(calendars, tuple(ClaimId(UUID(owner)) for owner in sorted(lapsed)))

    def loads(
        self,
        resources: Collection[ResourceId],
        window: Period,
        since: datetime,
        at: datetime,
        without: Collection[ClaimId] = (),
    ) -> Mapping[ResourceId, int]:
        asked = {
            "tenant": self._session.tenant_text,
            "resources": json_text([str(each) for each in resources]),
            "start": epoch(window.start),
            "end": epoch(window.end),
            "since": microseconds(since),
            "at": microseconds(at),
            "without": json_text([str(each) for each in without]),
        }
        found = dict(self._session.connection.execute(LOADS, asked).fetchall())
        return {each: found.get(str(each), 0) for each in resources}
