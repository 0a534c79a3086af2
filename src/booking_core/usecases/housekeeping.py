"""Rooms as the house sees them: their state, who is in them, and what is to be done in them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import attrs

from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.resource import Resource, Unit
from booking_core.domain.frontdesk.housekeeping import LONGEST_NOTE, Task, TaskState, room_after
from booking_core.domain.frontdesk.rooms import Room, RoomChange
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.events import SYSTEM, Actor, Change
from booking_core.domain.kernel.ids import TaskId, TenantId
from booking_core.domain.kernel.text import plain_text
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import UnitOfWork

MOST_TASKS = 500


@attrs.frozen(kw_only=True)
class RoomOnBoard:
    """One room: of which type, in which state, and who is in it."""

    resource: Resource
    unit: Unit
    room: Room
    guest: Reservation | None


@attrs.frozen(kw_only=True)
class ShowRooms:
    """The board behind the counter: every room of the house."""

    begin: UnitOfWork

    def __call__(self, tenant: TenantId) -> Sequence[RoomOnBoard]:
        """All rooms in the order of the catalog; raises NotFound where the tenant has none."""
        with self.begin.reading(tenant) as tx:
            resources = tx.catalogs.load().resources.values()
            rooms = tx.front_desk.rooms.of([unit.id for each in resources for unit in each.units])
            return [
                RoomOnBoard(
                    resource=resource,
                    unit=unit,
                    room=rooms[unit.id],
                    guest=tx.reservations.get(guest) if (guest := rooms[unit.id].occupant) else None,
                )
                for resource in resources
                for unit in resource.units
            ]


class RoomReport(StrEnum):
    """What staff can say of a room; that it is occupied follows from a check-in."""

    CLEAN = "clean"
    INSPECTED = "inspected"
    NEEDS_CLEANING = "needs_cleaning"
    OUT_OF_ORDER = "out_of_order"


@attrs.frozen(kw_only=True)
class ReportRoomCommand:
    """What a room (by the keys of its type and its own) is like, and why."""

    tenant: TenantId
    resource: str
    room: str
    report: RoomReport
    note: str = ""
    actor: Actor = SYSTEM

    def __attrs_post_init__(self) -> None:
        """Refuse notes that cannot be kept."""
        plain_text(self.note, "note", LONGEST_NOTE)


@attrs.frozen(kw_only=True)
class ReportRoom:
    """Staff say what a room is like."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: ReportRoomCommand) -> Room:
        """The room; raises InvalidTransition (a guest is in it, not cleaned before inspected), NotFound."""
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            unit = _unit(tx.catalogs.load(), command)
            room = tx.front_desk.rooms.of([unit.id])[unit.id]
            change = _reported(room, command, at)
            tx.front_desk.rooms.save(change)
            return change.state


def _unit(catalog: Catalog, command: ReportRoomCommand) -> Unit:
    found = (unit for unit in catalog.resource(command.resource).units if unit.key == command.room)
    unit = next(found, None)
    if unit is None:
        raise NotFound("room", command.room)
    return unit


def _reported(room: Room, command: ReportRoomCommand, at: datetime) -> RoomChange:
    match command.report:
        case RoomReport.CLEAN:
            return room.cleaned(at)
        case RoomReport.INSPECTED:
            return room.inspected(at)
        case RoomReport.NEEDS_CLEANING:
            return room.soiled(at, command.note)
        case RoomReport.OUT_OF_ORDER:
            return room.out_of_order(at, command.note)


@attrs.frozen(kw_only=True)
class ListTasks:
    """What housekeeping has to do."""

    begin: UnitOfWork

    def __call__(self, tenant: TenantId) -> Sequence[Task]:
        """At most 500 tasks under way, those due first before those due never."""
        with self.begin.reading(tenant) as tx:
            return tx.front_desk.tasks.under_way(MOST_TASKS)


@attrs.frozen(kw_only=True)
class WorkOnTaskCommand:
    """Start a task, put it back, finish or cancel it."""

    tenant: TenantId
    task: TaskId
    state: TaskState
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class WorkOnTask:
    """Work in a room; when it is done the room is what the work made of it."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: WorkOnTaskCommand) -> Task:
        """The task; raises InvalidTransition, NotFound."""
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            task = tx.front_desk.tasks.get(command.task)
            change = _worked_on(task, command, at)
            if command.state is TaskState.DONE:
                room = tx.front_desk.rooms.of([task.unit])[task.unit]
                tx.front_desk.rooms.save(room_after(task.work, room, at))
            tx.front_desk.tasks.save(change)
            return change.state


def _worked_on(task: Task, command: WorkOnTaskCommand, at: datetime) -> Change[Task, Task]:
    match command.state:
        case TaskState.STARTED:
            return task.start(command.actor.name, at)
        case TaskState.OPEN:
            return task.put_back(at)
        case TaskState.DONE:
            return task.finish(at)
        case TaskState.CANCELLED:
            return task.cancel(at)
