"""Guests who come, change rooms, stay longer and leave. For staff alone."""

from litestar.params import JSONBody

from booking_adapters.http import front_desk_views as v
from booking_adapters.http.asking import AskedAbout
from booking_adapters.http.document import WITH_BODY
from booking_adapters.http.operations import staff_change
from booking_adapters.http.requests import checked_reason
from booking_core.domain.catalog.schedule import minute_of_day
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.reservations.cancellation import Waiver
from booking_core.domain.reservations.reservation import Reservation
from booking_core.usecases.check_in import ChangeRoomCommand, CheckInCommand, LockRoomCommand
from booking_core.usecases.check_out import CheckOutCommand, ReopenBillCommand
from booking_core.usecases.late_check_out import StayLongerCommand


def _minute(text: str) -> int:
    try:
        return minute_of_day(text)
    except InvalidInput as refused:
        raise InvalidInput("until", refused.reason, text) from None


@staff_change("/reservations/{reference:str}/check-in", "checkIn", "The guest is here", *WITH_BODY)
def check_in(*, about: AskedAbout, data: JSONBody[v.CheckInBody]) -> v.KeysView:
    """As many rooms as were booked, all or none."""
    done = about.engine.front_desk.check_in(
        CheckInCommand(
            tenant=about.tenant,
            reservation=about.id,
            rooms=data.rooms,
            corrects_no_show=data.corrects_no_show,
            actor=about.actor,
        )
    )
    return v.KeysView(
        reservation=about.reservation.code, status=done.reservation.status.value, rooms=done.rooms
    )


@staff_change("/reservations/{reference:str}/room-lock", "lockRoom", "Promise a room", *WITH_BODY)
def lock_room(*, about: AskedAbout, data: JSONBody[v.RoomLockBody]) -> v.RoomLockBody:
    """It is kept for this guest until the promise is taken back."""
    about.engine.front_desk.lock_room(
        LockRoomCommand(
            tenant=about.tenant, reservation=about.id, room=data.room, number=data.number, actor=about.actor
        )
    )
    return data


@staff_change("/reservations/{reference:str}/room-change", "changeRoom", "Another room", *WITH_BODY)
def change_room(*, about: AskedAbout, data: JSONBody[v.RoomChangeBody]) -> v.RoomsView:
    """The old room needs cleaning, the new one is theirs: both or neither."""
    about.engine.front_desk.change_room(
        ChangeRoomCommand(
            tenant=about.tenant, reservation=about.id, old=data.old, new=data.new, actor=about.actor
        )
    )
    board = about.engine.front_desk.show_rooms(about.tenant)
    return v.RoomsView(
        rooms=tuple(v.room_view(each) for each in board if each.unit.key in {data.old, data.new})
    )


@staff_change(
    "/reservations/{reference:str}/late-check-out", "lateCheckOut", "Stay longer on the last day", *WITH_BODY
)
def late_check_out(*, about: AskedAbout, data: JSONBody[v.LateCheckOutBody]) -> v.DepartureView:
    """If the room is free that long; the fee is on the bill."""
    stayed = about.engine.front_desk.stay_longer(
        StayLongerCommand(
            tenant=about.tenant, reservation=about.id, minute=_minute(data.until), actor=about.actor
        )
    )
    return _departure(stayed.reservation, v.folio_view(stayed.folio).bill)


@staff_change("/reservations/{reference:str}/check-out", "checkOut", "The guest leaves", 402, *WITH_BODY)
def check_out(*, about: AskedAbout, data: JSONBody[v.CheckOutBody]) -> v.DepartureView:
    """What is missing is charged; declined, the answer is BALANCE_DUE with the balance."""
    done = about.engine.front_desk.check_out(
        CheckOutCommand(
            tenant=about.tenant,
            reservation=about.id,
            method=data.method,
            accept_balance_due=data.accept_balance_due,
            waiver=None if data.waiver is None else Waiver(checked_reason(data.waiver)),
            actor=about.actor,
        )
    )
    return _departure(done.reservation, v.bill_view(done.bill))


@staff_change("/reservations/{reference:str}/reopen-bill", "reopenBill", "Call a check-out off", *WITH_BODY)
def reopen_bill(*, about: AskedAbout) -> v.FolioView:
    """The bill can be charged again."""
    command = ReopenBillCommand(tenant=about.tenant, reservation=about.id, actor=about.actor)
    return v.folio_view(about.engine.front_desk.reopen_bill(command))


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
