"""Keeping a place for a session while its customer decides."""

from http import HTTPStatus

from litestar import Response
from litestar.params import JSONBody

from booking_adapters.http import parameters as p
from booking_adapters.http.asking import Asked
from booking_adapters.http.document import LOCATION, WITH_BODY, also
from booking_adapters.http.operations import change, create, end
from booking_adapters.http.requests import HoldBody
from booking_adapters.http.showing import hold_view
from booking_adapters.http.views import HoldView
from booking_core.usecases.place_hold import HoldCommand
from booking_core.usecases.release_hold import HoldReference


@create(
    "/holds",
    "placeHold",
    "Hold a place",
    *WITH_BODY,
    responses={HTTPStatus.OK: also(HoldView, "The session had this hold: it was renewed.")},
    response_description="A new hold.",
    response_headers=[LOCATION],
)
def place_hold(*, asked: Asked, data: JSONBody[HoldBody], session: p.HoldSession) -> Response[HoldView]:
    """Claim a slot, seats or nights for a few minutes.

    The same wish again renews the hold; another time of the same service replaces it.
    """
    hold = asked.engine.place_hold(
        HoldCommand(tenant=asked.tenant, session=session, wanted=data.wanted(), actor=asked.actor)
    )
    is_new = hold.version == 1
    return Response(
        hold_view(asked.catalog, hold),
        status_code=HTTPStatus.CREATED if is_new else HTTPStatus.OK,
        headers={"Location": f"/v1/{asked.tenant_key}/holds/{hold.id}"} if is_new else None,
    )


@change("/holds/{hold_id:str}/renew", "renewHold", "Keep a hold for longer", 403, 409, 410)
def renew_hold(*, asked: Asked, hold_id: p.HoldId, session: p.HoldSession) -> HoldView:
    """Another full time to live, from now."""
    reference = HoldReference(
        tenant=asked.tenant, session=session, hold=p.claim_of(hold_id, "hold_id"), actor=asked.actor
    )
    return hold_view(asked.catalog, asked.engine.renew_hold(reference))


@end("/holds/{hold_id:str}", "releaseHold", "Give a hold back", 403, 409)
def release_hold(*, asked: Asked, hold_id: p.HoldId, session: p.HoldSession) -> None:
    """The place is free at once. A hold that is gone already is no error."""
    asked.engine.release_hold(
        HoldReference(
            tenant=asked.tenant,
            session=session,
            hold=p.claim_of(hold_id, "hold_id"),
            actor=asked.actor,
        )
    )
