"""Notices over HTTP: links that were mailed, what staff see and repeat, browsers, and what providers tell."""

import asyncio
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import parse_qsl

from litestar import Request, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter, SkipValidation

from booking_adapters.http import parameters as p
from booking_adapters.http.document import STAFF, WITH_BODY, refusals
from booking_adapters.http.engine import Engine
from booking_adapters.http.guest_limits import SIGNED
from booking_adapters.http.notice_views import (
    BrowserBody,
    BrowserView,
    NoticesView,
    NoticeView,
    PreviewView,
    PushKeyView,
    browser_view,
    notice_view,
    preview_view,
)
from booking_adapters.http.requests import ReasonBody
from booking_adapters.http.showing import cancelled_view, reservation_view
from booking_adapters.http.views import CancelledView, ReservationView
from booking_core.domain.kernel.errors import InvalidInput, NotFound
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import BrowserId, NoticeId, parse_uuid
from booking_core.domain.notices.notice import NoticeState
from booking_core.usecases.browsers import SubscribeBrowserCommand, UnsubscribeBrowserCommand
from booking_core.usecases.delivery import Report
from booking_core.usecases.manage_link import CancelByLinkCommand, LinkQuery
from booking_core.usecases.notice_desk import NoticeReference, NoticesQuery

TheEngine = NamedDependency[SkipValidation[Engine]]
TheActor = NamedDependency[SkipValidation[Actor]]
Token = Annotated[str, PathParameter(description="The secret of the link.")]
NoticeIdText = Annotated[str, PathParameter(description="Id of the notice.", schema_extra={"format": "uuid"})]
BrowserIdText = Annotated[
    str, PathParameter(description="Id of the browser.", schema_extra={"format": "uuid"})
]
StateText = Annotated[
    str | None,
    QueryParameter(
        name="state",
        description="Only notices in this state.",
        schema_extra={"enum": [each.value for each in NoticeState]},
    ),
]
BeforeText = Annotated[
    str | None,
    QueryParameter(description="From before the notice with this id on.", schema_extra={"format": "uuid"}),
]
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
"""Of an address that is a secret, nothing may be kept or passed on."""
MOST_FIELDS = 50


@get(
    "/manage/{token:str}",
    operation_id="showByLink",
    summary="Look at a reservation by its link",
    responses=refusals(),
    response_headers=PRIVATE,
    sync_to_thread=True,
)
def show_by_link(
    *,
    engine: TheEngine,
    tenant_key: p.TenantKey,
    token: Token,
    spoken: p.Spoken,
) -> ReservationView:
    """By the link of a mail. Looking changes nothing, so that programs that look into mails do no harm."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    found = engine.notices.show_by_link(LinkQuery(tenant=tenant, token=token))
    return reservation_view(engine.show_catalog(tenant), found, spoken)


@post(
    "/manage/{token:str}/cancel",
    operation_id="cancelByLink",
    summary="Call a reservation off by its link",
    status_code=HTTPStatus.OK,
    responses=refusals(*WITH_BODY),
    response_headers=PRIVATE,
    sync_to_thread=True,
)
def cancel_by_link(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    token: Token,
    data: JSONBody[ReasonBody],
    spoken: p.Spoken,
) -> CancelledView:
    """Under the same terms as any guest."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    command = CancelByLinkCommand(tenant=tenant, token=token, actor=actor, reason=data.checked())
    return cancelled_view(engine.show_catalog(tenant), engine.notices.cancel_by_link(command), spoken)


