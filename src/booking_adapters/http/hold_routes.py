"""Keeping a place for a session while its customer decides."""

from http import HTTPStatus

from litestar import Response, delete, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation

from booking_adapters.http import parameters as p
from booking_adapters.http.document import LOCATION, WITH_BODY, also, refusals
from booking_adapters.http.engine import Engine
from booking_adapters.http.requests import HoldBody
from booking_adapters.http.showing import hold_view
from booking_adapters.http.views import HoldView
from booking_core.domain.kernel.events import Actor
from booking_core.usecases.place_hold import HoldCommand
from booking_core.usecases.release_hold import HoldReference

TheEngine = NamedDependency[SkipValidation[Engine]]
TheActor = NamedDependency[SkipValidation[Actor]]


@post(
    "/holds",
    operation_id="placeHold",
    summary="Hold a place",
    response_description="A new hold.",
    responses={
        HTTPStatus.OK: also(HoldView, "The session had this hold: it was renewed."),
        **refusals(*WITH_BODY),
    },
    response_headers=[LOCATION],
    sync_to_thread=True,
)
def place_hold(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    data: JSONBody[HoldBody],
    session: p.HoldSession,
) -> Response[HoldView]:
    """Claim a slot, seats or nights for a few minutes.

    The same wish again renews the hold; another time of the same service replaces it.
    """
    tenant = p.tenant_of(engine.tenants, tenant_key)
    hold = engine.place_hold(HoldCommand(tenant=tenant, session=session, wanted=data.wanted(), actor=actor))
    is_new = hold.version == 1
    return Response(
        hold_view(engine.show_catalog(tenant), hold),
        status_code=HTTPStatus.CREATED if is_new else HTTPStatus.OK,
        headers={"Location": f"/v1/{tenant_key}/holds/{hold.id}"} if is_new else None,
    )


@post(
    "/holds/{hold_id:str}/renew",
    operation_id="renewHold",
    summary="Keep a hold for longer",
    status_code=HTTPStatus.OK,
    responses=refusals(403, 409, 410),
    sync_to_thread=True,
)
def renew_hold(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, hold_id: p.HoldId, session: p.HoldSession
) -> HoldView:
    """Another full time to live, from now."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    reference = HoldReference(
        tenant=tenant, session=session, hold=p.claim_of(hold_id, "hold_id"), actor=actor
    )
    return hold_view(engine.show_catalog(tenant), engine.renew_hold(reference))


@delete(
    "/holds/{hold_id:str}",
    operation_id="releaseHold",
    summary="Give a hold back",
    responses=refusals(403, 409),
    sync_to_thread=True,
)
def release_hold(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, hold_id: p.HoldId, session: p.HoldSession
) -> None:
    """The place is free at once. A hold that is gone already is no error."""
    engine.release_hold(
        HoldReference(
            tenant=p.tenant_of(engine.tenants, tenant_key),
            session=session,
            hold=p.claim_of(hold_id, "hold_id"),
            actor=actor,
        )
    )
