"""A tenant whose room is closed when a calendar elsewhere is busy."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import attrs

from booking_adapters._net.outgoing import Outgoing
from booking_adapters.calendars.busy_times import MOST_BYTES
from booking_adapters.calendars.feed import HttpCalendarFeed
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.contracts.scene import NOW, Scene, Storage
from booking_core.domain.calendars.subscription import Subscription
from booking_core.domain.kernel.ids import SubscriptionId
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.closure import Closure
from booking_core.usecases.refresh_calendars import RefreshCalendars
from tests.integration.calendars.elsewhere import Elsewhere, elsewhere


@attrs.frozen(eq=False)
class Reader:
    """A tenant whose room is closed when a calendar elsewhere is busy."""

    scene: Scene
    place: Elsewhere
    clock: FixedClock
    subscription: Subscription
    refresh: RefreshCalendars

    def read(self, *, later: timedelta = timedelta(0)) -> Subscription:
        """Some time later, what is due is read."""
        self.clock.advance(later)
        self.refresh(self.scene.tenant)
        return self.kept()

    def kept(self) -> Subscription:
        """What is stored of the subscription."""
        with self.scene.reading() as tx:
            return tx.calendar_links.subscriptions.get(self.subscription.id)

    def closures(self) -> list[Closure]:
        """What is closed because of it."""
        with self.scene.reading() as tx:
            return list(tx.closures.of_source(self.subscription.source))

    def closed(self) -> list[Period]:
        """When it is closed because of it."""
        return sorted(each.period for each in self.closures())

    def alerts(self) -> list[str]:
        """What people must look at."""
        with self.scene.reading() as tx:
            return [each.kind for each in tx.alerts.open(9)]


@contextmanager
def reading(store: Storage) -> Iterator[Reader]:
    """A subscription that is due, over a storage."""
    scene, clock = Scene.fresh(store), FixedClock(NOW)
    with elsewhere() as place:
        new = Subscription.subscribe(
            id=SubscriptionId(scene.ids.new()),
            resource=scene.resource("room").id,
            name="Elsewhere",
            url=place.url,
            interval=timedelta(hours=1),
            at=NOW,
        )
        with scene.begin() as tx:
            tx.calendar_links.subscriptions.save(new)
        feed = HttpCalendarFeed(outgoing=Outgoing(loopback=True, most_bytes=MOST_BYTES))
        refresh = RefreshCalendars(begin=scene.store, feed=feed, clock=clock, ids=scene.ids)
        yield Reader(scene, place, clock, new.state, refresh)
