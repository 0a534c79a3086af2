"""Rooms and housekeeping: what each is like, who is in it, and what is to be done. For staff alone."""

from enum import StrEnum
from typing import Annotated, TypeVar

from litestar.params import JSONBody, PathParameter

from booking_adapters.http import front_desk_views as v
from booking_adapters.http import parameters as p
from booking_adapters.http.asking import Asked
from booking_adapters.http.document import WITH_BODY
from booking_adapters.http.operations import staff_change, staff_read
from booking_adapters.http.requests import checked_reason
from booking_core.domain.frontdesk.housekeeping import TaskState
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import TaskId, parse_uuid
from booking_core.usecases.housekeeping import ReportRoomCommand, RoomReport, WorkOnTaskCommand

RoomKey = Annotated[str, PathParameter(description="Key of the room.")]
TaskIdText = Annotated[str, PathParameter(description="Id of the task.", schema_extra={"format": "uuid"})]
E = TypeVar("E", bound=StrEnum)


def _one_of(choices: type[E], text: str, field: str) -> E:
    if text not in {choice.value for choice in choices}:
        raise InvalidInput(field, f"must be one of {', '.join(choices)}", text)
    return choices(text)


@staff_read("/rooms", "showRooms", "Every room and who is in it")
def show_rooms(*, asked: Asked) -> v.RoomsView:
    """The board behind the counter."""
    board = asked.engine.front_desk.show_rooms(asked.tenant)
    return v.RoomsView(rooms=tuple(v.room_view(each) for each in board))


@staff_change("/rooms/{resource_key:str}/{room_key:str}", "reportRoom", "Say what a room is like", *WITH_BODY)
def report_room(
    *, asked: Asked, resource_key: p.ResourceKey, room_key: RoomKey, data: JSONBody[v.RoomReportBody]
) -> v.RoomsView:
    """That a room is occupied follows from a check-in, and is not said."""
    asked.engine.front_desk.report_room(
        ReportRoomCommand(
            tenant=asked.tenant,
            resource=resource_key,
            room=room_key,
            report=_one_of(RoomReport, data.status, "status"),
            note=checked_reason(data.note),
            actor=asked.actor,
        )
    )
    board = asked.engine.front_desk.show_rooms(asked.tenant)
    return v.RoomsView(rooms=tuple(v.room_view(each) for each in board if each.unit.key == room_key))


@staff_read("/tasks", "listTasks", "What housekeeping has to do")
def list_tasks(*, asked: Asked) -> v.TasksView:
    """At most 500 tasks under way, those due first before those due never."""
    catalog = asked.catalog
    return v.TasksView(
        tasks=tuple(v.task_view(catalog, each) for each in asked.engine.front_desk.list_tasks(asked.tenant))
    )


@staff_change("/tasks/{task_id:str}", "workOnTask", "Start, put back, finish or cancel a task", *WITH_BODY)
def work_on_task(*, asked: Asked, task_id: TaskIdText, data: JSONBody[v.TaskBody]) -> v.TaskView:
    """When it is done the room is what the work made of it."""
    task = asked.engine.front_desk.work_on_task(
        WorkOnTaskCommand(
            tenant=asked.tenant,
            task=TaskId(parse_uuid(task_id, "task_id")),
            state=_one_of(TaskState, data.state, "state"),
            actor=asked.actor,
        )
    )
    return v.task_view(asked.catalog, task)


OF_STAFF = [
    show_rooms,
    report_room,
    list_tasks,
    work_on_task,
]
