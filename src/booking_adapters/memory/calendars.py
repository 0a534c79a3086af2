"""Who has which lane when, in memory."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from booking_adapters.memory.tables import Tables
from booking_core.domain.catalog.resource import Resource
from booking_core.domain.kernel.ids import ClaimId, ResourceId
from booking_core.domain.kernel.period import Period, epoch
from booking_core.domain.reservations.calendar import Calendar
from booking_core.ports.storage import Reading


class MemoryCalendars:
    """The Calendars port."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def read(
        self, resources: Collection[Resource], window: Period, at: datetime, without: Collection[ClaimId] = ()
    ) -> Reading:
        """Calendars of the resources in the window, and the lapsed claims in it."""
        start, end = epoch(window.start), epoch(window.end)
        lapsed: set[UUID] = set()
        calendars = {}
        for resource in resources:
            busy = []
            for lane, taken in self._tables.lanes.inside(resource.id, start, end):
                if taken.owner in without:
                    continue
                if taken.expires_at is not None and taken.expires_at <= at:
                    lapsed.add(taken.owner)
                else:
                    busy.append((taken.start, taken.end, lane))
            busy.sort()
            closed = [] if not self._tables.closures else self._closed(resource.id, window)
            calendars[resource.id] = Calendar(
                resource=resource.id, lanes=resource.lanes, busy=busy, closed=closed
            )
        return Reading(calendars, tuple(ClaimId(each) for each in sorted(lapsed)))

    def loads(
        self,
        resources: Collection[ResourceId],
        window: Period,
        since: datetime,
        at: datetime,
        without: Collection[ClaimId] = (),
    ) -> Mapping[ResourceId, int]:
        """Seconds allocated inside the window by claims made at or after `since`."""
        start, end = epoch(window.start), epoch(window.end)
        return {
            resource: sum(
                min(taken.end, end) - max(taken.start, start)
                for _, taken in self._tables.lanes.inside(resource, start, end)
                if taken.made_at is not None
                and taken.made_at >= since
                and taken.owner not in without
                and (taken.expires_at is None or taken.expires_at > at)
            )
            for resource in resources
        }

    def _closed(self, resource: ResourceId, window: Period) -> list[tuple[int, int]]:
        whole = (
            each.period
            for each in self._tables.closures.values()
            if each.resource == resource and each.quantity is None and each.period.overlaps(window)
        )
        return sorted((epoch(period.start), epoch(period.end)) for period in whole)
