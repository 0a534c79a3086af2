"""What clients send and are shown of notices."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

import attrs
from litestar.params import Body

from booking_core.domain.catalog.notice_rules import Audience, NoticeChannel
from booking_core.domain.notices.notice import Notice, NoticeState
from booking_core.domain.notices.subscription import PushSubscription
from booking_core.ports.notifying import Message


@attrs.frozen(kw_only=True)
class BrowserBody:
    """What a browser's `PushSubscription` says of itself."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "endpoint": "https://push.example/send/abc",
        "p256dh": "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",
        "auth": "tBHItJI5svbpez7KI4CCXg",
    }

    endpoint: Annotated[str, Body(min_length=1, max_length=1000, description="Its push service's address.")]
    p256dh: Annotated[str, Body(min_length=1, max_length=200, description="Its public key.")]
    auth: Annotated[str, Body(min_length=1, max_length=200, description="Its secret.")]
    resource: Annotated[
        str, Body(max_length=100, description="Key of whose browser it is; empty for an administrator's.")
    ] = ""


@attrs.frozen(kw_only=True)
class BrowserView:
    """A browser that is told. Its address is a secret and is not shown."""

    id: UUID
    resource: str
    added_at: datetime


@attrs.frozen(kw_only=True)
class RevokedView:
    """How many links were good until now."""

    revoked: int


@attrs.frozen(kw_only=True)
class PushKeyView:
    """What a browser needs to subscribe; empty where this deployment pushes nothing."""

    public_key: str


@attrs.frozen(kw_only=True)
class NoticeView:
    """A message that is owed about a `reservation` or a place in the waitlist (`entry`), and what became of it."""

    id: UUID
    reservation: UUID | None
    entry: UUID | None
    rule: str
    audience: Audience
    channel: NoticeChannel
    address: str
    language: str
    state: NoticeState
    due_at: datetime
    attempts: int
    may_be_repeat: bool
    reason: str
    changed_at: datetime


@attrs.frozen(kw_only=True)
class NoticesView:
    """Notices, the latest planned first; the id of the last one is where the next page begins."""

    notices: tuple[NoticeView, ...]


@attrs.frozen(kw_only=True)
class PreviewView:
    """How a notice reads."""

    subject: str
    text: str
    html: str
    attachments: tuple[str, ...]


def notice_view(notice: Notice) -> NoticeView:
    """One notice, for staff."""
    owed = notice.owed
    return NoticeView(
        id=notice.id,
        reservation=owed.about.reservation,
        entry=owed.about.entry,
        rule=owed.rule,
        audience=owed.audience,
        channel=owed.channel,
        address=owed.address,
        language=owed.language,
        state=notice.state,
        due_at=notice.due_at,
        attempts=notice.attempts,
        may_be_repeat=notice.may_be_repeat,
        reason=notice.reason,
        changed_at=notice.changed_at,
    )


def preview_view(message: Message) -> PreviewView:
    """One message, for staff."""
    return PreviewView(
        subject=message.subject,
        text=message.text,
        html=message.html,
        attachments=tuple(each.name for each in message.attachments),
    )


def browser_view(browser: PushSubscription) -> BrowserView:
    """One browser, for staff."""
    return BrowserView(id=browser.id, resource=browser.resource, added_at=browser.added_at)
