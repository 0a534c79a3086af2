"""Guests who come, change rooms, stay longer and leave. For staff alone."""

from litestar.params import JSONBody

from booking_adapters.http import front_desk_views as v
from booking_adapters.http import parameters as p
from booking_adapters.http.asking import Asked, AskedAbout
from booking_adapters.http.at_desk import AtDesk
from booking_adapters.http.document import WITH_BODY
from booking_adapters.http.operations import staff_change, staff_read
from booking_adapters.http.requests import checked_reason
from booking_adapters.http.texts import date_of
from booking_core.domain.reservations.reservation import Reservation
from booking_core.usecases.arrivals import ArrivalsQuery


@staff_read("/arrivals", "showArrivals", "Who comes on a day, and a room for each")
def show_arrivals(*, asked: Asked, day: p.Day = None) -> v.ArrivalsView:
    """Rooms that are `locked` are promised; the others are proposed, and may change until one is promised."""
    query = ArrivalsQuery(tenant=asked.tenant, day=None if day is None else date_of(day, "date"))
    return v.ArrivalsView(arrivals=tuple(map(v.arrival_view, asked.engine.front_desk.show_arrivals(query))))


@staff_change("/reservations/{reference:str}/check-in", "checkIn", "The guest is here", *WITH_BODY)
def check_in(*, about: AskedAbout, data: JSONBody[v.CheckInBody]) -> v.KeysView:
    """As many rooms as were booked, all or none."""
    done = AtDesk(about).check_in(data.rooms, corrects_no_show=data.corrects_no_show)
    status = done.reservation.status.value
    return v.KeysView(reservation=done.reservation.code, status=status, rooms=done.rooms)


@staff_change("/reservations/{reference:str}/room-lock", "lockRoom", "Promise a room", *WITH_BODY)
def lock_room(*, about: AskedAbout, data: JSONBody[v.RoomLockBody]) -> v.RoomLockBody:
    """It is kept for this guest until the promise is taken back."""
    AtDesk(about).lock_room(data.room, data.number)
    return data


@staff_change("/reservations/{reference:str}/room-change", "changeRoom", "Another room", *WITH_BODY)
def change_room(*, about: AskedAbout, data: JSONBody[v.RoomChangeBody]) -> v.RoomsView:
    """The old room needs cleaning, the new one is theirs: both or neither."""
    AtDesk(about).change_room(data.old, data.new)
    board = about.engine.front_desk.show_rooms(about.tenant)
    return v.RoomsView(
        rooms=tuple(v.room_view(each) for each in board if each.unit.key in {data.old, data.new})
    )


@staff_change(
    "/reservations/{reference:str}/late-check-out",
    "lateCheckOut",
    "Stay longer on the last day",
    *WITH_BODY,
)
def late_check_out(*, about: AskedAbout, data: JSONBody[v.LateCheckOutBody]) -> v.DepartureView:
    """If the room is free that long; the fee is on the bill."""
    stayed = AtDesk(about).stay_until(data.until)
    return _departure(stayed.reservation, v.folio_view(stayed.folio).bill)


@staff_change("/reservations/{reference:str}/check-out", "checkOut", "The guest leaves", 402, *WITH_BODY)
def check_out(*, about: AskedAbout, data: JSONBody[v.CheckOutBody]) -> v.DepartureView:
    """What is missing is charged; declined, the answer is BALANCE_DUE with the balance."""
    done = AtDesk(about).check_out(
        data.method,
        accept_balance_due=data.accept_balance_due,
        waived=None if data.waiver is None else checked_reason(data.waiver),
    )
    return _departure(done.reservation, v.bill_view(done.bill))


@staff_change("/reservations/{reference:str}/reopen-bill", "reopenBill", "Call a check-out off", *WITH_BODY)
def reopen_bill(*, about: AskedAbout) -> v.FolioView:
    """The bill can be charged again."""
    return v.folio_view(AtDesk(about).reopen_bill())


def _departure(reservation: Reservation, bill: v.BillView) -> v.DepartureView:
    return v.DepartureView(
        reservation=reservation.code, status=reservation.status.value, end=reservation.period.end, bill=bill
    )


OF_STAFF = [
    show_arrivals,
    check_in,
    lock_room,
    change_room,
    late_check_out,
    check_out,
    reopen_bill,
]
