"""List when a resource is closed."""

from datetime import timedelta

import attrs

from booking_core.domain.kernel.errors import InvalidDates
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.closure import Closure
from booking_core.ports.storage import UnitOfWork

LONGEST_LISTING = timedelta(days=400)


@attrs.frozen(kw_only=True)
class ClosureQuery:
    """The closures of a resource (by key) that overlap a window of at most 400 days."""

    tenant: TenantId
    resource: str
    window: Period


@attrs.frozen(kw_only=True)
class ListClosures:
    """Closures made by staff and those of imported calendars."""

    begin: UnitOfWork

    def __call__(self, query: ClosureQuery) -> tuple[Closure, ...]:
        """The closures by start; raises NotFound, InvalidDates for a window beyond 400 days."""
        if query.window.duration > LONGEST_LISTING:
            raise InvalidDates(
                "end", f"lies more than {LONGEST_LISTING.days} days after the start", query.window.end
            )
        with self.begin.reading(query.tenant) as tx:
            resource = tx.catalogs.load().resource(query.resource)
            return tuple(tx.closures.overlapping(resource.id, query.window))