@post(
    "/notices/{notice_id:str}/status",
    status_code=HTTPStatus.NO_CONTENT,
    include_in_schema=False,
    opt=SIGNED,
)
async def delivery_report(
    *, request: Request[Any, Any, Any], engine: TheEngine, tenant_key: p.TenantKey, notice_id: NoticeIdText
) -> None:
    """What a provider tells of a message; believed only where the provider signed it."""
    try:
        form = (await request.body()).decode("utf-8")
        fields = dict(parse_qsl(form, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError as error:
        raise InvalidInput("body", "is no form") from error

    def record() -> None:
        engine.notices.record_delivery(
            Report(
                tenant=p.tenant_of(engine.tenants, tenant_key),
                notice=NoticeId(parse_uuid(notice_id, "notice_id")),
                path=request.url.path,
                fields=fields,
                signature=request.headers.get("x-twilio-signature", ""),
            )
        )

    await asyncio.to_thread(record)


@get(
    "/notices",
    operation_id="listNotices",
    summary="Who was told what",
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def list_notices(
    *, engine: TheEngine, tenant_key: p.TenantKey, in_state: StateText = None, before: BeforeText = None
) -> NoticesView:
    """At most 100, the latest planned first."""
    found = engine.notices.list(
        NoticesQuery(
            tenant=p.tenant_of(engine.tenants, tenant_key),
            state=None if in_state is None else _state(in_state),
            before=None if before is None else NoticeId(parse_uuid(before, "before")),
        )
    )
    return NoticesView(notices=tuple(map(notice_view, found)))


@get(
    "/notices/{notice_id:str}/preview",
    operation_id="previewNotice",
    summary="How a notice reads",
    responses=refusals(*STAFF, 409),
    sync_to_thread=True,
)
def preview_notice(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, notice_id: NoticeIdText
) -> PreviewView:
    """As things are now. The link to manage the reservation is the reader's alone, and left out."""
    return preview_view(engine.notices.preview(_reference(engine, tenant_key, notice_id, actor)))


@post(
    "/notices/{notice_id:str}/requeue",
    operation_id="requeueNotice",
    summary="Send again what failed",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF, 409),
    sync_to_thread=True,
)
def requeue_notice(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, notice_id: NoticeIdText
) -> NoticeView:
    """With all its attempts before it."""
    return notice_view(engine.notices.requeue(_reference(engine, tenant_key, notice_id, actor)))


@get(
    "/push-key",
    operation_id="showPushKey",
    summary="What a browser needs to subscribe",
    responses=refusals(*STAFF),
    sync_to_thread=False,
)
def show_push_key(*, engine: TheEngine) -> PushKeyView:
    """The `applicationServerKey` of this deployment."""
    return PushKeyView(public_key=engine.notices.push_key)


@post(
    "/browsers",
    operation_id="subscribeBrowser",
    summary="Tell a browser",
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def subscribe_browser(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, data: JSONBody[BrowserBody]
) -> BrowserView:
    """One that is known gets its new keys. Only public https addresses are told."""
    browser = engine.notices.subscribe(
        SubscribeBrowserCommand(
            tenant=p.tenant_of(engine.tenants, tenant_key),
            endpoint=data.endpoint,
            p256dh=data.p256dh,
            auth=data.auth,
            resource=data.resource,
            actor=actor,
        )
    )
    return browser_view(browser)


@delete(
    "/browsers/{browser_id:str}",
    operation_id="unsubscribeBrowser",
    summary="Tell a browser no more",
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def unsubscribe_browser(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, browser_id: BrowserIdText
) -> None:
    """It is forgotten with its keys."""
    browser = BrowserId(parse_uuid(browser_id, "browser_id"))
    tenant = p.tenant_of(engine.tenants, tenant_key)
    if not engine.notices.unsubscribe(UnsubscribeBrowserCommand(tenant=tenant, browser=browser, actor=actor)):
        raise NotFound("browser", browser)


def _state(text: str) -> NoticeState:
    try:
        return NoticeState(text)
    except ValueError as error:
        raise InvalidInput("state", "is no state of a notice", text) from error


def _reference(engine: Engine, tenant_key: str, notice: str, actor: Actor) -> NoticeReference:
    return NoticeReference(
        tenant=p.tenant_of(engine.tenants, tenant_key),
        notice=NoticeId(parse_uuid(notice, "notice_id")),
        actor=actor,
    )


GUESTS = [show_by_link, cancel_by_link, delivery_report]
OF_STAFF = [
    list_notices,
    preview_notice,
    requeue_notice,
    show_push_key,
    subscribe_browser,
    unsubscribe_browser,
]
