"""Booking, looking up, moving and calling off, as a guest does it."""

from http import HTTPStatus
from typing import TypeVar

import attrs
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation

from booking_adapters.http import parameters as p
from booking_adapters.http.document import LOCATION, REPLAYED, WITH_BODY, also, refusals
from booking_adapters.http.engine import Engine
from booking_adapters.http.payment_views import BookedView, MovedView
from booking_adapters.http.requests import BookBody, MoveBody, ReasonBody, StaffMoveBody, checked_reason
from booking_adapters.http.showing import cancelled_view, reservation_view
from booking_adapters.http.showing_payments import booked_view, moved_view
from booking_adapters.http.views import CancelledView, ReservationView
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import ClaimId, QuoteId, TenantId
from booking_core.domain.reservations.reservation import Reservation
from booking_core.usecases.book import BookCommand
from booking_core.usecases.cancel import Cancellation
from booking_core.usecases.confirm import Decision
from booking_core.usecases.reschedule import RescheduleCommand
from booking_core.usecases.show import ShowQuery
from booking_core.usecases.show_payments import PaymentsQuery

TheEngine = NamedDependency[SkipValidation[Engine]]
TheActor = NamedDependency[SkipValidation[Actor]]
V = TypeVar("V")


@post(
    "/reservations",
    operation_id="book",
    summary="Book",
    response_description="A new reservation.",
    responses={
        HTTPStatus.OK: also(BookedView, "This idempotency key had made it before; nothing was done."),
        **refusals(402, 403, 410, *WITH_BODY),
    },
    response_headers=[LOCATION, REPLAYED],
    sync_to_thread=True,
)
def book(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    data: JSONBody[BookBody],
    spoken: p.Spoken,
    session: p.Session = "",
    idempotency_key: p.IdempotencyKey = "",
) -> Response[BookedView]:
    """Make a reservation, directly or of a hold: pending or confirmed, as the business has it.

    The price is that of the quote, or today's; where the customer saw another total, PRICE_CHANGED tells both. What
    is to be paid ahead is paid with `method`; without one the reservation waits for it. PAYMENT_FAILED releases all.
    """
    tenant = p.tenant_of(engine.tenants, tenant_key)
    booked = engine.book(
        book_command(tenant, data=data, session=session, idempotency_key=idempotency_key, actor=actor)
    )
    view = booked_view(
        reservation_view(engine.show_catalog(tenant), booked.reservation, spoken),
        engine.show_payments(PaymentsQuery(tenant=tenant, reservation=booked.reservation.id)),
    )
    location = f"/v1/{tenant_key}/reservations/{booked.reservation.id}"
    return answer_made(view, location, is_replay=booked.is_replay)


@get(
    "/reservations/{reference:str}",
    operation_id="showReservation",
    summary="Look a reservation up",
    responses=refusals(),
    sync_to_thread=True,
)
def show_reservation(
    *,
    engine: TheEngine,
    tenant_key: p.TenantKey,
    reference: p.Reference,
    spoken: p.Spoken,
) -> ReservationView:
    """By confirmation number or id, without anybody's personal data."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    return reservation_view(engine.show_catalog(tenant), found(engine, tenant, reference), spoken)


@post(
    "/reservations/{reference:str}/cancel",
    operation_id="cancel",
    summary="Call a reservation off",
    status_code=HTTPStatus.OK,
    responses=refusals(*WITH_BODY),
    sync_to_thread=True,
)
def cancel(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    reference: p.Reference,
    data: JSONBody[ReasonBody],
    spoken: p.Spoken,
) -> CancelledView:
    """The places are free at once; `cost` says what it came to. A checked-in guest asks the front desk instead."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    cancelled = engine.cancel(cancellation(engine, tenant, reference, data, actor))
    return cancelled_view(engine.show_catalog(tenant), cancelled, spoken)


