"""Booking, looking up, moving and calling off, as a guest does it."""

from http import HTTPStatus
from typing import TypeVar

import attrs
from litestar import Response
from litestar.params import JSONBody

from booking_adapters.http import parameters as p
from booking_adapters.http.asking import Asked, AskedAbout, Asking, AskingAbout
from booking_adapters.http.document import LOCATION, REPLAYED, WITH_BODY, also
from booking_adapters.http.operations import change, create, read
from booking_adapters.http.payment_views import BookedView, MovedView
from booking_adapters.http.requests import BookBody, MoveBody, ReasonBody, StaffMoveBody, checked_reason
from booking_adapters.http.showing import cancelled_view, reservation_view
from booking_adapters.http.showing_payments import booked_view, moved_view
from booking_adapters.http.views import CancelledView, ReservationView
from booking_core.domain.kernel.ids import ClaimId, QuoteId
from booking_core.usecases.book import BookCommand
from booking_core.usecases.cancel import Cancellation
from booking_core.usecases.confirm import Decision
from booking_core.usecases.reschedule import RescheduleCommand
from booking_core.usecases.show_payments import PaymentsQuery

V = TypeVar("V")


@create(
    "/reservations",
    "book",
    "Book",
    402,
    403,
    410,
    *WITH_BODY,
    responses={HTTPStatus.OK: also(BookedView, "This idempotency key had made it before; nothing was done.")},
    response_description="A new reservation.",
    response_headers=[LOCATION, REPLAYED],
)
def book(
    *,
    asked: Asked,
    data: JSONBody[BookBody],
    spoken: p.Spoken,
    session: p.Session = "",
    idempotency_key: p.IdempotencyKey = "",
) -> Response[BookedView]:
    """Make a reservation, directly or of a hold: pending or confirmed, as the business has it.

    The price is that of the quote, or today's; where the customer saw another total, PRICE_CHANGED tells both. What
    is to be paid ahead is paid with `method`; without one the reservation waits for it. PAYMENT_FAILED releases all.
    """
    booked = asked.engine.book(book_command(asked, data, session=session, idempotency_key=idempotency_key))
    view = booked_view(
        reservation_view(asked.catalog, booked.reservation, spoken),
        asked.engine.show_payments(PaymentsQuery(tenant=asked.tenant, reservation=booked.reservation.id)),
    )
    location = f"/v1/{asked.tenant_key}/reservations/{booked.reservation.id}"
    return answer_made(view, location, is_replay=booked.is_replay)


@read("/reservations/{reference:str}", "showReservation", "Look a reservation up")
def show_reservation(*, about: AskedAbout, spoken: p.Spoken) -> ReservationView:
    """By confirmation number or id, without anybody's personal data."""
    return reservation_view(about.catalog, about.reservation, spoken)


@change("/reservations/{reference:str}/cancel", "cancel", "Call a reservation off", *WITH_BODY)
def cancel(*, about: AskedAbout, data: JSONBody[ReasonBody], spoken: p.Spoken) -> CancelledView:
    """The places are free at once; `cost` says what it came to. A checked-in guest asks the front desk instead."""
    cancelled = about.engine.cancel(cancellation(about, data))
    return cancelled_view(about.catalog, cancelled, spoken)


@change("/reservations/{reference:str}/reschedule", "reschedule", "Move a reservation", *WITH_BODY)
def reschedule(*, about: AskedAbout, data: JSONBody[MoveBody], spoken: p.Spoken) -> MovedView:
    """To another time, for other people or places: all of it or nothing; number and history stay.

    Kept nights keep their price. Where it becomes dearer and the payer must be asked first, it `waits_for_payment` and
    is as it was until then.
    """
    moved = about.engine.reschedule(move_command(about, data))
    return moved_view(
        reservation_view(about.catalog, moved.reservation, spoken),
        about.engine.show_payments(PaymentsQuery(tenant=about.tenant, reservation=moved.reservation.id)),
        waits_for_payment=moved.amendment is not None,
    )


def book_command(
    asked: Asking,
    data: BookBody,
    *,
    session: str,
    idempotency_key: str,
    waived: tuple[str, ...] = (),
    pay_later: bool = False,
) -> BookCommand:
    """The command of a body and its headers."""
    return BookCommand(
        tenant=asked.tenant,
        wanted=data.wanted(waived),
        customer=data.customer.customer(),
        session=session,
        hold=None if data.hold is None else ClaimId(data.hold),
        quote=None if data.quote is None else QuoteId(data.quote),
        displayed=None if data.displayed_total is None else data.displayed_total.money(),
        method=data.method,
        pay_later=pay_later,
        idempotency_key=idempotency_key,
        actor=asked.actor,
    )


def answer_made(view: V, location: str, *, is_replay: bool) -> Response[V]:
    """201 for something new, 200 with a header for what its idempotency key had made before."""
    headers = {"Location": location} | ({"Idempotent-Replayed": "true"} if is_replay else {})
    return Response(view, status_code=HTTPStatus.OK if is_replay else HTTPStatus.CREATED, headers=headers)


def cancellation(about: AskingAbout, data: ReasonBody, *, waives_penalty: bool = False) -> Cancellation:
    """The command that calls the reservation off."""
    return Cancellation(
        tenant=about.tenant,
        reservation=about.id,
        reason=data.checked(),
        waives_penalty=waives_penalty,
        actor=about.actor,
    )


def decision(about: AskingAbout, data: ReasonBody) -> Decision:
    """A decision about the reservation."""
    return Decision(tenant=about.tenant, reservation=about.id, reason=data.checked(), actor=about.actor)


def move_command(about: AskingAbout, data: MoveBody) -> RescheduleCommand:
    """The command to move the reservation; what the body leaves out stays."""
    now = about.reservation
    return RescheduleCommand(
        tenant=about.tenant,
        reservation=now.id,
        wanted=data.wanted(now),
        any_resource=data.any_resource,
        version=now.version,
        displayed=None if data.displayed_total is None else data.displayed_total.money(),
        method=data.method,
        actor=about.actor,
    )


def staff_move_command(about: AskingAbout, data: StaffMoveBody) -> RescheduleCommand:
    """The same for staff, who may let the guest pay later and let them off what falls away."""
    return attrs.evolve(
        move_command(about, data),
        pay_later=data.pay_later,
        waives_penalty=data.waives_penalty,
        reason=checked_reason(data.reason),
    )
