"""Which rooms a reservation is to get: those promised to the guest, and those that they are in.

Rooms that are merely proposed are worked out anew whenever somebody looks (`assignment`), and kept nowhere.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import attrs

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import Change, Event
from booking_core.domain.kernel.ids import ClaimId, UnitId

MOST_ROOMS_OF_A_RESERVATION = 1_000


@attrs.frozen(kw_only=True)
class AssignedRoom:
    """A room for place `number` (from 0) of a reservation; locked when it was promised, or the guest is in it.

    One that is not locked was promised once: it is the first to be proposed again.
    """

    number: int
    unit: UnitId
    is_locked: bool = False


AssignmentChange = Change["RoomAssignment", "RoomAssignment"]


@attrs.frozen(kw_only=True)
class RoomAssignment:
    """The rooms of one reservation by place. Nothing is assigned until something was."""

    reservation: ClaimId
    rooms: tuple[AssignedRoom, ...] = ()
    version: int = 1

    def __attrs_post_init__(self) -> None:
        """Refuse a place with two rooms, a room for two places, and boundless assignments."""
        numbers, units = {each.number for each in self.rooms}, {each.unit for each in self.rooms}
        if not len(self.rooms) == len(numbers) == len(units) <= MOST_ROOMS_OF_A_RESERVATION:
            raise InvalidInput("rooms", "must be different ones, one for each place", len(self.rooms))
        if any(not 0 <= number < MOST_ROOMS_OF_A_RESERVATION for number in numbers):
            raise InvalidInput("number", f"must be 0…{MOST_ROOMS_OF_A_RESERVATION - 1}", max(numbers))

    @property
    def locked(self) -> Mapping[int, UnitId]:
        """The promised rooms by place."""
        return {each.number: each.unit for each in self.rooms if each.is_locked}

    @property
    def proposed(self) -> Mapping[int, UnitId]:
        """The rooms by place that were promised once, and may go to others."""
        return {each.number: each.unit for each in self.rooms if not each.is_locked}

    def lock(self, number: int, unit: UnitId, at: datetime) -> AssignmentChange:
        """Promise a room for a place; a proposal of that place or for that room gives way. Raises InvalidInput."""
        others = [each for each in self.rooms if each.number != number]
        others = [each for each in others if each.is_locked or each.unit != unit]
        locked = AssignedRoom(number=number, unit=unit, is_locked=True)
        return self._with([*others, locked], at, "RoomLocked", unit)

    def unlock(self, number: int, at: datetime) -> AssignmentChange:
        """The promise is taken back; the room stays proposed. Raises InvalidInput where there is none."""
        unit = self.locked.get(number)
        if unit is None:
            raise InvalidInput("number", "has no locked room", number)
        others = [each for each in self.rooms if each.number != number]
        return self._with([*others, AssignedRoom(number=number, unit=unit)], at, "RoomUnlocked", unit)

    def give(self, units: Sequence[UnitId]) -> AssignmentChange:
        """These rooms were given at check-in (of which the rooms and the reservation tell): they are locked."""
        return self._of(
            [AssignedRoom(number=number, unit=unit, is_locked=True) for number, unit in enumerate(units)]
        )

    def exchange(self, old: UnitId, new: UnitId) -> AssignmentChange:
        """The guest changed rooms, of which the rooms tell."""
        return self._of([attrs.evolve(each, unit=new) if each.unit == old else each for each in self.rooms])

    def _of(self, rooms: Sequence[AssignedRoom], *events: Event) -> AssignmentChange:
        ordered = tuple(sorted(rooms, key=lambda each: each.number))
        return Change(attrs.evolve(self, rooms=ordered, version=self.version + 1), events, self)

    def _with(self, rooms: Sequence[AssignedRoom], at: datetime, name: str, unit: UnitId) -> AssignmentChange:
        data = {"unit": str(unit)}
        return self._of(
            rooms, Event(name=name, subject=self.reservation, version=self.version + 1, at=at, data=data)
        )
