"""What only staff may do: approving, declining, waiving rules, seeing customers, closing resources."""

from http import HTTPStatus

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation

from booking_adapters.http import parameters as p
from booking_adapters.http.document import LOCATION, REPLAYED, STAFF, WITH_BODY, also, refusals
from booking_adapters.http.engine import Engine
from booking_adapters.http.requests import (
    CloseBody,
    ReasonBody,
    StaffBookBody,
    StaffCancelBody,
    StaffMoveBody,
    checked_reason,
)
from booking_adapters.http.reservation_routes import (
    answer_booked,
    book_command,
    cancellation,
    decision,
    found,
    move_command,
)
from booking_adapters.http.showing import closure_view, staff_view
from booking_adapters.http.views import ClosedView, Closures, StaffReservationView
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import ClosureId, parse_uuid
from booking_core.usecases.close_resource import CloseCommand
from booking_core.usecases.list_closures import ClosureQuery
from booking_core.usecases.reopen_resource import ReopenCommand

TheEngine = NamedDependency[SkipValidation[Engine]]
TheActor = NamedDependency[SkipValidation[Actor]]

MOST_CLOSURES = 500


@post(
    "/reservations",
    operation_id="staffBook",
    summary="Book for a customer",
    response_description="A new reservation.",
    responses={
        HTTPStatus.OK: also(
            StaffReservationView, "This idempotency key had made it before; nothing was done."
        ),
        **refusals(410, *STAFF, *WITH_BODY),
    },
    response_headers=[LOCATION, REPLAYED],
    sync_to_thread=True,
)
def staff_book(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    data: JSONBody[StaffBookBody],
    session: p.Session = "",
    idempotency_key: p.IdempotencyKey = "",
) -> Response[StaffReservationView]:
    """Like a guest's booking, but rules may be waived. Nobody can waive that a place is taken."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    booked = engine.book(
        book_command(
            tenant,
            data=data,
            session=session,
            idempotency_key=idempotency_key,
            actor=actor,
            waived=data.waived,
            pay_later=data.pay_later,
        )
    )
    view = staff_view(engine.show_catalog(tenant), booked.reservation)
    return answer_booked(booked, view, f"/v1/{tenant_key}/staff/reservations/{booked.reservation.id}")


@get(
    "/reservations/{reference:str}",
    operation_id="staffShowReservation",
    summary="A reservation with its customer",
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def staff_show(*, engine: TheEngine, tenant_key: p.TenantKey, reference: p.Reference) -> StaffReservationView:
    """By confirmation number or id."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    return staff_view(engine.show_catalog(tenant), found(engine, tenant, reference))


@post(
    "/reservations/{reference:str}/confirm",
    operation_id="confirm",
    summary="Approve a pending reservation",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def confirm(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    reference: p.Reference,
    data: JSONBody[ReasonBody],
) -> StaffReservationView:
    """Approve; one that has expired meanwhile is refused."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    return staff_view(
        engine.show_catalog(tenant), engine.confirm(decision(engine, tenant, reference, data, actor))
    )


@post(
    "/reservations/{reference:str}/decline",
    operation_id="decline",
    summary="Refuse a pending reservation",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def decline(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    reference: p.Reference,
    data: JSONBody[ReasonBody],
) -> StaffReservationView:
    """The places are free at once."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    return staff_view(
        engine.show_catalog(tenant), engine.decline(decision(engine, tenant, reference, data, actor))
    )


@post(
    "/reservations/{reference:str}/cancel",
    operation_id="staffCancel",
    summary="Call a reservation off for the business",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def staff_cancel(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    reference: p.Reference,
    data: JSONBody[StaffCancelBody],
) -> StaffReservationView:
    """The places are free at once. The penalty may be waived, with a reason."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    ended = engine.cancel(
        cancellation(engine, tenant, reference, data, actor, waives_penalty=data.waives_penalty)
    ).reservation
    return staff_view(engine.show_catalog(tenant), ended)


@post(
    "/reservations/{reference:str}/reschedule",
    operation_id="staffReschedule",
    summary="Move a reservation for a customer",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def staff_reschedule(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    reference: p.Reference,
    data: JSONBody[StaffMoveBody],
) -> StaffReservationView:
    """Like a guest's move, but rules may be waived."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    moved = engine.reschedule(
        move_command(
            engine, tenant, reference, data=data, actor=actor, waived=data.waived, pay_later=data.pay_later
        )
    )
    return staff_view(engine.show_catalog(tenant), moved.reservation)


@post(
    "/resources/{resource_key:str}/closures",
    operation_id="closeResource",
    summary="Close a resource",
    response_description="A new closure.",
    responses=refusals(*STAFF, *WITH_BODY),
    response_headers=[LOCATION],
    sync_to_thread=True,
)
def close_resource(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    resource_key: p.ResourceKey,
    data: JSONBody[CloseBody],
) -> Response[ClosedView]:
    """Nothing new can be booked inside. What is booked already stays, and is listed as `affected`."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    closed = engine.close_resource(
        CloseCommand(
            tenant=tenant,
            resource=resource_key,
            period=data.period(),
            reason=checked_reason(data.reason),
            quantity=data.quantity,
            actor=actor,
        )
    )
    catalog = engine.show_catalog(tenant)
    view = ClosedView(
        closure=closure_view(catalog, closed.closure),
        affected=tuple(staff_view(catalog, each) for each in closed.affected),
    )
    return Response(view, headers={"Location": f"/v1/{tenant_key}/staff/closures/{closed.closure.id}"})


@get(
    "/resources/{resource_key:str}/closures",
    operation_id="listClosures",
    summary="When a resource is closed",
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def list_closures(
    *,
    engine: TheEngine,
    tenant_key: p.TenantKey,
    resource_key: p.ResourceKey,
    start: p.WindowStart,
    end: p.WindowEnd,
) -> Closures:
    """The first 500 closures that overlap a window of at most 400 days, by start."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    listed = engine.list_closures(
        ClosureQuery(tenant=tenant, resource=resource_key, window=p.window_of(start, end))
    )
    catalog = engine.show_catalog(tenant)
    return Closures(
        closures=tuple(closure_view(catalog, each) for each in listed[:MOST_CLOSURES]),
        has_more=len(listed) > MOST_CLOSURES,
    )


@delete(
    "/closures/{closure_id:str}",
    operation_id="reopenResource",
    summary="Open a closed resource again",
    responses=refusals(409, *STAFF),
    sync_to_thread=True,
)
def reopen_resource(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, closure_id: p.ClosureIdText
) -> None:
    """The closure ends; its places are free at once."""
    closure = ClosureId(parse_uuid(closure_id, "closure_id"))
    engine.reopen_resource(
        ReopenCommand(tenant=p.tenant_of(engine.tenants, tenant_key), closure=closure, actor=actor)
    )
