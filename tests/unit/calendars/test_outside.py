"""Feeds, subscriptions and entries owed to calendars: what they refuse, and what ends them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from booking_core.domain.calendars.feed import Detail, Feed, FeedKind
from booking_core.domain.calendars.push import MOST_ATTEMPTS, Push
from booking_core.domain.calendars.subscription import Subscription
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import ClaimId, FeedId, PushId, ResourceId, SubscriptionId, TargetId

NOW = datetime(2030, 1, 7, 10, tzinfo=UTC)


def subscription(**changes: Any) -> Subscription:
    facts: dict[str, Any] = {
        "name": "Elsewhere",
        "url": "https://a.example/b.ics",
        "interval": timedelta(hours=1),
    }
    return Subscription.subscribe(
        id=SubscriptionId(UUID(int=1)), resource=ResourceId(UUID(int=2)), at=NOW, **{**facts, **changes}
    ).state


@pytest.mark.parametrize(
    "changes",
    [
        {"interval": timedelta(minutes=4)},
        {"interval": timedelta(days=2)},
        {"interval": timedelta(hours=1, milliseconds=1)},
        {"url": "x" * 2_001},
        {"name": "two\nlines"},
        {"name": " "},
    ],
)
def test_a_subscription_that_nobody_means_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        subscription(**changes)


def push() -> Push:
    return Push.owe(
        id=PushId(UUID(int=1)),
        target=TargetId(UUID(int=2)),
        reservation=ClaimId(UUID(int=3)),
        wanted=1,
        at=NOW,
    ).state


def test_an_entry_that_is_changed_again_and_again_elsewhere_is_given_up() -> None:
    entry = push()
    for attempt in range(MOST_ATTEMPTS):
        entry = entry.lease(NOW, timedelta(0)).state.met(f'"{attempt}"', NOW).state
    assert (entry.is_given_up, entry.problem) == (
        True,
        "the entry is changed again and again in the calendar",
    )


def test_two_changes_of_a_feed_never_have_the_same_second() -> None:
    feed = Feed.open(
        id=FeedId(UUID(int=1)),
        kind=FeedKind.RESOURCE,
        subject=UUID(int=2),
        name="Room",
        detail=Detail.BUSY,
        token="t" * 43,
        at=NOW,
    ).state
    seen = []
    for digest in ("one", "two", "three"):
        change = feed.showing(digest, NOW)
        assert change is not None
        feed = change.state
        seen.append(feed.changed_at)
    assert seen == [NOW, NOW + timedelta(seconds=1), NOW + timedelta(seconds=2)]
