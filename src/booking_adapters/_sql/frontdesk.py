"""The repositories of the front desk, which both databases share.

Rooms, guests, accounts and assignments exist before anything was written of them: what has version 1 is not stored.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from booking_adapters._sql import frontdesk_queries as queries
from booking_adapters._sql.frontdesk_rows import (
    account_of,
    assignment_of,
    assignment_row,
    guest_of,
    movement_row,
    room_of,
    room_row,
    task_of,
    task_row,
    visit_row,
)
from booking_adapters._sql.session import Session
from booking_adapters._sql.statement import Query
from booking_core.domain.frontdesk.guests import Guest
from booking_core.domain.frontdesk.housekeeping import Task
from booking_core.domain.frontdesk.loyalty import LoyaltyAccount
from booking_core.domain.frontdesk.room_assignment import RoomAssignment
from booking_core.domain.frontdesk.rooms import Room
from booking_core.domain.kernel.errors import NotFound, StaleVersion
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ClaimId, TaskId, UnitId

UNSTORED = 1
"""The version of what was never written."""


def _put(session: Session, added: Query, changed: Query, row: dict[str, Any], was: int | None) -> None:
    """Write a row where it still has the version that it `was`; None for a new one."""
    if was is None:
        session.change(added, **row)
        return
    values = dict(row)
    owner = values.pop("id")
    if not session.change(changed, owner=owner, was=was, **values):
        raise StaleVersion("this was changed in the meantime")


def _stored(version: int) -> int | None:
    """The version that is stored, None where nothing is."""
    return None if version == UNSTORED else version


class SqlRooms:
    """The Rooms port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of(self, units: Collection[UnitId]) -> Mapping[UnitId, Room]:
        found = map(room_of, self._session.select(queries.ROOMS, ids=_texts(units)))
        return {unit: Room(unit=unit) for unit in units} | {room.unit: room for room in found}

    def occupied_by(self, reservation: ClaimId) -> Sequence[Room]:
        rows = self._session.select(queries.ROOMS_OCCUPIED_BY, reservation=reservation)
        return [room_of(row) for row in rows]

    def save(self, change: Change[Room, Room]) -> None:
        row = room_row(change.state)
        with self._session.writing():
            _put(self._session, queries.ADD_ROOM, queries.CHANGE_ROOM, row, _stored(change.before.version))
            self._session.record(change.events)


class SqlTasks:
    """The Tasks port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, task: TaskId) -> Task:
        found = self._session.select(queries.TASK_BY_ID, id=task)
        if not found:
            raise NotFound("task", task)
        return task_of(found[0])

    def under_way(self, limit: int, unit: UnitId | None = None) -> Sequence[Task]:
        if unit is None:
            rows = self._session.select(queries.TASKS_UNDER_WAY, limit=limit)
        else:
            rows = self._session.select(queries.TASKS_OF_UNIT, limit=limit, unit=unit)
        return [task_of(row) for row in rows]

    def save(self, change: Change[Task, Task | None]) -> None:
        row, was = task_row(change.state), change.before.version if change.before else None
        with self._session.writing():
            _put(self._session, queries.ADD_TASK, queries.CHANGE_TASK, row, was)
            self._session.record(change.events)


class SqlGuests:
    """The Guests port. Visits are only ever added."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, key: str) -> Guest | None:
        return guest_of(self._session.select(queries.GUEST, key=key))

    def save(self, change: Change[Guest, Guest]) -> None:
        before, guest = change.before, change.state
        row = {"id": guest.id, "version": guest.version}
        if before.version == UNSTORED:
            row["key"] = guest.key
        with self._session.writing():
            _put(self._session, queries.ADD_GUEST, queries.CHANGE_GUEST, row, _stored(before.version))
            for number in range(len(before.visits) + 1, len(guest.visits) + 1):
                self._session.change(queries.ADD_VISIT, **visit_row(guest, number))
            self._session.record(change.events)


class SqlLoyaltyAccounts:
    """The LoyaltyAccounts port. Movements are only ever added."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, guest: str) -> LoyaltyAccount | None:
        return account_of(self._session.select(queries.ACCOUNT, key=guest))

    def save(self, change: Change[LoyaltyAccount, LoyaltyAccount]) -> None:
        before, account = change.before, change.state
        row: dict[str, Any] = {"id": account.id, "version": account.version}
        if before.version == UNSTORED:
            row["guest"] = account.guest
        with self._session.writing():
            _put(self._session, queries.ADD_ACCOUNT, queries.CHANGE_ACCOUNT, row, _stored(before.version))
            for number in range(len(before.movements) + 1, len(account.movements) + 1):
                self._session.change(queries.ADD_MOVEMENT, **movement_row(account, number))
            self._session.record(change.events)


class SqlRoomAssignments:
    """The RoomAssignments port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of(self, reservations: Collection[ClaimId]) -> Mapping[ClaimId, RoomAssignment]:
        found = map(assignment_of, self._session.select(queries.ASSIGNMENTS, ids=_texts(reservations)))
        nothing = {each: RoomAssignment(reservation=each) for each in reservations}
        return nothing | {each.reservation: each for each in found}

    def save(self, change: Change[RoomAssignment, RoomAssignment]) -> None:
        row, was = assignment_row(change.state), _stored(change.before.version)
        with self._session.writing():
            _put(self._session, queries.ADD_ASSIGNMENT, queries.CHANGE_ASSIGNMENT, row, was)
            self._session.record(change.events)


class SqlFrontDesk:
    """The FrontDesk port."""

    def __init__(self, session: Session) -> None:
        self.rooms = SqlRooms(session)
        self.tasks = SqlTasks(session)
        self.guests = SqlGuests(session)
        self.loyalty = SqlLoyaltyAccounts(session)
        self.assignments = SqlRoomAssignments(session)


def _texts(ids: Collection[UUID]) -> list[str]:
    return [str(each) for each in ids]
