"""What the use cases need of a storage for the front desk: rooms, housekeeping, guests and their points."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from booking_core.domain.frontdesk.guests import Guest
from booking_core.domain.frontdesk.housekeeping import Task
from booking_core.domain.frontdesk.loyalty import LoyaltyAccount
from booking_core.domain.frontdesk.room_assignment import RoomAssignment
from booking_core.domain.frontdesk.rooms import Room
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ClaimId, TaskId, UnitId


class Rooms(Protocol):
    """The units as the front desk sees them. One of which nothing was ever said is to be cleaned first."""

    def of(self, units: Collection[UnitId]) -> Mapping[UnitId, Room]:
        """Every named unit."""
        ...

    def occupied_by(self, reservation: ClaimId) -> Sequence[Room]:
        """The rooms in which the guests of a reservation are, by unit."""
        ...

    def save(self, change: Change[Room, Room]) -> None:
        """Write a room, and its events.

        Raises StaleVersion where `change.before` is no longer stored, Conflict where the occupant is missing.
        """
        ...


class Tasks(Protocol):
    """Housekeeping tasks, under way and over."""

    def get(self, task: TaskId) -> Task:
        """By id; raises NotFound."""
        ...

    def under_way(self, limit: int, unit: UnitId | None = None) -> Sequence[Task]:
        """At most `limit` tasks that are open or started, those due first before those due never, then by id."""
        ...

    def save(self, change: Change[Task, Task | None]) -> None:
        """Write a task, and its events; raises StaleVersion where `change.before` is no longer stored."""
        ...


class Guests(Protocol):
    """Guests, with what each has been to the house."""

    def find(self, key: str) -> Guest | None:
        """By their key (`Customer.key`), or None for one who was never here."""
        ...

    def save(self, change: Change[Guest, Guest]) -> None:
        """Write a guest's new visits, and the events; a guest of version 1 is a new one.

        Raises StaleVersion where `change.before` is no longer stored, Conflict where the key belongs to another
        guest, a visit's reservation is in a history already in the same way or is missing.
        """
        ...


class LoyaltyAccounts(Protocol):
    """The points of guests."""

    def find(self, guest: str) -> LoyaltyAccount | None:
        """Of a guest by key, or None."""
        ...

    def save(self, change: Change[LoyaltyAccount, LoyaltyAccount]) -> None:
        """Write an account's new movements, and the events; an account of version 1 is a new one.

        Raises StaleVersion where `change.before` is no longer stored, Conflict where the guest has another account.
        """
        ...


class RoomAssignments(Protocol):
    """Which rooms reservations are to get."""

    def of(self, reservations: Collection[ClaimId]) -> Mapping[ClaimId, RoomAssignment]:
        """Of every named reservation, also where nothing is assigned yet."""
        ...

    def save(self, change: Change[RoomAssignment, RoomAssignment]) -> None:
        """Write the rooms of a reservation, and the events.

        Raises StaleVersion where `change.before` is no longer stored, Conflict where the reservation is missing.
        """
        ...


class FrontDesk(Protocol):
    """Everything behind the counter."""

    @property
    def rooms(self) -> Rooms:
        """Their state, and who is in them."""
        ...

    @property
    def tasks(self) -> Tasks:
        """Housekeeping."""
        ...

    @property
    def guests(self) -> Guests:
        """Histories."""
        ...

    @property
    def loyalty(self) -> LoyaltyAccounts:
        """Points."""
        ...

    @property
    def assignments(self) -> RoomAssignments:
        """Rooms proposed and promised."""
        ...