@post(
    "/reservations/{reference:str}/reschedule",
    operation_id="reschedule",
    summary="Move a reservation",
    status_code=HTTPStatus.OK,
    responses=refusals(*WITH_BODY),
    sync_to_thread=True,
)
def reschedule(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    reference: p.Reference,
    data: JSONBody[MoveBody],
    spoken: p.Spoken,
) -> MovedView:
    """To another time, for other people or places: all of it or nothing; number and history stay.

    Kept nights keep their price. Where it becomes dearer and the payer must be asked first, it `waits_for_payment` and
    is as it was until then.
    """
    tenant = p.tenant_of(engine.tenants, tenant_key)
    moved = engine.reschedule(move_command(engine, tenant, reference, data=data, actor=actor))
    return moved_view(
        reservation_view(engine.show_catalog(tenant), moved.reservation, spoken),
        engine.show_payments(PaymentsQuery(tenant=tenant, reservation=moved.reservation.id)),
        waits_for_payment=moved.amendment is not None,
    )


def book_command(
    tenant: TenantId,
    *,
    data: BookBody,
    session: str,
    idempotency_key: str,
    actor: Actor,
    waived: tuple[str, ...] = (),
    pay_later: bool = False,
) -> BookCommand:
    """The command of a body and its headers."""
    return BookCommand(
        tenant=tenant,
        wanted=data.wanted(waived),
        customer=data.customer.customer(),
        session=session,
        hold=None if data.hold is None else ClaimId(data.hold),
        quote=None if data.quote is None else QuoteId(data.quote),
        displayed=None if data.displayed_total is None else data.displayed_total.money(),
        method=data.method,
        pay_later=pay_later,
        idempotency_key=idempotency_key,
        actor=actor,
    )


def answer_made(view: V, location: str, *, is_replay: bool) -> Response[V]:
    """201 for something new, 200 with a header for what its idempotency key had made before."""
    headers = {"Location": location} | ({"Idempotent-Replayed": "true"} if is_replay else {})
    return Response(view, status_code=HTTPStatus.OK if is_replay else HTTPStatus.CREATED, headers=headers)


def found(engine: Engine, tenant: TenantId, reference: str) -> Reservation:
    """The reservation of a confirmation number or an id; raises NotFound."""
    return engine.show(ShowQuery(tenant=tenant, reservation=p.reference_of(reference)))


def cancellation(
    engine: Engine,
    tenant: TenantId,
    reference: str,
    data: ReasonBody,
    actor: Actor,
    *,
    waives_penalty: bool = False,
) -> Cancellation:
    """The command that calls the reservation of a reference off."""
    return Cancellation(
        tenant=tenant,
        reservation=found(engine, tenant, reference).id,
        reason=data.checked(),
        waives_penalty=waives_penalty,
        actor=actor,
    )


def decision(engine: Engine, tenant: TenantId, reference: str, data: ReasonBody, actor: Actor) -> Decision:
    """A decision about the reservation of a reference."""
    reason = data.checked()
    return Decision(
        tenant=tenant, reservation=found(engine, tenant, reference).id, reason=reason, actor=actor
    )


def move_command(
    engine: Engine,
    tenant: TenantId,
    reference: str,
    *,
    data: MoveBody,
    actor: Actor,
) -> RescheduleCommand:
    """The command to move the reservation of a reference; what the body leaves out stays."""
    now = found(engine, tenant, reference)
    return RescheduleCommand(
        tenant=tenant,
        reservation=now.id,
        wanted=data.wanted(now),
        any_resource=data.any_resource,
        version=now.version,
        displayed=None if data.displayed_total is None else data.displayed_total.money(),
        method=data.method,
        actor=actor,
    )


def staff_move_command(
    engine: Engine, tenant: TenantId, reference: str, *, data: StaffMoveBody, actor: Actor
) -> RescheduleCommand:
    """The same for staff, who may let the guest pay later and let them off what falls away."""
    return attrs.evolve(
        move_command(engine, tenant, reference, data=data, actor=actor),
        pay_later=data.pay_later,
        waives_penalty=data.waives_penalty,
        reason=checked_reason(data.reason),
    )
