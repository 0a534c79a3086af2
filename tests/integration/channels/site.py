"""A rental site that sells a cabin and tells so by a calendar over HTTP, as the big ones do."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import attrs

from booking_adapters._net.outgoing import Outgoing
from booking_adapters.calendars.busy_times import MOST_BYTES
from booking_adapters.calendars.feed import HttpCalendarFeed
from booking_adapters.channels.calendar_channel import CalendarChannels
from booking_adapters.testing.builders import Business, cabins
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.calendars.subscription import Subscription
from booking_core.domain.channels.link import Link
from booking_core.domain.kernel.ids import SubscriptionId
from booking_core.domain.reservations.closure import Closure
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.calendar_subscriptions import Selling, SubscribeCalendar, SubscribeCommand
from booking_core.usecases.pull_channels import PullChannels
from booking_core.usecases.refresh_calendars import RefreshCalendars
from tests.integration.calendars.elsewhere import Elsewhere, elsewhere
from tests.integration.channels.seller import Seller

FEED = HttpCalendarFeed(outgoing=Outgoing(loopback=True, most_bytes=MOST_BYTES))
AN_HOUR = timedelta(hours=1)


def event(uid: str, dates: str, title: str = "Reserved") -> str:
    """An event as such sites write it: whole days, the last of which is the first that is free again."""
    first, last = (each.replace("-", "") for each in dates.split("/"))
    return f"UID:{uid}\nDTSTART;VALUE=DATE:{first}\nDTEND;VALUE=DATE:{last}\nSUMMARY:{title}"


@attrs.frozen(eq=False)
class Site:
    """A site with a calendar, to which a business has subscribed as a channel."""

    engine: TheEngine
    house: OpenBusiness
    place: Elsewhere
    subscription: SubscriptionId
    channel: str = "ical:site"

    def says(self, *events: str, etag: str = "") -> None:
        """Its calendar has these events; the business reads it, and follows what it says."""
        self.place.says(*events, etag=etag)
        self.is_read()

    def is_read(self, *, later: timedelta = 2 * AN_HOUR) -> None:
        """Some time later the calendar is read, pulled as a channel, imported and acknowledged."""
        self.engine.clock.advance(later)
        self.refreshes()(self.house.tenant)
        self.exchanges()

    def exchanges(self, begin: UnitOfWork | None = None) -> None:
        """Pull, import and acknowledge."""
        self.pulls(begin)(self.house.tenant)
        self.seller.imports(begin)(self.house.tenant)
        self.pulls(begin)(self.house.tenant)

    def refreshes(self, begin: UnitOfWork | None = None) -> RefreshCalendars:
        return RefreshCalendars(
            begin=begin or self.engine.store, feed=FEED, clock=self.engine.clock, ids=self.engine.ids
        )

    def pulls(self, begin: UnitOfWork | None = None) -> PullChannels:
        begin = begin or self.engine.store
        return PullChannels(
            begin=begin,
            clock=self.engine.clock,
            ids=self.engine.ids,
            receive=self.seller.receives(begin),
            connectors=CalendarChannels(begin),
        )

    @property
    def seller(self) -> Seller:
        return Seller(self.engine, self.house)

    def kept(self) -> Subscription:
        with self.engine.store.reading(self.house.tenant) as tx:
            return tx.calendar_links.subscriptions.get(self.subscription)

    def link(self, uid: str) -> Link | None:
        with self.engine.store.reading(self.house.tenant) as tx:
            return tx.channels.links.find(self.channel, f"cabin-1:{uid}")

    def booked(self, uid: str) -> Reservation:
        """The reservation that an event became."""
        link = self.link(uid)
        assert link is not None
        assert link.reservation is not None
        return self.house.show(link.reservation)

    def bookings(self) -> list[Reservation]:
        return self.seller.everything()

    def closures(self) -> list[Closure]:
        with self.engine.store.reading(self.house.tenant) as tx:
            return list(tx.closures.of_source(self.kept().source))

    def alerts(self) -> list[str]:
        return [each.kind for each in self.seller.alerts()]


@contextmanager
def site(engine: TheEngine, camp: Business | None = None) -> Iterator[Site]:
    """A camp of one cabin, and a site that sells it."""
    with elsewhere() as place:
        yield subscribed(engine, engine.opens(camp or cabins(1)), place)


def subscribed(
    engine: TheEngine, house: OpenBusiness, place: Elsewhere, *, channel: str = "site", service: str = "cabin"
) -> Site:
    """The business has subscribed to the site's calendar."""
    subscribe = SubscribeCalendar(begin=engine.store, clock=engine.clock, ids=engine.ids, feed=FEED)
    subscription = subscribe(
        SubscribeCommand(
            tenant=house.tenant,
            resource="cabin-1",
            name="The site's calendar",
            url=place.url,
            interval=AN_HOUR,
            selling=Selling(channel=channel, service=service),
        )
    )
    return Site(engine, house, place, subscription.id, f"ical:{channel}")
