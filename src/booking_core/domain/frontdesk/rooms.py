"""Rooms: the state of each unit, who is in it, and taking, leaving and changing it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import attrs

from booking_core.domain.catalog.resource import Resource
from booking_core.domain.kernel.errors import BookingError, InvalidInput, InvalidTransition
from booking_core.domain.kernel.events import Change, Event
from booking_core.domain.kernel.ids import ClaimId, UnitId
from booking_core.domain.reservations.reservation import Reservation


class RoomNotAssignable(BookingError):
    """The room is occupied, dirty, not inspected or out of order."""

    code: ClassVar[str] = "ROOM_NOT_ASSIGNABLE"
    retry_action: ClassVar[str | None] = "CHOOSE_ANOTHER_ROOM"


class RoomStatus(StrEnum):
    """What a room is like."""

    CLEAN = "clean"
    INSPECTED = "inspected"
    OCCUPIED = "occupied"
    NEEDS_CLEANING = "needs_cleaning"
    OUT_OF_ORDER = "out_of_order"


_SPOILT = frozenset({RoomStatus.NEEDS_CLEANING, RoomStatus.OUT_OF_ORDER})

TRANSITIONS: Mapping[RoomStatus, frozenset[RoomStatus]] = {
    RoomStatus.CLEAN: _SPOILT | {RoomStatus.INSPECTED, RoomStatus.OCCUPIED},
    RoomStatus.INSPECTED: _SPOILT | {RoomStatus.OCCUPIED},
    RoomStatus.OCCUPIED: frozenset({RoomStatus.NEEDS_CLEANING}),
    RoomStatus.NEEDS_CLEANING: frozenset({RoomStatus.CLEAN, RoomStatus.OUT_OF_ORDER}),
    RoomStatus.OUT_OF_ORDER: frozenset({RoomStatus.NEEDS_CLEANING}),
}
"""The state graph. A room starts anywhere but occupied; whoever leaves a room leaves it to be cleaned."""

ASSIGNABLE = frozenset({RoomStatus.CLEAN, RoomStatus.INSPECTED})
INSPECTED_ONLY = frozenset({RoomStatus.INSPECTED})
"""What a house that inspects every room gives to guests, instead of ASSIGNABLE."""

RoomChange = Change["Room", "Room"]


@attrs.frozen(kw_only=True)
class Room:
    """A unit at the front desk: its status and, while it is occupied, by which reservation."""

    unit: UnitId
    status: RoomStatus = RoomStatus.NEEDS_CLEANING
    occupant: ClaimId | None = None
    note: str = ""
    version: int = 1

    def __attrs_post_init__(self) -> None:
        """Refuse an occupied room without a guest, and a guest in any other room."""
        if (self.occupant is not None) != (self.status is RoomStatus.OCCUPIED):
            raise InvalidInput("occupant", "is in occupied rooms and nowhere else", self.status)

    def occupy(
        self, reservation: ClaimId, at: datetime, assignable: frozenset[RoomStatus] = ASSIGNABLE
    ) -> RoomChange:
        """The guest gets the key; raises RoomNotAssignable."""
        if self.status not in assignable:
            raise RoomNotAssignable(
                f"the room is {self.status.replace('_', ' ')}", unit=str(self.unit), status=self.status.value
            )
        return self._to(RoomStatus.OCCUPIED, at, "RoomOccupied", occupant=reservation)

    def vacate(self, reservation: ClaimId, at: datetime) -> RoomChange:
        """The guest is gone and the room needs cleaning; raises InvalidTransition where it is not theirs."""
        if self.occupant != reservation:
            raise InvalidTransition("this guest is not in this room", unit=str(self.unit))
        return self._to(RoomStatus.NEEDS_CLEANING, at, "RoomVacated", occupant=None)

    def cleaned(self, at: datetime) -> RoomChange:
        """Housekeeping is done."""
        return self._to(RoomStatus.CLEAN, at, "RoomCleaned", note="")

    def inspected(self, at: datetime) -> RoomChange:
        """Seen and found in order."""
        return self._to(RoomStatus.INSPECTED, at, "RoomInspected")

    def soiled(self, at: datetime, note: str = "") -> RoomChange:
        """To be cleaned again, or back from repair; an occupied room is left by its guest first."""
        if self.occupant is not None:
            raise InvalidTransition("a guest is in this room", unit=str(self.unit))
        return self._to(RoomStatus.NEEDS_CLEANING, at, "RoomNeedsCleaning", note=note)

    def out_of_order(self, at: datetime, note: str) -> RoomChange:
        """Not to be given to anybody; why is in `note`."""
        return self._to(RoomStatus.OUT_OF_ORDER, at, "RoomOutOfOrder", note=note)

    def _to(self, status: RoomStatus, at: datetime, name: str, **changes: Any) -> RoomChange:
        if status not in TRANSITIONS[self.status]:
            raise InvalidTransition(
                f"a room that is {self.status} cannot become {status}", unit=str(self.unit)
            )
        room = attrs.evolve(self, status=status, version=self.version + 1, **changes)
        guest = room.occupant or self.occupant
        data = {"status": status.value, "note": room.note, "reservation": str(guest) if guest else None}
        return Change(
            room, (Event(name=name, subject=room.unit, version=room.version, at=at, data=data),), self
        )


def give_rooms(
    reservation: Reservation,
    resource: Resource,
    chosen: Sequence[UnitId],
    rooms: Mapping[UnitId, Room],
    *,
    at: datetime,
    assignable: frozenset[RoomStatus] = ASSIGNABLE,
) -> tuple[RoomChange, ...]:
    """The rooms of a check-in, as many as are booked, each of the booked type and fit for a guest.

    Raises InvalidInput naming `rooms`, and RoomNotAssignable; nothing is given unless all can be.
    """
    if resource.id not in {claim.resource for claim in reservation.claims}:
        raise InvalidInput("rooms", "are of a type that was not booked", resource.key)
    if len(set(chosen)) != reservation.quantity or len(chosen) != reservation.quantity:
        raise InvalidInput("rooms", f"must be {reservation.quantity} different ones", len(set(chosen)))
    known = {unit.id for unit in resource.units}
    for unit in chosen:
        if unit not in known:
            raise InvalidInput("rooms", f"there is no such room of type {resource.name}", str(unit))
    return tuple(rooms.get(unit, Room(unit=unit)).occupy(reservation.id, at, assignable) for unit in chosen)


def move_guest(
    reservation: ClaimId,
    old: Room,
    new: Room,
    at: datetime,
    assignable: frozenset[RoomStatus] = ASSIGNABLE,
) -> tuple[RoomChange, RoomChange]:
    """A guest changes rooms: the old one needs cleaning, the new one is occupied; both or neither.

    Raises InvalidTransition where the guest is not in the old room, RoomNotAssignable for the new one.
    """
    return old.vacate(reservation, at), new.occupy(reservation, at, assignable)
