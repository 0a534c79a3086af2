"""What the use cases need of a storage about calendars outside: feeds, subscriptions, and entries owed to them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from booking_core.domain.calendars.feed import Feed
from booking_core.domain.calendars.push import Push, PushTarget
from booking_core.domain.calendars.subscription import Subscription
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ClaimId, FeedId, PushId, SubscriptionId, TargetId


class Feeds(Protocol):
    """Calendars that others may read."""

    def get(self, feed: FeedId) -> Feed:
        """By id; raises NotFound."""
        ...

    def find(self, token_hash: str) -> Feed | None:
        """The feed whose token has this hash, or None."""
        ...

    def every(self) -> Sequence[Feed]:
        """All of them, by id."""
        ...

    def save(self, change: Change[Feed | None, Feed | None]) -> None:
        """Write a feed and its events; with a state of None it is removed.

        Raises StaleVersion where `change.before` is no longer stored, Conflict where the token is another feed's.
        """
        ...


class Subscriptions(Protocol):
    """Outside calendars that are read."""

    def get(self, subscription: SubscriptionId) -> Subscription:
        """By id; raises NotFound."""
        ...

    def every(self) -> Sequence[Subscription]:
        """All of them, by id."""
        ...

    def lease(self, at: datetime, limit: int, for_: timedelta) -> Sequence[Subscription]:
        """Take at most `limit` that are due, the longest due first; nobody else gets them before the lease ends."""
        ...

    def save(self, change: Change[Subscription | None, Subscription | None]) -> None:
        """Write a subscription and its events; with a state of None it is removed.

        Raises StaleVersion where `change.before` is no longer stored.
        """
        ...


class PushTargets(Protocol):
    """Calendars into which bookings are written."""

    def get(self, target: TargetId) -> PushTarget:
        """By id; raises NotFound."""
        ...

    def every(self) -> Sequence[PushTarget]:
        """All of them, by id."""
        ...

    def save(self, change: Change[PushTarget | None, PushTarget | None]) -> None:
        """Write a target and its events; with a state of None it is removed, with all that is owed to it.

        Raises StaleVersion where `change.before` is no longer stored, Conflict where the resource is linked to the
        account already.
        """
        ...


class Pushes(Protocol):
    """What is owed to those calendars, a row for each of them and reservation."""

    def get(self, push: PushId) -> Push:
        """By id; raises NotFound."""
        ...

    def of_claim(self, reservation: ClaimId) -> Sequence[Push]:
        """Those of a reservation, by id."""
        ...

    def given_up(self, limit: int) -> Sequence[Push]:
        """At most `limit` that are not sent until somebody asks for it, the latest first."""
        ...

    def lease(self, at: datetime, limit: int, for_: timedelta) -> Sequence[Push]:
        """Take at most `limit` that are due, the longest due first; nobody else gets them before the lease ends."""
        ...

    def save(self, change: Change[Push, Push | None]) -> None:
        """Write a push.

        Raises StaleVersion where `change.before` is no longer stored, and Conflict where its target is gone, or has
        another push for the reservation.
        """
        ...


class CalendarLinks(Protocol):
    """The four together."""

    @property
    def feeds(self) -> Feeds:
        """Calendars that others may read."""
        ...

    @property
    def subscriptions(self) -> Subscriptions:
        """Outside calendars that are read."""
        ...

    @property
    def targets(self) -> PushTargets:
        """Calendars into which bookings are written."""
        ...

    @property
    def pushes(self) -> Pushes:
        """What is owed to them."""
        ...
