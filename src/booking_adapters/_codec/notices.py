"""What of a notice has no column of its own."""

from datetime import datetime
from typing import Any

import attrs

from booking_adapters._codec.converter import read, write
from booking_core.domain.catalog.notice_rules import Audience, NoticeChannel, Occasion
from booking_core.domain.kernel.ids import NoticeId
from booking_core.domain.notices.notice import Notice, NoticeState, Owed
from booking_core.domain.notices.subject import Subject


@attrs.frozen(kw_only=True)
class NoticeBody:
    """A notice without its columns; `due_at` is also a column, while the notice is open."""

    occasion: Occasion
    audience: Audience
    channel: NoticeChannel
    template: str
    language: str
    first_due_at: datetime
    useful_until: datetime
    due_at: datetime
    planned_at: datetime
    changed_at: datetime
    attempts: int
    may_be_repeat: bool
    reason: str
    reference: str


def notice_data(notice: Notice) -> Any:
    """The body of a notice."""
    owed = notice.owed
    body = NoticeBody(
        occasion=owed.occasion,
        audience=owed.audience,
        channel=owed.channel,
        template=owed.template,
        language=owed.language,
        first_due_at=owed.due_at,
        useful_until=owed.useful_until,
        due_at=notice.due_at,
        planned_at=notice.planned_at,
        changed_at=notice.changed_at,
        attempts=notice.attempts,
        may_be_repeat=notice.may_be_repeat,
        reason=notice.reason,
        reference=notice.reference,
    )
    return write(body)


def notice_of(
    data: Any,
    *,
    id: NoticeId,
    about: Subject,
    about_version: int,
    rule: str,
    address: str,
    copy: int,
    state: NoticeState,
    version: int,
) -> Notice:
    """The notice of its columns and its body; raises InvalidInput."""
    body = read(data, NoticeBody)
    owed = Owed(
        about=about,
        version=about_version,
        rule=rule,
        occasion=body.occasion,
        audience=body.audience,
        channel=body.channel,
        address=address,
        template=body.template,
        language=body.language,
        due_at=body.first_due_at,
        useful_until=body.useful_until,
    )
    return Notice(
        id=id,
        owed=owed,
        state=state,
        due_at=body.due_at,
        planned_at=body.planned_at,
        changed_at=body.changed_at,
        copy=copy,
        version=version,
        attempts=body.attempts,
        may_be_repeat=body.may_be_repeat,
        reason=body.reason,
        reference=body.reference,
    )
