"""Wiring of notices: their use cases ready to be called, and what goes along with a mail."""

from typing import Any, Protocol

import structlog

from booking_adapters.ambient.retrying import Persistent
from booking_adapters.calendars import Method, invitation
from booking_adapters.http.notice_desk import NoticeDesk
from booking_adapters.letters.wording import TemplateWording
from booking_app.notifying import LoggedOnly, Post
from booking_core.domain.catalog.notice_rules import Audience, NoticeChannel, Occasion
from booking_core.domain.notices.notice import Notice
from booking_core.domain.waitlist.entry import WaitlistEntry
from booking_core.ports.ambient import Clock, IdGenerator, TokenSource
from booking_core.ports.notifying import Attachment, DeliveryReports, Letter, PushService, Wording
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.browsers import SubscribeBrowser, UnsubscribeBrowser
from booking_core.usecases.delivery import RecordDelivery
from booking_core.usecases.manage_link import CancelByLink, ForgetLinks, RevokeLinks, ShowByLink
from booking_core.usecases.notice_desk import (
    ChangeNotices,
    ListNotices,
    PreviewNotice,
    RequeueNotice,
    ResendNotice,
)
from booking_core.usecases.send_notices import SendNotices

LOG = structlog.get_logger("booking.notices")
INVITED = {
    Occasion.PLACED: Method.REQUEST,
    Occasion.CONFIRMED: Method.REQUEST,
    Occasion.MOVED: Method.REQUEST,
    Occasion.CANCELLED: Method.CANCEL,
    Occasion.DECLINED: Method.CANCEL,
}
"""On which occasions a client's mail brings the calendar up to date."""

NOTICE_USE_CASES = (
    ShowByLink,
    CancelByLink,
    RevokeLinks,
    ForgetLinks,
    ListNotices,
    PreviewNotice,
    RequeueNotice,
    ResendNotice,
    ChangeNotices,
    SubscribeBrowser,
    UnsubscribeBrowser,
    RecordDelivery,
)


class Resolving(Protocol):
    """Whatever has an adapter for each port, and makes use cases with them."""

    def resolve(self, service_key: Any) -> Any:
        """One that is ready."""
        ...


def notice_adapters(post: Post) -> dict[Any, object]:
    """Which adapter fills which port, in a deployment."""
    wording = TemplateWording(attach=lambda letter: attachments(letter, post.sender))
    return {Wording: wording, PushService: post.push, DeliveryReports: post.reports}


def send_notices(container: Resolving, post: Post) -> SendNotices:
    """The duty that sends what is due."""
    notifiers = {each: post.notifiers.get(each, LoggedOnly(channel=each)) for each in NoticeChannel}
    return SendNotices(
        begin=container.resolve(UnitOfWork),
        clock=container.resolve(Clock),
        ids=container.resolve(IdGenerator),
        tokens=container.resolve(TokenSource),
        wording=container.resolve(Wording),
        notifiers=notifiers,
        public_url=post.public_url,
        on_failure=_log_failure,
    )


def _log_failure(notice: Notice, error: Exception) -> None:
    LOG.warning("a notice failed", rule=notice.owed.rule, channel=notice.owed.channel, exc_info=error)


def notice_desk(container: Resolving) -> NoticeDesk:
    """What HTTP drives of notices."""
    return NoticeDesk(
        show_by_link=Persistent(container.resolve(ShowByLink)),
        cancel_by_link=Persistent(container.resolve(CancelByLink)),
        revoke_links=Persistent(container.resolve(RevokeLinks)),
        list=Persistent(container.resolve(ListNotices)),
        preview=Persistent(container.resolve(PreviewNotice)),
        requeue=Persistent(container.resolve(RequeueNotice)),
        resend=Persistent(container.resolve(ResendNotice)),
        change_rules=Persistent(container.resolve(ChangeNotices)),
        subscribe=Persistent(container.resolve(SubscribeBrowser)),
        unsubscribe=Persistent(container.resolve(UnsubscribeBrowser)),
        record_delivery=Persistent(container.resolve(RecordDelivery)),
        push_key=container.resolve(PushService).public_key,
    )


def attachments(letter: Letter, organizer: str) -> tuple[Attachment, ...]:
    """The invitation of a client's mail, or what takes it away; raises InvalidInput for an address that is none."""
    owed, reservation, catalog = letter.notice.owed, letter.topic, letter.catalog
    if isinstance(reservation, WaitlistEntry):
        return ()
    method = INVITED.get(owed.occasion)
    service = catalog.services.get(reservation.service)
    if method is None or service is None or owed.audience is not Audience.CLIENT:
        return ()
    content = invitation(
        reservation,
        service_name=service.name,
        venue=catalog.venue_of(service),
        sequence=reservation.version,
        method=method,
        organizer=organizer,
        attendee=owed.address,
    )
    return (
        Attachment(
            name="booking.ics",
            media_type=f"text/calendar; method={method.value}; charset=utf-8",
            content=content,
        ),
    )
