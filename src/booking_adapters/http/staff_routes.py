"""What only staff may do: approving, declining, waiving rules, seeing customers, closing resources."""

from http import HTTPStatus

import attrs
from litestar import Response
from litestar.params import JSONBody

from booking_adapters.http import parameters as p
from booking_adapters.http.asking import Asked, AskedAbout
from booking_adapters.http.document import LOCATION, REPLAYED, WITH_BODY, also
from booking_adapters.http.operations import staff_change, staff_create, staff_end, staff_read
from booking_adapters.http.requests import (
    CloseBody,
    ReasonBody,
    StaffBookBody,
    StaffCancelBody,
    StaffMoveBody,
    checked_reason,
)
from booking_adapters.http.reservation_routes import (
    answer_made,
    book_command,
    cancellation,
    decision,
    staff_move_command,
)
from booking_adapters.http.showing import closure_view, staff_view
from booking_adapters.http.showing_prices import cost_view
from booking_adapters.http.views import (
    ClosedView,
    Closures,
    StaffCancelledView,
    StaffMovedView,
    StaffReservationView,
)
from booking_core.domain.kernel.ids import ClosureId, parse_uuid
from booking_core.usecases.close_resource import CloseCommand
from booking_core.usecases.list_closures import ClosureQuery
from booking_core.usecases.reopen_resource import ReopenCommand

MOST_CLOSURES = 500


@staff_create(
    "/reservations",
    "staffBook",
    "Book for a customer",
    410,
    *WITH_BODY,
    responses={
        HTTPStatus.OK: also(
            StaffReservationView, "This idempotency key had made it before; nothing was done."
        )
    },
    response_description="A new reservation.",
    response_headers=[LOCATION, REPLAYED],
)
def staff_book(
    *,
    asked: Asked,
    data: JSONBody[StaffBookBody],
    spoken: p.Spoken,
    session: p.Session = "",
    idempotency_key: p.IdempotencyKey = "",
) -> Response[StaffReservationView]:
    """Like a guest's booking, but rules may be waived. Nobody can waive that a place is taken."""
    booked = asked.engine.book(
        book_command(
            asked,
            data,
            session=session,
            idempotency_key=idempotency_key,
            waived=data.waived,
            pay_later=data.pay_later,
        )
    )
    view = staff_view(asked.catalog, booked.reservation, spoken)
    location = f"/v1/{asked.tenant_key}/staff/reservations/{booked.reservation.id}"
    return answer_made(view, location, is_replay=booked.is_replay)


@staff_read("/reservations/{reference:str}", "staffShowReservation", "A reservation with its customer")
def staff_show(*, about: AskedAbout, spoken: p.Spoken) -> StaffReservationView:
    """By confirmation number or id."""
    return staff_view(about.catalog, about.reservation, spoken)


@staff_change("/reservations/{reference:str}/confirm", "confirm", "Approve a pending reservation", *WITH_BODY)
def confirm(*, about: AskedAbout, data: JSONBody[ReasonBody], spoken: p.Spoken) -> StaffReservationView:
    """Approve; one that has expired meanwhile is refused."""
    decided = about.engine.confirm(decision(about, data))
    return staff_view(about.catalog, decided, spoken)


@staff_change("/reservations/{reference:str}/decline", "decline", "Refuse a pending reservation", *WITH_BODY)
def decline(*, about: AskedAbout, data: JSONBody[ReasonBody], spoken: p.Spoken) -> StaffReservationView:
    """The places are free at once."""
    decided = about.engine.decline(decision(about, data))
    return staff_view(about.catalog, decided, spoken)


@staff_change(
    "/reservations/{reference:str}/cancel",
    "staffCancel",
    "Call a reservation off for the business",
    *WITH_BODY,
)
def staff_cancel(
    *, about: AskedAbout, data: JSONBody[StaffCancelBody], spoken: p.Spoken
) -> StaffCancelledView:
    """The places are free at once. The penalty may be waived, with a reason; `cost` says what it came to."""
    cancelled = about.engine.cancel(cancellation(about, data, waives_penalty=data.waives_penalty))
    view = staff_view(about.catalog, cancelled.reservation, spoken)
    return StaffCancelledView(**attrs.asdict(view, recurse=False), cost=cost_view(cancelled.assessment))


@staff_change(
    "/reservations/{reference:str}/reschedule",
    "staffReschedule",
    "Move a reservation for a customer",
    *WITH_BODY,
)
def staff_reschedule(*, about: AskedAbout, data: JSONBody[StaffMoveBody], spoken: p.Spoken) -> StaffMovedView:
    """Like a guest's move, but rules may be waived, and what is owed for nights that fall away, with a reason."""
    moved = about.engine.reschedule(staff_move_command(about, data))
    view = staff_view(about.catalog, moved.reservation, spoken)
    waits = moved.amendment is not None
    return StaffMovedView(**attrs.asdict(view, recurse=False), waits_for_payment=waits)


@staff_create(
    "/resources/{resource_key:str}/closures",
    "closeResource",
    "Close a resource",
    *WITH_BODY,
    response_description="A new closure.",
    response_headers=[LOCATION],
)
def close_resource(
    *, asked: Asked, resource_key: p.ResourceKey, data: JSONBody[CloseBody], spoken: p.Spoken
) -> Response[ClosedView]:
    """Nothing new can be booked inside. What is booked already stays, and is listed as `affected`."""
    closed = asked.engine.close_resource(
        CloseCommand(
            tenant=asked.tenant,
            resource=resource_key,
            period=data.period(),
            reason=checked_reason(data.reason),
            quantity=data.quantity,
            actor=asked.actor,
        )
    )
    catalog = asked.catalog
    view = ClosedView(
        closure=closure_view(catalog, closed.closure),
        affected=tuple(staff_view(catalog, each, spoken) for each in closed.affected),
    )
    return Response(view, headers={"Location": f"/v1/{asked.tenant_key}/staff/closures/{closed.closure.id}"})


@staff_read("/resources/{resource_key:str}/closures", "listClosures", "When a resource is closed")
def list_closures(
    *, asked: Asked, resource_key: p.ResourceKey, start: p.WindowStart, end: p.WindowEnd
) -> Closures:
    """The first 500 closures that overlap a window of at most 400 days, by start."""
    listed = asked.engine.list_closures(
        ClosureQuery(tenant=asked.tenant, resource=resource_key, window=p.window_of(start, end))
    )
    catalog = asked.catalog
    return Closures(
        closures=tuple(closure_view(catalog, each) for each in listed[:MOST_CLOSURES]),
        has_more=len(listed) > MOST_CLOSURES,
    )


@staff_end("/closures/{closure_id:str}", "reopenResource", "Open a closed resource again", 409)
def reopen_resource(*, asked: Asked, closure_id: p.ClosureIdText) -> None:
    """The closure ends; its places are free at once."""
    closure = ClosureId(parse_uuid(closure_id, "closure_id"))
    asked.engine.reopen_resource(ReopenCommand(tenant=asked.tenant, closure=closure, actor=asked.actor))
