"""Guests who come, change rooms, stay longer and leave. For staff alone."""

from http import HTTPStatus

from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation

from booking_adapters.http import front_desk_views as v
from booking_adapters.http import parameters as p
from booking_adapters.http.document import STAFF, WITH_BODY, refusals
from booking_adapters.http.engine import Engine
from booking_adapters.http.requests import checked_reason
from booking_adapters.http.reservation_routes import found
from booking_core.domain.catalog.schedule import minute_of_day
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import Actor
from booking_core.domain.reservations.cancellation import Waiver
from booking_core.domain.reservations.reservation import Reservation
from booking_core.usecases.check_in import ChangeRoomCommand, CheckInCommand, LockRoomCommand
from booking_core.usecases.check_out import CheckOutCommand, ReopenBillCommand
from booking_core.usecases.late_check_out import StayLongerCommand

TheEngine = NamedDependency[SkipValidation[Engine]]
TheActor = NamedDependency[SkipValidation[Actor]]


def _minute(text: str) -> int:
    try:
        return minute_of_day(text)
    except InvalidInput as refused:
        raise InvalidInput("until", refused.reason, text) from None


@post(
    "/reservations/{reference:str}/check-in",
    operation_id="checkIn",
    summary="The guest is here",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def check_in(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    reference: p.Reference,
    data: JSONBody[v.CheckInBody],
) -> v.KeysView:
    """As many rooms as were booked, all or none."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    reservation = found(engine, tenant, reference)
    done = engine.front_desk.check_in(
        CheckInCommand(
            tenant=tenant,
            reservation=reservation.id,
            rooms=data.rooms,
            corrects_no_show=data.corrects_no_show,
            actor=actor,
        )
    )
    return v.KeysView(reservation=reservation.code, status=done.reservation.status.value, rooms=done.rooms)


@post(
    "/reservations/{reference:str}/room-lock",
    operation_id="lockRoom",
    summary="Promise a room",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def lock_room(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    reference: p.Reference,
    data: JSONBody[v.RoomLockBody],
) -> v.RoomLockBody:
    """It is kept for this guest until the promise is taken back."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    reservation = found(engine, tenant, reference)
    engine.front_desk.lock_room(
        LockRoomCommand(
            tenant=tenant, reservation=reservation.id, room=data.room, number=data.number, actor=actor
        )
    )
    return data


@post(
    "/reservations/{reference:str}/room-change",
    operation_id="changeRoom",
    summary="Another room",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def change_room(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    reference: p.Reference,
    data: JSONBody[v.RoomChangeBody],
) -> v.RoomsView:
    """The old room needs cleaning, the new one is theirs: both or neither."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    reservation = found(engine, tenant, reference)
    engine.front_desk.change_room(
        ChangeRoomCommand(tenant=tenant, reservation=reservation.id, old=data.old, new=data.new, actor=actor)
    )
    board = engine.front_desk.show_rooms(tenant)
    return v.RoomsView(
        rooms=tuple(v.room_view(each) for each in board if each.unit.key in {data.old, data.new})
    )


@post(
    "/reservations/{reference:str}/late-check-out",
    operation_id="lateCheckOut",
    summary="Stay longer on the last day",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def late_check_out(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    reference: p.Reference,
    data: JSONBody[v.LateCheckOutBody],
) -> v.DepartureView:
    """If the room is free that long; the fee is on the bill."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    reservation = found(engine, tenant, reference)
    stayed = engine.front_desk.stay_longer(
        StayLongerCommand(tenant=tenant, reservation=reservation.id, minute=_minute(data.until), actor=actor)
    )
    return _departure(stayed.reservation, v.folio_view(stayed.folio).bill)


@post(
    "/reservations/{reference:str}/check-out",
    operation_id="checkOut",
    summary="The guest leaves",
    status_code=HTTPStatus.OK,
    responses=refusals(402, *STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def check_out(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    reference: p.Reference,
    data: JSONBody[v.CheckOutBody],
) -> v.DepartureView:
    """What is missing is charged; declined, the answer is BALANCE_DUE with the balance."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    reservation = found(engine, tenant, reference)
    done = engine.front_desk.check_out(
        CheckOutCommand(
            tenant=tenant,
            reservation=reservation.id,
            method=data.method,
            accept_balance_due=data.accept_balance_due,
            waiver=None if data.waiver is None else Waiver(checked_reason(data.waiver)),
            actor=actor,
        )
    )
    return _departure(done.reservation, v.bill_view(done.bill))


@post(
    "/reservations/{reference:str}/reopen-bill",
    operation_id="reopenBill",
    summary="Call a check-out off",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def reopen_bill(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    reference: p.Reference,
) -> v.FolioView:
    """The bill can be charged again."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    reservation = found(engine, tenant, reference)
    command = ReopenBillCommand(tenant=tenant, reservation=reservation.id, actor=actor)
    return v.folio_view(engine.front_desk.reopen_bill(command))


def _departure(reservation: Reservation, bill: v.BillView) -> v.DepartureView:
    return v.DepartureView(
        reservation=reservation.code, status=reservation.status.value, end=reservation.period.end, bill=bill
    )


OF_STAFF = [
    check_in,
    lock_room,
    change_room,
    late_check_out,
    check_out,
    reopen_bill,
]
