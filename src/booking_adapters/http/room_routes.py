"""Rooms and housekeeping: what each is like, who is in it, and what is to be done. For staff alone."""

from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, TypeVar

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, SkipValidation

from booking_adapters.http import front_desk_views as v
from booking_adapters.http import parameters as p
from booking_adapters.http.document import STAFF, WITH_BODY, refusals
from booking_adapters.http.engine import Engine
from booking_adapters.http.requests import checked_reason
from booking_core.domain.frontdesk.housekeeping import TaskState
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import TaskId, parse_uuid
from booking_core.usecases.housekeeping import ReportRoomCommand, RoomReport, WorkOnTaskCommand

TheEngine = NamedDependency[SkipValidation[Engine]]
TheActor = NamedDependency[SkipValidation[Actor]]
RoomKey = Annotated[str, PathParameter(description="Key of the room.")]
TaskIdText = Annotated[str, PathParameter(description="Id of the task.", schema_extra={"format": "uuid"})]
E = TypeVar("E", bound=StrEnum)


def _one_of(choices: type[E], text: str, field: str) -> E:
    if text not in {choice.value for choice in choices}:
        raise InvalidInput(field, f"must be one of {', '.join(choices)}", text)
    return choices(text)


@get(
    "/rooms",
    operation_id="showRooms",
    summary="Every room and who is in it",
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def show_rooms(*, engine: TheEngine, tenant_key: p.TenantKey) -> v.RoomsView:
    """The board behind the counter."""
    board = engine.front_desk.show_rooms(p.tenant_of(engine.tenants, tenant_key))
    return v.RoomsView(rooms=tuple(v.room_view(each) for each in board))


@post(
    "/rooms/{resource_key:str}/{room_key:str}",
    operation_id="reportRoom",
    summary="Say what a room is like",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def report_room(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    resource_key: p.ResourceKey,
    room_key: RoomKey,
    data: JSONBody[v.RoomReportBody],
) -> v.RoomsView:
    """That a room is occupied follows from a check-in, and is not said."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    engine.front_desk.report_room(
        ReportRoomCommand(
            tenant=tenant,
            resource=resource_key,
            room=room_key,
            report=_one_of(RoomReport, data.status, "status"),
            note=checked_reason(data.note),
            actor=actor,
        )
    )
    board = engine.front_desk.show_rooms(tenant)
    return v.RoomsView(rooms=tuple(v.room_view(each) for each in board if each.unit.key == room_key))


@get(
    "/tasks",
    operation_id="listTasks",
    summary="What housekeeping has to do",
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def list_tasks(*, engine: TheEngine, tenant_key: p.TenantKey) -> v.TasksView:
    """At most 500 tasks under way, those due first before those due never."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    catalog = engine.show_catalog(tenant)
    return v.TasksView(
        tasks=tuple(v.task_view(catalog, each) for each in engine.front_desk.list_tasks(tenant))
    )


@post(
    "/tasks/{task_id:str}",
    operation_id="workOnTask",
    summary="Start, put back, finish or cancel a task",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def work_on_task(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    task_id: TaskIdText,
    data: JSONBody[v.TaskBody],
) -> v.TaskView:
    """When it is done the room is what the work made of it."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    task = engine.front_desk.work_on_task(
        WorkOnTaskCommand(
            tenant=tenant,
            task=TaskId(parse_uuid(task_id, "task_id")),
            state=_one_of(TaskState, data.state, "state"),
            actor=actor,
        )
    )
    return v.task_view(engine.show_catalog(tenant), task)


OF_STAFF = [
    show_rooms,
    report_room,
    list_tasks,
    work_on_task,
]
