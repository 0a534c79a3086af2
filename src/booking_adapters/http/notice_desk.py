"""What HTTP drives of notices: one callable per use case."""

from collections.abc import Callable, Sequence

import attrs

from booking_core.domain.catalog.notice_rules import NoticeSettings
from booking_core.domain.notices.notice import Notice
from booking_core.domain.notices.subscription import PushSubscription
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.notifying import Message
from booking_core.usecases.browsers import SubscribeBrowserCommand, UnsubscribeBrowserCommand
from booking_core.usecases.cancel import Cancelled
from booking_core.usecases.delivery import Report
from booking_core.usecases.manage_link import CancelByLinkCommand, LinkQuery, RevokeLinksCommand
from booking_core.usecases.notice_desk import ChangeNoticesCommand, NoticeReference, NoticesQuery


@attrs.frozen(kw_only=True)
class NoticeDesk:
    """Links that were mailed, what staff see of notices, browsers that are told, and what providers tell."""

    show_by_link: Callable[[LinkQuery], Reservation]
    cancel_by_link: Callable[[CancelByLinkCommand], Cancelled]
    revoke_links: Callable[[RevokeLinksCommand], int]
    list: Callable[[NoticesQuery], Sequence[Notice]]
    preview: Callable[[NoticeReference], Message]
    requeue: Callable[[NoticeReference], Notice]
    resend: Callable[[NoticeReference], Notice]
    change_rules: Callable[[ChangeNoticesCommand], NoticeSettings]
    subscribe: Callable[[SubscribeBrowserCommand], PushSubscription]
    unsubscribe: Callable[[UnsubscribeBrowserCommand], bool]
    record_delivery: Callable[[Report], None]
    push_key: str = ""
