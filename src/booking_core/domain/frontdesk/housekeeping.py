"""Housekeeping: what is to be done in which room, until when, and by whom."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import attrs

from booking_core.domain.frontdesk.rooms import Room, RoomChange, RoomStatus
from booking_core.domain.kernel.errors import InvalidInput, InvalidTransition
from booking_core.domain.kernel.events import Change, Event
from booking_core.domain.kernel.ids import TaskId, UnitId

LONGEST_NOTE = 1_000


class Work(StrEnum):
    """What is to be done."""

    CLEANING = "cleaning"
    INSPECTION = "inspection"
    REPAIR = "repair"


class TaskState(StrEnum):
    """How far it is."""

    OPEN = "open"
    STARTED = "started"
    DONE = "done"
    CANCELLED = "cancelled"


TRANSITIONS: Mapping[TaskState, frozenset[TaskState]] = {
    TaskState.OPEN: frozenset({TaskState.STARTED, TaskState.DONE, TaskState.CANCELLED}),
    TaskState.STARTED: frozenset({TaskState.OPEN, TaskState.DONE, TaskState.CANCELLED}),
    TaskState.DONE: frozenset(),
    TaskState.CANCELLED: frozenset(),
}
"""The state graph: what was started can be put back."""


@attrs.frozen(kw_only=True)
class Task:
    """Work in one room, to be done by `due_at` (None: when there is time)."""

    id: TaskId
    unit: UnitId
    work: Work
    state: TaskState = TaskState.OPEN
    due_at: datetime | None = None
    note: str = ""
    assignee: str = ""
    version: int = 1

    @classmethod
    def open(
        cls,
        *,
        id: TaskId,
        unit: UnitId,
        work: Work,
        at: datetime,
        due_at: datetime | None = None,
        note: str = "",
    ) -> Change["Task", None]:
        """Something to do; raises InvalidInput for a boundless note."""
        if len(note) > LONGEST_NOTE:
            raise InvalidInput("note", f"is longer than {LONGEST_NOTE} characters", note)
        task = cls(id=id, unit=unit, work=work, due_at=due_at, note=note)
        return Change(task, (_event(task, "TaskOpened", at),), None)

    def start(self, assignee: str, at: datetime) -> Change["Task", "Task"]:
        """Somebody is at it."""
        return self._to(TaskState.STARTED, at, "TaskStarted", assignee=assignee)

    def put_back(self, at: datetime) -> Change["Task", "Task"]:
        """Nobody is at it after all."""
        return self._to(TaskState.OPEN, at, "TaskPutBack", assignee="")

    def finish(self, at: datetime) -> Change["Task", "Task"]:
        """Done."""
        return self._to(TaskState.DONE, at, "TaskDone")

    def cancel(self, at: datetime) -> Change["Task", "Task"]:
        """No longer needed."""
        return self._to(TaskState.CANCELLED, at, "TaskCancelled")

    def is_late(self, at: datetime) -> bool:
        """Whether it should have been done by now."""
        return bool(TRANSITIONS[self.state]) and self.due_at is not None and at > self.due_at

    def _to(self, state: TaskState, at: datetime, name: str, **changes: Any) -> Change["Task", "Task"]:
        if state not in TRANSITIONS[self.state]:
            raise InvalidTransition(f"a task that is {self.state} cannot become {state}", task=str(self.id))
        task = attrs.evolve(self, state=state, version=self.version + 1, **changes)
        return Change(task, (_event(task, name, at),), self)


WORK: Mapping[RoomStatus, Work] = {
    RoomStatus.NEEDS_CLEANING: Work.CLEANING,
    RoomStatus.OUT_OF_ORDER: Work.REPAIR,
    RoomStatus.CLEAN: Work.INSPECTION,
}
"""What is to be done next in a room of a status."""


def work_in(room: Room, *, is_inspected_house: bool) -> Work | None:
    """What a room needs next, if anything; clean rooms are inspected where the house gives no others to guests."""
    work = WORK.get(room.status)
    return None if work is Work.INSPECTION and not is_inspected_house else work


def room_after(work: Work, room: Room, at: datetime) -> RoomChange:
    """What a finished task makes of its room: clean, inspected, or back from repair and to be cleaned."""
    if work is Work.REPAIR:
        return room.soiled(at, "repaired")
    return room.cleaned(at) if work is Work.CLEANING else room.inspected(at)


def _event(task: Task, name: str, at: datetime) -> Event:
    data = {"unit": str(task.unit), "work": task.work.value, "state": task.state.value}
    return Event(name=name, subject=task.id, version=task.version, at=at, data=data)
