"""Calendars outside, in memory."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from booking_adapters.memory.kept import Writer, by_id, one
from booking_adapters.memory.tables import Tables, Undo, dooming
from booking_core.domain.calendars.feed import Feed
from booking_core.domain.calendars.push import Push, PushTarget
from booking_core.domain.calendars.subscription import Subscription
from booking_core.domain.kernel.errors import Conflict
from booking_core.domain.kernel.events import Actor, Change
from booking_core.domain.kernel.ids import ClaimId, FeedId, PushId, SubscriptionId, TargetId


class MemoryFeeds(Writer):
    """The Feeds port."""

    def get(self, feed: FeedId) -> Feed:
        """By id; raises NotFound."""
        return one(self._tables.feeds, feed, "feed")

    def find(self, token_hash: str) -> Feed | None:
        """The feed whose token has this hash, or None."""
        return next((each for each in self._tables.feeds.values() if each.token_hash == token_hash), None)

    def every(self) -> Sequence[Feed]:
        """All of them."""
        return by_id(self._tables.feeds)

    @dooming
    def save(self, change: Change[Feed | None, Feed | None]) -> None:
        """Write or remove a feed."""
        twin = self.find(change.state.token_hash) if change.state else None
        if twin and change.state and twin.id != change.state.id:
            raise Conflict("another feed has this token")
        self._put(self._tables.feeds, change)


class MemorySubscriptions(Writer):
    """The Subscriptions port."""

    def get(self, subscription: SubscriptionId) -> Subscription:
        """By id; raises NotFound."""
        return one(self._tables.subscriptions, subscription, "subscription")

    def every(self) -> Sequence[Subscription]:
        """All of them."""
        return by_id(self._tables.subscriptions)

    def lease(self, at: datetime, limit: int, for_: timedelta) -> Sequence[Subscription]:
        """Take those that are due."""
        due = [(each.due_at, each.id, each) for each in self.every() if each.due_at and each.due_at <= at]
        taken = [each.lease(at, for_) for _, _, each in sorted(due, key=lambda found: found[:2])[:limit]]
        for change in taken:
            self._put(self._tables.subscriptions, change)
        return [change.state for change in taken]

    @dooming
    def save(self, change: Change[Subscription | None, Subscription | None]) -> None:
        """Write or remove a subscription."""
        self._put(self._tables.subscriptions, change)


class MemoryPushTargets(Writer):
    """The PushTargets port."""

    def get(self, target: TargetId) -> PushTarget:
        """By id; raises NotFound."""
        return one(self._tables.push_targets, target, "calendar")

    def every(self) -> Sequence[PushTarget]:
        """All of them."""
        return by_id(self._tables.push_targets)

    @dooming
    def save(self, change: Change[PushTarget | None, PushTarget | None]) -> None:
        """Write a target, or remove it with what is owed to it."""
        state = change.state
        if state is not None:
            others = [each for each in self.every() if each.id != state.id]
            if any((each.resource, each.account) == (state.resource, state.account) for each in others):
                raise Conflict("the resource is linked to this account already")
        self._put(self._tables.push_targets, change)
        if state is None and change.before is not None:
            pushes, target = self._tables.pushes, change.before.id
            gone = [pushes.pop(each.id) for each in list(pushes.values()) if each.target == target]
            self._undo.append(lambda: pushes.update({each.id: each for each in gone}))


class MemoryPushes(Writer):
    """The Pushes port."""

    def every(self) -> Sequence[Push]:
        """All of them."""
        return by_id(self._tables.pushes)

    def get(self, push: PushId) -> Push:
        """By id; raises NotFound."""
        return one(self._tables.pushes, push, "push")

    def of_claim(self, reservation: ClaimId) -> Sequence[Push]:
        """Those of a reservation."""
        return [each for each in by_id(self._tables.pushes) if each.reservation == reservation]

    def given_up(self, limit: int) -> Sequence[Push]:
        """Those that are not sent until somebody asks for it."""
        dead = [(each.died_at, each.id, each) for each in self._tables.pushes.values() if each.died_at]
        return [each for _, _, each in sorted(dead, key=lambda found: found[:2], reverse=True)[:limit]]

    def lease(self, at: datetime, limit: int, for_: timedelta) -> Sequence[Push]:
        """Take those that are due."""
        every = self._tables.pushes.values()
        due = [(each.due_at, each.id, each) for each in every if each.due_at and each.due_at <= at]
        taken = [each.lease(at, for_) for _, _, each in sorted(due, key=lambda found: found[:2])[:limit]]
        for change in taken:
            self._put(self._tables.pushes, change)
        return [change.state for change in taken]

    @dooming
    def save(self, change: Change[Push, Push | None]) -> None:
        """Write a push."""
        push = change.state
        if push.target not in self._tables.push_targets:
            raise Conflict("what this refers to is gone")
        twins = [each for each in self.of_claim(push.reservation) if each.id != push.id]
        if any(each.target == push.target for each in twins):
            raise Conflict("the calendar has another entry of the reservation")
        self._put(self._tables.pushes, change)


class MemoryCalendarLinks:
    """The CalendarLinks port."""

    def __init__(self, tables: Tables, actor: Actor, undo: Undo) -> None:
        self.feeds = MemoryFeeds(tables, actor, undo)
        self.subscriptions = MemorySubscriptions(tables, actor, undo)
        self.targets = MemoryPushTargets(tables, actor, undo)
        self.pushes = MemoryPushes(tables, actor, undo)
