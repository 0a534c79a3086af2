"""Notices over HTTP: links that were mailed, what staff see and repeat, browsers, and what providers tell."""

import asyncio
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import parse_qsl

from litestar import Request, post
from litestar.params import JSONBody, PathParameter, QueryParameter

from booking_adapters.http import parameters as p
from booking_adapters.http.asking import Asked, AskedAbout, Asking, TheEngine
from booking_adapters.http.document import WITH_BODY
from booking_adapters.http.guest_limits import SIGNED
from booking_adapters.http.notice_views import (
    BrowserBody,
    BrowserView,
    NoticesView,
    NoticeView,
    PreviewView,
    PushKeyView,
    RevokedView,
    browser_view,
    notice_view,
    preview_view,
)
from booking_adapters.http.operations import change, read, staff_change, staff_create, staff_end, staff_read
from booking_adapters.http.requests import ReasonBody
from booking_adapters.http.showing import cancelled_view, reservation_view
from booking_adapters.http.views import CancelledView, ReservationView
from booking_core.domain.kernel.errors import InvalidInput, NotFound
from booking_core.domain.kernel.ids import BrowserId, NoticeId, WaitlistEntryId, parse_uuid
from booking_core.domain.notices.notice import NoticeState
from booking_core.domain.notices.subject import Subject
from booking_core.usecases.browsers import SubscribeBrowserCommand, UnsubscribeBrowserCommand
from booking_core.usecases.delivery import Report
from booking_core.usecases.manage_link import CancelByLinkCommand, LinkQuery, RevokeLinksCommand
from booking_core.usecases.notice_desk import NoticeReference, NoticesQuery

Token = Annotated[str, PathParameter(description="The secret of the link.")]
NoticeIdText = Annotated[str, PathParameter(description="Id of the notice.", schema_extra={"format": "uuid"})]
EntryIdText = Annotated[
    str, PathParameter(description="Id of the place in the line.", schema_extra={"format": "uuid"})
]
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


@read("/manage/{token:str}", "showByLink", "Look at a reservation by its link", response_headers=PRIVATE)
def show_by_link(*, asked: Asked, token: Token, spoken: p.Spoken) -> ReservationView:
    """By the link of a mail. Looking changes nothing, so that programs that look into mails do no harm."""
    found = asked.engine.notices.show_by_link(LinkQuery(tenant=asked.tenant, token=token))
    return reservation_view(asked.catalog, found, spoken)


@change(
    "/manage/{token:str}/cancel",
    "cancelByLink",
    "Call a reservation off by its link",
    *WITH_BODY,
    response_headers=PRIVATE,
)
def cancel_by_link(
    *, asked: Asked, token: Token, data: JSONBody[ReasonBody], spoken: p.Spoken
) -> CancelledView:
    """Under the same terms as any guest."""
    command = CancelByLinkCommand(tenant=asked.tenant, token=token, actor=asked.actor, reason=data.checked())
    return cancelled_view(asked.catalog, asked.engine.notices.cancel_by_link(command), spoken)


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


@staff_read("/notices", "listNotices", "Who was told what")
def list_notices(*, asked: Asked, in_state: StateText = None, before: BeforeText = None) -> NoticesView:
    """At most 100, the latest planned first."""
    query = NoticesQuery(
        tenant=asked.tenant,
        state=None if in_state is None else _state(in_state),
        before=None if before is None else NoticeId(parse_uuid(before, "before")),
    )
    return _listed(asked, query)


@staff_read("/notices/{notice_id:str}/preview", "previewNotice", "How a notice reads", 409)
def preview_notice(*, asked: Asked, notice_id: NoticeIdText) -> PreviewView:
    """As things are now. The link to manage the reservation is the reader's alone, and left out."""
    return preview_view(asked.engine.notices.preview(_reference(asked, notice_id)))


@staff_change("/notices/{notice_id:str}/requeue", "requeueNotice", "Send again what failed", 409)
def requeue_notice(*, asked: Asked, notice_id: NoticeIdText) -> NoticeView:
    """With all its attempts before it."""
    return notice_view(asked.engine.notices.requeue(_reference(asked, notice_id)))


