"""Rooms 301 and up, guests who come and go, and the hotel that they come to."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from booking_core.domain.catalog.resource import Resource, Unit
from booking_core.domain.catalog.schedule import Schedule
from booking_core.domain.catalog.tenant import Venue
from booking_core.domain.frontdesk.assignment import Place
from booking_core.domain.frontdesk.rooms import Room, RoomStatus
from booking_core.domain.kernel.ids import ClaimId, UnitId, VenueId
from booking_core.domain.kernel.period import Period
from tests.unit.folio.builders import DELUXE_KING

NOON = datetime(2024, 3, 15, 12, tzinfo=UTC)


def unit(number: int) -> UnitId:
    return UnitId(UUID(int=300 + number))


def guest(number: int) -> ClaimId:
    return ClaimId(UUID(int=number))


def room(number: int = 1, status: RoomStatus = RoomStatus.CLEAN) -> Room:
    return Room(unit=unit(number), status=status)


def rooms(count: int, status: RoomStatus = RoomStatus.CLEAN) -> dict[UnitId, Room]:
    return {unit(number): room(number, status) for number in range(1, count + 1)}


def deluxe_kings(count: int = 3) -> Resource:
    numbers = range(1, count + 1)
    return Resource(
        id=DELUXE_KING,
        venue=VenueId(UUID(int=9)),
        key="deluxe-king",
        name="Deluxe King",
        schedule=Schedule.always(),
        capacity=count,
        units=tuple(Unit(id=unit(n), key=str(300 + n), name=f"Room {300 + n}") for n in numbers),
    )


def grand_hotel() -> Venue:
    return Venue(
        id=VenueId(UUID(int=9)),
        key="grand-hotel",
        code="GH-NYC",
        name="Grand Hotel",
        zone=ZoneInfo("America/New_York"),
        currency="USD",
    )


def days(first: int, last: int) -> Period:
    """From noon to noon, so that one guest leaves as the next arrives."""
    return Period(NOON + timedelta(days=first), NOON + timedelta(days=last))


def place(
    number: int, first: int, last: int, *, locked: int | None = None, current: int | None = None
) -> Place:
    return Place(
        reservation=guest(number),
        period=days(first, last),
        locked=None if locked is None else unit(locked),
        current=None if current is None else unit(current),
    )


def at_new_york(day: date, hour: int, minute: int = 0) -> datetime:
    place = ZoneInfo("America/New_York")
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=place).astimezone(UTC)
