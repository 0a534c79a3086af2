"""Which rooms are for whom: what the storage knows of a room type, put to the interval colouring."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import accumulate

import attrs

from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.resource import Resource
from booking_core.domain.frontdesk.assignment import MOST_PLACES, Place, RoomPlan, propose
from booking_core.domain.frontdesk.room_assignment import RoomAssignment
from booking_core.domain.frontdesk.rooms import (
    ASSIGNABLE,
    INSPECTED_ONLY,
    Room,
    RoomNotAssignable,
    RoomStatus,
)
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import ClaimId, UnitId
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.ports.storage import MOST_OF_A_PAGE, Page, Transaction

AROUND = tuple(timedelta(days=days) for days in (31, 7, 1, 0))
"""How far before and after a stay others are looked at when rooms are proposed, as far as they are not too many."""


def room_type_of(catalog: Catalog, reservation: Reservation) -> Resource | None:
    """The pool of rooms that was booked, None where nothing booked has rooms of its own."""
    booked = (catalog.resources.get(claim.resource) for claim in reservation.claims)
    return next((each for each in booked if each is not None and each.units), None)


def assignable_in(catalog: Catalog, resource: Resource) -> frozenset[RoomStatus]:
    """In which states a venue gives its rooms to guests."""
    return INSPECTED_ONLY if catalog.venue_of(resource).desk.inspected_only else ASSIGNABLE


def units_named(resource: Resource, keys: Sequence[str]) -> tuple[UnitId, ...]:
    """The rooms of these keys; raises InvalidInput for one that the room type does not have."""
    known = {unit.key: unit.id for unit in resource.units}
    for key in keys:
        if key not in known:
            raise InvalidInput("rooms", f"there is no such room of type {resource.name}", key)
    return tuple(known[key] for key in keys)


def plan_around(tx: Transaction, resource: Resource, reservation: Reservation) -> RoomPlan:
    """Rooms for a reservation and for all others of the room type around it: promises kept, few proposals changed.

    A room that nobody can be given when this guest is due is proposed to nobody who is due then.
    """
    stay = _period(reservation, resource)
    arrival = Period(stay.start, stay.start + timedelta(seconds=1))
    assignable = assignable_in(tx.catalogs.load(), resource)
    closed = {
        room.unit: [stay if room.status is RoomStatus.OUT_OF_ORDER else arrival]
        for room in _rooms(tx, resource)
        if room.status not in assignable
    }
    return _plan(tx, resource, stay, closed, reservation)


def plan_of(tx: Transaction, resource: Resource, window: Period) -> RoomPlan:
    """Rooms for everybody of a room type who is there in a window, whether or not they are ready yet.

    Rooms that are out of order are proposed to nobody.
    """
    closed = {room.unit: [window] for room in _rooms(tx, resource) if room.status is RoomStatus.OUT_OF_ORDER}
    return _plan(tx, resource, window, closed)


def _plan(
    tx: Transaction,
    resource: Resource,
    window: Period,
    closed: Mapping[UnitId, Sequence[Period]],
    *always: Reservation,
) -> RoomPlan:
    """The colouring of all who are there around a window, and of whom is asked for in any case."""
    most = MOST_PLACES - sum(each.quantity for each in always)
    live = {each.id: each for each in [*always, *_guests_around(tx, resource, window, most)]}
    assigned = tx.front_desk.assignments.of(list(live))
    in_house_first = sorted(
        live.values(), key=lambda each: (each.status is not Status.CHECKED_IN, each.period)
    )
    places = [place for each in in_house_first for place in _places(each, resource, assigned[each.id])]
    return propose(_holding(places, resource), [unit.id for unit in resource.units], closed)


def _guests_around(tx: Transaction, resource: Resource, window: Period, most: int) -> Sequence[Reservation]:
    """As far around a window as `most` places reach; where not even those inside it do, whoever comes first."""
    fitting: Sequence[Reservation] = ()
    for around in AROUND:
        found = _live_during(tx, resource, window.widened(around, around))
        places = accumulate(each.quantity for each in found)
        fitting = [each for each, needed in zip(found, places, strict=True) if needed <= most]
        if len(fitting) == len(found):
            break
    return fitting


def _live_during(tx: Transaction, resource: Resource, window: Period) -> Sequence[Reservation]:
    """Live reservations of a room type that overlap a window; two pages are more than can be coloured at once."""
    first = tx.reservations.overlapping(resource.id, window, Page(limit=MOST_OF_A_PAGE))
    rest: Sequence[Reservation] = ()
    if len(first) == MOST_OF_A_PAGE:
        page = Page(limit=MOST_OF_A_PAGE, after=first[-1].id)
        rest = tx.reservations.overlapping(resource.id, window, page)
    return [each for each in [*first, *rest] if each.is_live]


def refuse_promised(
    tx: Transaction, resource: Resource, reservation: Reservation, units: Sequence[UnitId]
) -> None:
    """Raise RoomNotAssignable where a room is promised to somebody else for some of the same time."""
    wanted = _period(reservation, resource)
    found = tx.reservations.overlapping(resource.id, wanted, Page(limit=MOST_OF_A_PAGE))
    others = [each.id for each in found if each.is_live and each.id != reservation.id]
    for assignment in tx.front_desk.assignments.of(others).values():
        taken = set(assignment.locked.values()) & set(units)
        if taken:
            raise RoomNotAssignable("the room is promised to another guest", unit=str(min(taken)))


def still_one_at_a_time(tx: Transaction, resource: Resource) -> None:
    """Let nobody else promise or give rooms of this type until the transaction ends."""
    tx.one_at_a_time(f"rooms:{resource.id}")


def _places(reservation: Reservation, resource: Resource, assignment: RoomAssignment) -> list[Place]:
    period = _period(reservation, resource)
    return [
        Place(
            reservation=reservation.id,
            period=period,
            number=number,
            locked=assignment.locked.get(number),
            current=assignment.proposed.get(number),
        )
        for number in range(reservation.quantity)
    ]


def _holding(places: Sequence[Place], resource: Resource) -> list[Place]:
    """Promises that hold stay; one that a move or a change of the catalog broke is only a wish. The first wins."""
    kept: list[Place] = []
    promised: dict[UnitId | None, list[Period]] = {unit.id: [] for unit in resource.units}
    for place in places:
        others = promised.get(place.locked)
        if place.locked is None or (others is not None and not any(place.period.overlaps(p) for p in others)):
            kept.append(place)
            if others is not None:
                others.append(place.period)
        else:
            kept.append(attrs.evolve(place, locked=None, current=place.locked))
    return kept


def _period(reservation: Reservation, resource: Resource) -> Period:
    return next(claim.period for claim in reservation.claims if claim.resource == resource.id)


def _rooms(tx: Transaction, resource: Resource) -> Sequence[Room]:
    return list(tx.front_desk.rooms.of([unit.id for unit in resource.units]).values())


def rooms_for(plan: RoomPlan, reservation: ClaimId) -> Mapping[int, UnitId]:
    """The rooms of one reservation in a plan, by place."""
    return {number: unit for (whose, number), unit in sorted(plan.rooms.items()) if whose == reservation}
