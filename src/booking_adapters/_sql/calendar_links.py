"""Calendars outside: the repositories that both databases share. All four kinds of things are kept in the same way."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam

from booking_adapters._sql import calendar_link_rows as rows
from booking_adapters._sql import calendar_link_tables as tables
from booking_adapters._sql.kept import Kept, Kind, asked, due
from booking_adapters._sql.session import Session
from booking_adapters._sql.statement import Query
from booking_core.domain.calendars.feed import Feed
from booking_core.domain.calendars.push import Push, PushTarget
from booking_core.domain.calendars.subscription import Subscription
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ClaimId, FeedId, PushId, SubscriptionId, TargetId

FEED_BY_TOKEN = Query(
    asked(tables.calendar_feeds, tables.calendar_feeds.c.token_hash == bindparam("token_hash"))
)
SUBSCRIPTIONS_DUE = due(tables.calendar_subscriptions)
PUSHES_DUE = due(tables.calendar_pushes)
PUSHES_OF_CLAIM = Query(
    asked(
        tables.calendar_pushes, tables.calendar_pushes.c.reservation_id == bindparam("reservation")
    ).order_by(tables.calendar_pushes.c.id)
)
PUSHES_GIVEN_UP = Query(
    asked(
        tables.calendar_pushes,
        tables.calendar_pushes.c.died_at.is_not(None),
    )
    .order_by(tables.calendar_pushes.c.died_at.desc(), tables.calendar_pushes.c.id.desc())
    .limit(bindparam("limit"))
)


class SqlFeeds(Kept[Feed]):
    """The Feeds port."""

    kind = Kind.of("feed", tables.calendar_feeds, rows.feed_row, rows.feed_of)

    def get(self, feed: FeedId) -> Feed:
        return self._get(feed)

    def find(self, token_hash: str) -> Feed | None:
        found = self._found(FEED_BY_TOKEN, token_hash=token_hash)
        return found[0] if found else None

    def save(self, change: Change[Feed | None, Feed | None]) -> None:
        self._save(change)


class SqlSubscriptions(Kept[Subscription]):
    """The Subscriptions port."""

    kind = Kind.of("subscription", tables.calendar_subscriptions, rows.subscription_row, rows.subscription_of)

    def get(self, subscription: SubscriptionId) -> Subscription:
        return self._get(subscription)

    def lease(self, at: datetime, limit: int, for_: timedelta) -> Sequence[Subscription]:
        taken = [each.lease(at, for_) for each in self._found(SUBSCRIPTIONS_DUE, at=at, limit=limit)]
        for change in taken:
            self._save(change)
        return [change.state for change in taken]

    def save(self, change: Change[Subscription | None, Subscription | None]) -> None:
        self._save(change)


class SqlPushTargets(Kept[PushTarget]):
    """The PushTargets port."""

    kind = Kind.of("calendar", tables.calendar_targets, rows.target_row, rows.target_of)

    def get(self, target: TargetId) -> PushTarget:
        return self._get(target)

    def save(self, change: Change[PushTarget | None, PushTarget | None]) -> None:
        self._save(change)


class SqlPushes(Kept[Push]):
    """The Pushes port."""

    kind = Kind.of("push", tables.calendar_pushes, rows.push_row, rows.push_of)

    def get(self, push: PushId) -> Push:
        return self._get(push)

    def of_claim(self, reservation: ClaimId) -> Sequence[Push]:
        return self._found(PUSHES_OF_CLAIM, reservation=reservation)

    def given_up(self, limit: int) -> Sequence[Push]:
        return self._found(PUSHES_GIVEN_UP, limit=limit)

    def lease(self, at: datetime, limit: int, for_: timedelta) -> Sequence[Push]:
        taken = [each.lease(at, for_) for each in self._found(PUSHES_DUE, at=at, limit=limit)]
        for change in taken:
            self._save(change)
        return [change.state for change in taken]

    def save(self, change: Change[Push, Push | None]) -> None:
        self._save(change)


class SqlCalendarLinks:
    """The CalendarLinks port."""

    def __init__(self, session: Session) -> None:
        self.feeds = SqlFeeds(session)
        self.subscriptions = SqlSubscriptions(session)
        self.targets = SqlPushTargets(session)
        self.pushes = SqlPushes(session)
