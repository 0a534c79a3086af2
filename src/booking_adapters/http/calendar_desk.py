"""What HTTP drives of calendars outside: one callable per use case."""

from collections.abc import Callable, Sequence

import attrs

from booking_core.domain.calendars.feed import Feed
from booking_core.domain.calendars.push import PushTarget
from booking_core.domain.calendars.subscription import Subscription
from booking_core.domain.kernel.ids import TenantId
from booking_core.usecases.calendar_feeds import (
    FeedPage,
    FeedQuery,
    FeedReference,
    OpenedFeed,
    OpenFeedCommand,
)
from booking_core.usecases.calendar_links import LinkCommand, LinkReference
from booking_core.usecases.calendar_subscriptions import SubscribeCommand, SubscriptionReference


@attrs.frozen(kw_only=True)
class CalendarDesk:
    """Feeds that others read, subscriptions to calendars of others, and calendars into which bookings are written."""

    open_feed: Callable[[OpenFeedCommand], OpenedFeed]
    rotate_feed: Callable[[FeedReference], OpenedFeed]
    revoke_feed: Callable[[FeedReference], None]
    list_feeds: Callable[[TenantId], Sequence[Feed]]
    read_feed: Callable[[FeedQuery], FeedPage]
    subscribe: Callable[[SubscribeCommand], Subscription]
    list_subscriptions: Callable[[TenantId], Sequence[Subscription]]
    resume: Callable[[SubscriptionReference], Subscription]
    unsubscribe: Callable[[SubscriptionReference], int]
    link: Callable[[LinkCommand], PushTarget]
    list_links: Callable[[TenantId], Sequence[PushTarget]]
    unlink: Callable[[LinkReference], None]
