"""The waitlist: joining, looking, accepting and leaving with the token; the line, for staff."""

from http import HTTPStatus
from typing import Annotated

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, SkipValidation

from booking_adapters.http import parameters as p
from booking_adapters.http.document import STAFF, WITH_BODY, refusals
from booking_adapters.http.engine import Engine
from booking_adapters.http.showing import reservation_view
from booking_adapters.http.views import ReservationView
from booking_adapters.http.waitlist_views import (
    JoinBody,
    LineUpView,
    TokenBody,
    WaitlistEntryView,
    entry_view,
    staff_entry_view,
)
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import WaitlistEntryId, parse_uuid
from booking_core.usecases.waitlist import EntryReference, JoinCommand, WaitlistQuery

TheEngine = NamedDependency[SkipValidation[Engine]]
TheActor = NamedDependency[SkipValidation[Actor]]
EntryIdText = Annotated[
    str, PathParameter(description="Id of the place in the line.", schema_extra={"format": "uuid"})
]


@post(
    "/waitlist",
    operation_id="joinWaitlist",
    summary="Wait for what is taken",
    responses=refusals(*WITH_BODY),
    sync_to_thread=True,
)
def join(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, data: JSONBody[JoinBody]
) -> WaitlistEntryView:
    """A place at the end of the line, and the token that it is known by; it is shown now and never again."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    joined = engine.waitlist.join(
        JoinCommand(
            tenant=tenant,
            wanted=data.wanted(),
            customer=data.customer.customer(),
            latest=data.latest,
            actor=actor,
        )
    )
    return entry_view(engine.show_catalog(tenant), joined.entry, joined.token)


@post(
    "/waitlist/{entry_id:str}",
    operation_id="showWaitlistEntry",
    summary="What became of a place in the line",
    status_code=HTTPStatus.OK,
    responses=refusals(*WITH_BODY),
    sync_to_thread=True,
)
def show(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    entry_id: EntryIdText,
    data: JSONBody[TokenBody],
) -> WaitlistEntryView:
    """Asked with a body, so that the token stands in no address."""
    reference = _reference(engine, tenant_key, entry_id, actor, data.token)
    return entry_view(engine.show_catalog(reference.tenant), engine.waitlist.show(reference))


@post(
    "/waitlist/{entry_id:str}/accept",
    operation_id="acceptOffer",
    summary="Book what is offered",
    status_code=HTTPStatus.OK,
    responses=refusals(*WITH_BODY),
    sync_to_thread=True,
)
def accept(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    entry_id: EntryIdText,
    data: JSONBody[TokenBody],
) -> ReservationView:
    """The reservation; accepting again answers with the same one."""
    reference = _reference(engine, tenant_key, entry_id, actor, data.token)
    return reservation_view(engine.show_catalog(reference.tenant), engine.waitlist.accept(reference))


@post(
    "/waitlist/{entry_id:str}/leave",
    operation_id="leaveWaitlist",
    summary="Wait no longer, or decline an offer",
    status_code=HTTPStatus.OK,
    responses=refusals(*WITH_BODY),
    sync_to_thread=True,
)
def leave(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    entry_id: EntryIdText,
    data: JSONBody[TokenBody],
) -> WaitlistEntryView:
    """What was offered goes to the next in line."""
    reference = _reference(engine, tenant_key, entry_id, actor, data.token)
    return entry_view(engine.show_catalog(reference.tenant), engine.waitlist.leave(reference))


@get(
    "/waitlist",
    operation_id="listWaitlist",
    summary="Who waits",
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def list_waitlist(
    *,
    engine: TheEngine,
    tenant_key: p.TenantKey,
    start: p.WindowStart,
    end: p.WindowEnd,
    limit: p.Limit = 100,
) -> LineUpView:
    """Those who wait for or are offered what overlaps a window, the first in line first."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    catalog = engine.show_catalog(tenant)
    line = engine.waitlist.list(WaitlistQuery(tenant=tenant, span=p.window_of(start, end), limit=limit))
    return LineUpView(entries=tuple(staff_entry_view(catalog, each) for each in line))


@post(
    "/waitlist/{entry_id:str}/remove",
    operation_id="removeFromWaitlist",
    summary="Take somebody out of the line",
    status_code=HTTPStatus.OK,
    responses=refusals(409, *STAFF),
    sync_to_thread=True,
)
def remove(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, entry_id: EntryIdText
) -> WaitlistEntryView:
    """What they were offered goes to the next in line."""
    reference = _reference(engine, tenant_key, entry_id, actor)
    return entry_view(engine.show_catalog(reference.tenant), engine.waitlist.leave(reference))


def _reference(
    engine: Engine, tenant_key: str, entry_id: str, actor: Actor, token: str = ""
) -> EntryReference:
    return EntryReference(
        tenant=p.tenant_of(engine.tenants, tenant_key),
        entry=WaitlistEntryId(parse_uuid(entry_id, "entry_id")),
        token=token,
        actor=actor,
    )


GUESTS = (join, show, accept, leave)
OF_STAFF = (list_waitlist, remove)
