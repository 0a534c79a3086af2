"""The front desk, in memory. What has version 1 and no opening decision is not stored."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

from booking_adapters.memory.tables import Tables, Undo, dooming
from booking_adapters.memory.versions import VersionedWriter
from booking_core.domain.frontdesk.guests import Guest
from booking_core.domain.frontdesk.housekeeping import TRANSITIONS, Task
from booking_core.domain.frontdesk.loyalty import LoyaltyAccount
from booking_core.domain.frontdesk.room_assignment import RoomAssignment
from booking_core.domain.frontdesk.rooms import Room
from booking_core.domain.kernel.errors import Conflict, NotFound
from booking_core.domain.kernel.events import Actor, Change
from booking_core.domain.kernel.ids import ClaimId, TaskId, UnitId

UNSTORED = 1
NEVER = datetime.max.replace(tzinfo=UTC)


class MemoryRooms(VersionedWriter):
    """The Rooms port."""

    def of(self, units: Collection[UnitId]) -> Mapping[UnitId, Room]:
        """Every named unit."""
        return {unit: self._tables.rooms.get(unit) or Room(unit=unit) for unit in units}

    def occupied_by(self, reservation: ClaimId) -> Sequence[Room]:
        """The rooms of a reservation, by unit."""
        found = [room for room in self._tables.rooms.values() if room.occupant == reservation]
        return sorted(found, key=lambda room: room.unit)

    @dooming
    def save(self, change: Change[Room, Room]) -> None:
        """Write a room."""
        room = change.state
        if room.occupant is not None and room.occupant not in self._tables.reservations:
            raise Conflict("what this refers to is gone")
        self._put(self._tables.rooms, room.unit, change, unstored=UNSTORED)


class MemoryTasks(VersionedWriter):
    """The Tasks port."""

    def get(self, task: TaskId) -> Task:
        """By id; raises NotFound."""
        found = self._tables.tasks.get(task)
        if found is None:
            raise NotFound("task", task)
        return found

    def under_way(self, limit: int, unit: UnitId | None = None) -> Sequence[Task]:
        """Tasks that are open or started, those due first before those due never."""
        found = [
            task
            for task in self._tables.tasks.values()
            if TRANSITIONS[task.state] and unit in {None, task.unit}
        ]
        return sorted(found, key=lambda task: (task.due_at or NEVER, task.id))[:limit]

    @dooming
    def save(self, change: Change[Task, Task | None]) -> None:
        """Write a task."""
        self._put(self._tables.tasks, change.state.id, change)


class MemoryGuests(VersionedWriter):
    """The Guests port."""

    def find(self, key: str) -> Guest | None:
        """By their key, or None."""
        return self._tables.guests.get(key)

    @dooming
    def save(self, change: Change[Guest, Guest]) -> None:
        """Write a guest's new visits."""
        guest, before = change.state, change.before
        stored = self._tables.guests.get(guest.key)
        if stored is not None and stored.id != guest.id:
            raise Conflict("the key belongs to another guest")
        recorded = {
            (visit.reservation, visit.kind) for each in self._tables.guests.values() for visit in each.visits
        }
        for visit in guest.visits[len(before.visits) :]:
            if (
                visit.reservation,
                visit.kind,
            ) in recorded or visit.reservation not in self._tables.reservations:
                raise Conflict("this visit is in a history, or its reservation is missing")
        self._put(self._tables.guests, guest.key, change, unstored=UNSTORED)


class MemoryLoyaltyAccounts(VersionedWriter):
    """The LoyaltyAccounts port."""

    def find(self, guest: str) -> LoyaltyAccount | None:
        """Of a guest by key, or None."""
        return self._tables.loyalty.get(guest)

    @dooming
    def save(self, change: Change[LoyaltyAccount, LoyaltyAccount]) -> None:
        """Write an account's new movements."""
        account = change.state
        stored = self._tables.loyalty.get(account.guest)
        if stored is not None and stored.id != account.id:
            raise Conflict("the guest has another account")
        self._put(self._tables.loyalty, account.guest, change, unstored=UNSTORED)


class MemoryRoomAssignments(VersionedWriter):
    """The RoomAssignments port."""

    def of(self, reservations: Collection[ClaimId]) -> Mapping[ClaimId, RoomAssignment]:
        """Of every named reservation."""
        stored = self._tables.assignments
        return {each: stored.get(each) or RoomAssignment(reservation=each) for each in reservations}

    @dooming
    def save(self, change: Change[RoomAssignment, RoomAssignment]) -> None:
        """Write the rooms of a reservation."""
        assignment = change.state
        if assignment.reservation not in self._tables.reservations:
            raise Conflict("what this refers to is gone")
        self._put(self._tables.assignments, assignment.reservation, change, unstored=UNSTORED)


class MemoryFrontDesk:
    """The FrontDesk port."""

    def __init__(self, tables: Tables, actor: Actor, undo: Undo) -> None:
        self.rooms = MemoryRooms(tables, actor, undo)
        self.tasks = MemoryTasks(tables, actor, undo)
        self.guests = MemoryGuests(tables, actor, undo)
        self.loyalty = MemoryLoyaltyAccounts(tables, actor, undo)
        self.assignments = MemoryRoomAssignments(tables, actor, undo)
