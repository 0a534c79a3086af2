"""Who arrives on a day, and which room each is to get: what the front desk looks at in the morning."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import attrs

from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.resource import Resource, Unit
from booking_core.domain.frontdesk.assignment import RoomPlan
from booking_core.domain.frontdesk.rooms import Room
from booking_core.domain.kernel.errors import InvalidDates
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.kernel.period import EARLIEST, LATEST, Period, from_epoch
from booking_core.domain.kernel.zone import wall_epoch
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import MOST_OF_A_PAGE, Page, Transaction, UnitOfWork
from booking_core.usecases.room_plans import plan_of

A_DAY = timedelta(days=1)


@attrs.frozen(kw_only=True)
class ArrivalsQuery:
    """The guests of a date, as the clocks of the venues show it; None: of the present day."""

    tenant: TenantId
    day: date | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse days on which nobody can have booked."""
        if self.day is not None and not EARLIEST.date() < self.day < LATEST.date():
            raise InvalidDates("date", "lies outside 1970…2200", self.day)


@attrs.frozen(kw_only=True)
class PlannedRoom:
    """The room of one place of an arrival: promised (`is_locked`) or proposed, and what it is like now."""

    number: int
    unit: Unit
    room: Room
    is_locked: bool


@attrs.frozen(kw_only=True)
class Arrival:
    """A guest who is to come, and a room for each booked one; fewer where no more are left."""

    reservation: Reservation
    resource: Resource
    rooms: tuple[PlannedRoom, ...]


@attrs.frozen(kw_only=True)
class ShowArrivals:
    """The list of the day.

    Promised rooms stay. The others are proposals, made anew each time: they change as bookings come and rooms go out
    of order, until staff promise one (`LockRoom`) or hand out the key.
    """

    begin: UnitOfWork
    clock: Clock

    def __call__(self, query: ArrivalsQuery) -> Sequence[Arrival]:
        """At most 500 of each room type, by room type and arrival; raises NotFound where the tenant has no catalog."""
        with self.begin.reading(query.tenant) as tx:
            catalog = tx.catalogs.load()
            types = [each for each in catalog.resources.values() if each.units]
            return [
                arrival
                for each in types
                for arrival in _arrivals(tx, each, self._day_of(catalog, each, query))
            ]

    def _day_of(self, catalog: Catalog, resource: Resource, query: ArrivalsQuery) -> Period:
        """From midnight to midnight where the room is."""
        zone = catalog.venue_of(resource).zone
        day = query.day or self.clock.now().astimezone(zone).date()
        return Period(from_epoch(wall_epoch(day, 0, zone)), from_epoch(wall_epoch(day + A_DAY, 0, zone)))


def _arrivals(tx: Transaction, resource: Resource, day: Period) -> Iterator[Arrival]:
    found = tx.reservations.overlapping(resource.id, day, Page(limit=MOST_OF_A_PAGE))
    expected = [each for each in found if each.status is Status.CONFIRMED and each.period.start >= day.start]
    if not expected:
        return
    plan = plan_of(tx, resource, day)
    assigned = tx.front_desk.assignments.of([each.id for each in expected])
    rooms = tx.front_desk.rooms.of([unit.id for unit in resource.units])
    for each in expected:
        locked = assigned[each.id].locked
        yield Arrival(
            reservation=each,
            resource=resource,
            rooms=tuple(
                PlannedRoom(
                    number=number,
                    unit=unit,
                    room=rooms[unit.id],
                    is_locked=locked.get(number) == unit.id,
                )
                for number, unit in _planned(plan, resource, each)
            ),
        )


def _planned(plan: RoomPlan, resource: Resource, reservation: Reservation) -> Iterator[tuple[int, Unit]]:
    units = {unit.id: unit for unit in resource.units}
    for number in range(reservation.quantity):
        unit = plan.rooms.get((reservation.id, number))
        if unit is not None:
            yield number, units[unit]
