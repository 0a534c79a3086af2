"""A business whose rooms and times are sold by an outside seller as well, in the words of the stories."""

from collections.abc import Collection
from datetime import date, timedelta

import attrs

from booking_adapters.testing.ambient import ListedHolidays
from booking_adapters.testing.builders import Business, grand_hotel
from booking_adapters.testing.channel import Connected, FakeChannel
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.availability.standard_rules import standard_rules
from booking_core.domain.channels.listing import Listing
from booking_core.domain.channels.update import Night
from booking_core.ports.alerts import Alert
from booking_core.ports.channel_connector import ChannelConnector
from booking_core.ports.queues import DeadLetter
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.channel_listings import (
    ListCommand,
    ListingReference,
    ListResource,
    ResyncChannel,
    ResyncCommand,
    WithdrawListing,
)
from booking_core.usecases.handling import HandleEvents
from booking_core.usecases.owe_channels import OweChannels
from booking_core.usecases.push_channels import PushChannels
from booking_core.usecases.reading import Reader
from booking_core.usecases.standing import Standing


@attrs.define(eq=False)
class Outlet:
    """The business, and the channel that sells for it."""

    engine: TheEngine
    house: OpenBusiness
    channel: FakeChannel = attrs.field(factory=FakeChannel)

    @classmethod
    def of(cls, engine: TheEngine, business: Business) -> "Outlet":
        """A business that opens, with a channel."""
        return cls(engine, engine.opens(business))

    def lists(
        self,
        service: str,
        resource: str,
        *,
        code: str = "X",
        days: int = 14,
        adults: int | None = None,
        rate_plan: str | None = None,
        channel: str = "ota",
    ) -> Listing:
        """Let the channel sell it."""
        use_case = ListResource(
            begin=self.engine.store,
            clock=self.engine.clock,
            ids=self.engine.ids,
            connectors=Connected.to(self.channel),
        )
        return use_case(
            ListCommand(
                tenant=self.house.tenant,
                channel=channel,
                code=code,
                service=service,
                resource=resource,
                days=days,
                adults=adults,
                rate_plan=rate_plan,
            )
        )

    def withdraws(self, listing: Listing) -> Listing:
        use_case = WithdrawListing(begin=self.engine.store, clock=self.engine.clock)
        return use_case(ListingReference(tenant=self.house.tenant, listing=listing.id))

    def resyncs(self, days: int = 14, channel: str = "ota") -> Collection[Listing]:
        use_case = ResyncChannel(begin=self.engine.store, clock=self.engine.clock)
        return use_case(ResyncCommand(tenant=self.house.tenant, channel=channel, days=days))

    def hears(self, begin: UnitOfWork | None = None) -> int:
        """What happened becomes owed."""
        handle = HandleEvents(
            begin=begin or self.engine.store,
            handlers=[OweChannels(clock=self.engine.clock)],
            clock=self.engine.clock,
            ids=self.engine.ids,
        )
        return handle(self.house.tenant)

    def sender(
        self, begin: UnitOfWork | None = None, channels: dict[str, ChannelConnector] | None = None
    ) -> PushChannels:
        return PushChannels(
            begin=begin or self.engine.store,
            clock=self.engine.clock,
            ids=self.engine.ids,
            connectors=Connected.to(self.channel) if channels is None else Connected(channels),
            standing=Standing(reader=Reader(holidays=ListedHolidays({})), rules=standard_rules()),
        )

    def pushes(self) -> int:
        """The worker's round: what happened becomes owed, and what is owed is told."""
        self.hears()
        return self.sender()(self.house.tenant)

    def told(self) -> list[str]:
        """The dates that the channel was told of since this was asked last, month and day."""
        days = [day for each in self.channel.updates for dates in each.dates for day in dates]
        self.channel.updates.clear()
        return [f"{each:%m-%d}" for each in days]

    def night(self, day: str, code: str = "X") -> Night:
        """What the channel knows of a date."""
        return self.channel.nights[code][date.fromisoformat(day)]

    def left(self, first: str, nights: int, code: str = "X") -> list[int]:
        """How many places the channel believes to be left, night by night."""
        begin = date.fromisoformat(first)
        return [self.channel.nights[code][begin + n * timedelta(days=1)].left for n in range(nights)]

    def times(self, code: str = "X") -> list[tuple[str, int]]:
        """What the channel offers, as the venue's wall clock shows it, with the places left."""
        place = self.house.business.venue.zone
        offered = self.channel.openings[code]
        return [(f"{each.start.astimezone(place):%m-%d %H:%M}", each.left) for each in offered]

    def listing(self, code: str = "X") -> Listing:
        with self.engine.store.reading(self.house.tenant) as tx:
            (found,) = [each for each in tx.channels.listings.every() if each.code == code]
            return found

    def listings(self) -> list[Listing]:
        with self.engine.store.reading(self.house.tenant) as tx:
            return list(tx.channels.listings.every())

    def alerts(self) -> list[Alert]:
        with self.engine.store.reading(self.house.tenant) as tx:
            return list(tx.alerts.open(99))

    def dead(self) -> list[DeadLetter]:
        with self.engine.store.reading(self.house.tenant) as tx:
            return list(tx.queues["channel pushes"].dead(99))

    def requeues(self) -> None:
        (letter,) = self.dead()
        with self.engine.store(self.house.tenant) as tx:
            tx.queues["channel pushes"].requeue(letter.id, self.engine.clock.now())

    def waits(self, **time: float) -> None:
        """Time passes."""
        self.engine.clock.set(self.engine.clock.now() + timedelta(**time))


def a_hotel(engine: TheEngine, rooms: int = 5) -> Outlet:
    """A hotel of which the channel knows everything; it is Monday, 2026-03-02."""
    outlet = Outlet.of(engine, grand_hotel(rooms))
    outlet.lists("deluxe-king", "deluxe-king")
    outlet.pushes()
    outlet.told()
    return outlet
