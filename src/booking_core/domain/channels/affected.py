"""Which dates of a listing look different after something happened at a time."""

from datetime import datetime, timedelta

from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.policy import Opening
from booking_core.domain.catalog.service import Service
from booking_core.domain.channels.dates import A_DAY, Dates
from booking_core.domain.channels.listing import Listing
from booking_core.domain.kernel.ids import ResourceId
from booking_core.domain.kernel.period import Period

A_SECOND = timedelta(seconds=1)


def concerns(listing: Listing, service: Service, resource: ResourceId) -> bool:
    """Whether what happens to a resource changes what a listing has to offer: it is sold, or needed beside it."""
    _, *others = service.needs
    return resource == listing.resource or any(resource in need.providers for need in others)


def affected_dates(catalog: Catalog, service: Service, busy: Period) -> Dates:
    """The dates whose night, or whose starts, the occupied period `busy` of a resource takes or gives back.

    `busy` has the buffers of whoever occupies; the buffers and the duration of `service` are added.
    """
    venue = catalog.venue_of(service)
    before, after = service.buffer_before, service.buffer_after
    first = (busy.start - after - (service.duration or timedelta(0))).astimezone(venue.zone)
    last = (busy.end - A_SECOND + before).astimezone(venue.zone)
    low, high = first.date(), last.date()
    if service.policy.hours is Opening.NIGHTS:
        # The night of a date lasts from its check-in to the check-out of the next one.
        low -= A_DAY if _minutes(first) < venue.check_out else timedelta(0)
        high -= A_DAY if _minutes(last) < venue.check_in and high > low else timedelta(0)
    return Dates(low, high + A_DAY)


def _minutes(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute
