"""The handler that makes dates owed to channels, whatever it was that changed them."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Self

import attrs

from booking_core.domain.availability.changes import (
    CATALOG_CHANGED,
    EVERY_CHANGE,
    OF_CLOSURES,
    OF_HOLDS,
    OF_RESERVATIONS,
)
from booking_core.domain.availability.evaluate import occupied
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.service import Service
from booking_core.domain.channels.affected import affected_dates, concerns
from booking_core.domain.channels.dates import Dates
from booking_core.domain.channels.listing import Listing
from booking_core.domain.kernel.events import Event
from booking_core.domain.kernel.ids import ClaimId, ResourceId, ServiceId, parse_uuid
from booking_core.domain.kernel.period import Period
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import Transaction
from booking_core.usecases.channel_listings import one_writer, today_for

EVERY_DATE = Dates(date.min, date.max)


@attrs.frozen(kw_only=True)
class OweChannels:
    """What changes the places, prices or restrictions of a date is owed to whoever sells it. It says no more than that.

    How the date stands is asked when it is told. Handling an event twice owes nothing twice.
    """

    clock: Clock
    name: str = attrs.field(default="channel pushes", init=False)
    events: frozenset[str] = attrs.field(default=EVERY_CHANGE, init=False)

    def __call__(self, tx: Transaction, event: Event) -> None:
        """Make dates owed."""
        if not tx.channels.listings.every():
            return
        one_writer(tx)
        at, catalog = self.clock.now(), tx.catalogs.load()
        happened = _Happened.of(tx, catalog, event)
        for listing in tx.channels.listings.every():
            owed = listing.owe(happened.dates_of(catalog, listing), today_for(catalog, listing, at), at)
            if owed is not None:
                tx.channels.listings.save(owed)


@attrs.frozen(kw_only=True)
class _Happened:
    """What an event means for whoever sells: resources that were taken or given back at times, or anything at all."""

    touched: Collection[ResourceId] = ()
    busy: Collection[Period] = ()
    anything: bool = False

    @classmethod
    def of(cls, tx: Transaction, catalog: Catalog, event: Event) -> Self:
        if event.name == CATALOG_CHANGED:
            return cls(anything=True)
        return cls(touched=_touched(tx, catalog, event), busy=[*_busy(catalog, event)])

    def dates_of(self, catalog: Catalog, listing: Listing) -> list[Dates]:
        """The dates of a listing that look different now."""
        service = catalog.services.get(listing.service)
        if self.anything:
            return [EVERY_DATE]
        if service is None or not any(concerns(listing, service, each) for each in self.touched):
            return []
        return [affected_dates(catalog, service, each) for each in self.busy]


def _touched(tx: Transaction, catalog: Catalog, event: Event) -> Collection[ResourceId]:
    """The resources whose lanes an event takes or gives back.

    Where that is no longer known (a hold that is gone, where a reservation came from), all that may have served.
    """
    if event.name in OF_CLOSURES:
        return [ResourceId(parse_uuid(event.data["resource"]))]
    claim = ClaimId(event.subject)
    if event.name in OF_RESERVATIONS and event.name != "ReservationMoved":
        return [resource for _, resource in tx.reservations.get(claim).assigned]
    hold = tx.holds.find(claim) if event.name in OF_HOLDS else None
    if hold is not None:
        return [resource for _, resource in hold.assigned]
    services = [found for name in ("service", "from_service") if (found := _service(catalog, event, name))]
    return frozenset().union(*(each.providers for each in services))


def _busy(catalog: Catalog, event: Event) -> Iterator[Period]:
    """The occupied periods that an event is about: as they are, and as they were."""
    data = event.data
    for was in ("", "from_"):
        if f"{was}start" in data:
            start, end = (datetime.fromisoformat(data[f"{was}{name}"]) for name in ("start", "end"))
            service = _service(catalog, event, f"{was}service")
            yield Period(start, end) if service is None else occupied(service, Period(start, end))


def _service(catalog: Catalog, event: Event, name: str) -> Service | None:
    """The service that an event names, where it names one that is still sold."""
    known_by = event.data.get(name)
    return None if known_by is None else catalog.services.get(ServiceId(parse_uuid(known_by)))
