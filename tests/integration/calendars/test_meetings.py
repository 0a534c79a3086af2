"""What others do to calendars while they are read."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import attrs
import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.contracts.scene import NOW, Scene
from booking_core.domain.calendars.subscription import Seen, Subscription
from booking_core.domain.kernel.errors import Conflict
from booking_core.domain.kernel.ids import SubscriptionId
from booking_core.domain.kernel.period import Period
from booking_core.ports.calendars import FeedContent
from booking_core.usecases.calendar_subscriptions import SubscribeCalendar, SubscribeCommand
from booking_core.usecases.outcomes import ATTEMPTS_TO_RECORD, write_down
from booking_core.usecases.refresh_calendars import RefreshCalendars

CLOCK = FixedClock(NOW)


@pytest.fixture
def scene() -> Scene:
    return Scene.fresh(MemoryStore())


@attrs.frozen
class MeetingFeed:
    """A CalendarFeed that is busy with nothing, and during whose reading something else happens."""

    meanwhile: Callable[[], object] = lambda: None

    def accept(self, url: str) -> str:
        return url

    def read(self, url: str, *, known: Seen, window: Period, zone: ZoneInfo) -> FeedContent:  # noqa: ARG002
        self.meanwhile()
        return FeedContent(busy=(), seen=Seen(digest="new"))


def subscribed(scene: Scene, feed: MeetingFeed | None = None) -> Subscription:
    subscribe = SubscribeCalendar(begin=scene.store, clock=CLOCK, ids=scene.ids, feed=feed or MeetingFeed())
    return subscribe(
        SubscribeCommand(
            tenant=scene.tenant,
            resource="room",
            name="Elsewhere",
            url="https://a.example/b.ics",
            interval=timedelta(hours=1),
        )
    )


def kept(scene: Scene, subscription: SubscriptionId) -> Subscription:
    with scene.reading() as tx:
        return tx.calendar_links.subscriptions.get(subscription)


def refresh(scene: Scene, meanwhile: Callable[[], object] = lambda: None) -> int:
    feed = MeetingFeed(meanwhile)
    return RefreshCalendars(begin=scene.store, feed=feed, clock=CLOCK, ids=scene.ids)(scene.tenant)


def test_a_calendar_that_somebody_else_has_taken_over_is_left_to_them(scene: Scene) -> None:
    subscription = subscribed(scene)

    def resume() -> None:
        with scene.begin() as tx:
            tx.calendar_links.subscriptions.save(
                tx.calendar_links.subscriptions.get(subscription.id).resume(NOW)
            )

    refresh(scene, resume)
    assert kept(scene, subscription.id).seen == Seen()


def test_what_is_written_down_is_written_again_after_lost_races_and_not_for_ever() -> None:
    tried: list[int] = []

    def record(last: int) -> None:
        tried.append(1)
        if len(tried) < last:
            raise Conflict("somebody was faster")

    write_down(lambda: record(3))
    assert len(tried) == 3
    tried.clear()
    write_down(lambda: record(99))
    assert len(tried) == ATTEMPTS_TO_RECORD


def test_a_calendar_that_breaks_its_reader_keeps_no_other_back_and_is_given_up(scene: Scene) -> None:
    broken, sound = subscribed(scene), subscribed(scene)
    reads: list[int] = []

    def breaks_first() -> None:
        reads.append(1)
        if len(reads) == 1:
            raise RuntimeError("a defect of the reader")

    refresh(scene, breaks_first)
    states = [kept(scene, each.id) for each in (broken, sound)]
    assert sorted((each.failures, each.problem) for each in states) == [
        (0, ""),
        (1, "CALENDAR_UNAVAILABLE: RuntimeError"),
    ]
