"""Reading what the evaluator needs, in as few questions to the storage as there are kinds of data."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

import attrs

from booking_core.domain.availability.evaluate import occupied, providers_of
from booking_core.domain.availability.openings import openings
from booking_core.domain.availability.request import Diary, Request, Snapshot
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.resource import Resource
from booking_core.domain.catalog.service import Service
from booking_core.domain.catalog.tenant import Venue
from booking_core.domain.kernel.errors import Conflict, InvalidTransition, NotFound
from booking_core.domain.kernel.ids import ClaimId, ResourceId
from booking_core.domain.kernel.period import EARLIEST, Period
from booking_core.domain.kernel.zone import wall_epoch
from booking_core.ports.ambient import Holidays
from booking_core.ports.storage import Transaction
from booking_core.usecases.cashier import let_go

A_DAY = timedelta(days=1)


@attrs.frozen(eq=False)
class View:
    """A snapshot, and the lapsed claims that were met while reading it."""

    snapshot: Snapshot
    lapsed: tuple[ClaimId, ...]


@attrs.frozen(kw_only=True)
class Reader:
    """Reads snapshots through an open transaction."""

    holidays: Holidays

    def around(
        self,
        tx: Transaction,
        catalog: Catalog,
        service: Service,
        window: Period,
        at: datetime,
        *,
        request: Request | None = None,
        without: Collection[ClaimId] = (),
        customer: str = "",
    ) -> View:
        """Everything about a service in a window; only the chosen resources where the request chooses.

        The bookings of a `customer` (by key) are counted where one is given.
        """
        venue = catalog.venue_of(service)
        resources = [catalog.resources[each] for each in sorted(_asked(service, request))]
        times = _with_tail(service, window)
        reading = tx.calendars.read(resources, occupied(service, times), at, without)
        first, last = _dates(venue, times)
        off = self.days_off(venue, resources, first, last)
        diaries = {
            each.id: Diary(
                each, openings(each.schedule, venue.zone, first, last, off), reading.calendars[each.id]
            )
            for each in resources
        }
        live = 0
        if customer:
            live = tx.reservations.live_of(customer, service.id, at)
        snapshot = Snapshot(service=service, venue=venue, diaries=diaries, customer_live=live, holidays=off)
        return View(snapshot, reading.lapsed)

    def for_request(
        self,
        tx: Transaction,
        catalog: Catalog,
        service: Service,
        request: Request,
        at: datetime,
        *,
        without: Collection[ClaimId] = (),
        customer: str = "",
    ) -> View:
        """Everything about one candidate, with the loads that decide among several free providers."""
        view = self.around(
            tx, catalog, service, request.period, at, request=request, without=without, customer=customer
        )
        rivals = {each for need in service.needs for each in _rivals(providers_of(need, request))}
        if not rivals:
            return view
        day = request.period.start.astimezone(view.snapshot.venue.zone).date()
        zone = view.snapshot.venue.zone
        whole_day = Period.of_epoch(wall_epoch(day, 0, zone), wall_epoch(day + A_DAY, 0, zone))
        since = max((catalog.resources[each].since or EARLIEST for each in rivals), default=EARLIEST)
        loads = tx.calendars.loads(sorted(rivals), whole_day, since, at, without)
        return attrs.evolve(view, snapshot=attrs.evolve(view.snapshot, loads=loads))

    def days_off(
        self, venue: Venue, resources: Collection[Resource], first: date, last: date
    ) -> frozenset[date]:
        """The public holidays in a range of dates, where some resource keeps them."""
        if venue.holidays is None or not any(each.schedule.keeps_holidays for each in resources):
            return frozenset()
        return self.holidays.between(venue.holidays, first, last)


def free_lapsed(tx: Transaction, lapsed: Collection[ClaimId], at: datetime) -> None:
    """End the claims whose time has run out, so that they block nobody: whoever meets them frees them.

    Raises Conflict where one was freed, renewed or confirmed by somebody else since it was read.
    """
    for claim in lapsed:
        hold = tx.holds.find(claim)
        try:
            if hold is None:
                tx.reservations.save(tx.reservations.get(claim).expire(at))
                let_go(tx, claim, at)
            elif hold.has_lapsed(at):
                tx.holds.save(hold.release(at, has_lapsed=True))
            else:
                raise Conflict("a hold that had run out was renewed in the meantime")
        except (InvalidTransition, NotFound) as changed:
            raise Conflict("a claim that had run out was changed in the meantime") from changed


def _asked(service: Service, request: Request | None) -> frozenset[ResourceId]:
    if request is None or not request.chosen:
        return service.providers
    return frozenset(each for need in service.needs for each in providers_of(need, request))


def _rivals(providers: tuple[ResourceId, ...]) -> tuple[ResourceId, ...]:
    return providers if len(providers) > 1 else ()


def _with_tail(service: Service, window: Period) -> Period:
    """The window in which candidates start, long enough for the last of them."""
    return Period(window.start, window.end + (service.duration or timedelta(0)))


def _dates(venue: Venue, window: Period) -> tuple[date, date]:
    """The local dates whose openings can touch the window.

    One may begin the day before, and where its grid starts depends on what the day before that left open.
    """
    first = window.start.astimezone(venue.zone).date() - 2 * A_DAY
    return first, window.end.astimezone(venue.zone).date() + A_DAY