@staff_change("/notices/{notice_id:str}/resend", "resendNotice", "Send another copy", 409)
def resend_notice(*, asked: Asked, notice_id: NoticeIdText) -> NoticeView:
    """Of what was told or given up; the copy is a notice of its own."""
    return notice_view(asked.engine.notices.resend(_reference(asked, notice_id)))


@staff_change("/reservations/{reference:str}/revoke-links", "revokeLinks", "Take mailed links back")
def revoke_links(*, about: AskedAbout) -> RevokedView:
    """Those that may have reached somebody else lead nowhere at once; messages sent later carry new ones."""
    command = RevokeLinksCommand(tenant=about.tenant, about=Subject(reservation=about.id), actor=about.actor)
    return RevokedView(revoked=about.engine.notices.revoke_links(command))


@staff_read("/reservations/{reference:str}/notices", "listNoticesAbout", "What was told of a reservation")
def list_notices_about(*, about: AskedAbout) -> NoticesView:
    """All of it, and what is still to be told; the earliest planned first."""
    return _listed(about, NoticesQuery(tenant=about.tenant, about=Subject(reservation=about.id)))


@staff_read("/waitlist/{entry_id:str}/notices", "listNoticesInLine", "What was told to who waits")
def list_notices_in_line(*, asked: Asked, entry_id: EntryIdText) -> NoticesView:
    """All of it, and what is still to be told; the earliest planned first."""
    entry = WaitlistEntryId(parse_uuid(entry_id, "entry_id"))
    return _listed(asked, NoticesQuery(tenant=asked.tenant, about=Subject(entry=entry)))


@staff_read("/push-key", "showPushKey", "What a browser needs to subscribe")
def show_push_key(*, engine: TheEngine) -> PushKeyView:
    """The `applicationServerKey` of this deployment."""
    return PushKeyView(public_key=engine.notices.push_key)


@staff_create("/browsers", "subscribeBrowser", "Tell a browser", *WITH_BODY)
def subscribe_browser(*, asked: Asked, data: JSONBody[BrowserBody]) -> BrowserView:
    """One that is known gets its new keys. Only public https addresses are told."""
    browser = asked.engine.notices.subscribe(
        SubscribeBrowserCommand(
            tenant=asked.tenant,
            endpoint=data.endpoint,
            p256dh=data.p256dh,
            auth=data.auth,
            resource=data.resource,
            actor=asked.actor,
        )
    )
    return browser_view(browser)


@staff_end("/browsers/{browser_id:str}", "unsubscribeBrowser", "Tell a browser no more")
def unsubscribe_browser(*, asked: Asked, browser_id: BrowserIdText) -> None:
    """It is forgotten with its keys."""
    browser = BrowserId(parse_uuid(browser_id, "browser_id"))
    if not asked.engine.notices.unsubscribe(
        UnsubscribeBrowserCommand(tenant=asked.tenant, browser=browser, actor=asked.actor)
    ):
        raise NotFound("browser", browser)


def _listed(asked: Asking, query: NoticesQuery) -> NoticesView:
    return NoticesView(notices=tuple(map(notice_view, asked.engine.notices.list(query))))


def _state(text: str) -> NoticeState:
    try:
        return NoticeState(text)
    except ValueError as error:
        raise InvalidInput("state", "is no state of a notice", text) from error


def _reference(asked: Asking, notice: str) -> NoticeReference:
    return NoticeReference(
        tenant=asked.tenant, notice=NoticeId(parse_uuid(notice, "notice_id")), actor=asked.actor
    )


GUESTS = [show_by_link, cancel_by_link, delivery_report]
OF_STAFF = [
    list_notices,
    preview_notice,
    requeue_notice,
    resend_notice,
    revoke_links,
    list_notices_about,
    list_notices_in_line,
    show_push_key,
    subscribe_browser,
    unsubscribe_browser,
]
