"""Lease, tell, mark: wherever a sender dies, sleeps or meets another, the channel ends up with how things stand."""

from functools import partial
from uuid import UUID

import attrs
import pytest

from booking_adapters.testing.builders import Business, grand_hotel
from booking_adapters.testing.channel import Connected, FakeChannel
from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.channels.listing import MOST_ATTEMPTS, Listing
from booking_core.domain.channels.restrictions import DepartureDating
from booking_core.domain.channels.update import Update
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.channel_connector import ChannelConnector
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.push_channels import LEASE, PushChannels
from booking_core.usecases.standing import Standing
from tests.integration.channels.outlet import Outlet
from tests.integration.channels.strained import CarelessChannel, CountingChannel, DyingChannel, SleepyChannel
from tests.integration.crashes.dying import Arrows, Died, DyingUnitOfWork

MOST_ARROWS = 40


def a_hotel(engine: TheEngine, channel: FakeChannel | None = None, number: int = 0) -> Outlet:
    """A hotel of a tenant of its own, of which the channel knows everything."""
    outlet = Outlet(engine, engine.opens(_another(number)), channel or FakeChannel())
    outlet.lists("deluxe-king", "deluxe-king")
    outlet.pushes()
    return outlet


def books(outlet: Outlet) -> None:
    outlet.house.book("deluxe-king", "2026-03-05/2026-03-07")


def one_round(outlet: Outlet, arrows: Arrows) -> None:
    """Hear what happened and tell it, in a process that may die."""
    begin = DyingUnitOfWork(outlet.engine.store, arrows)
    outlet.hears(begin)
    outlet.sender(begin, {"ota": DyingChannel(outlet.channel, arrows)})(outlet.house.tenant)


def test_after_a_crash_at_any_arrow_the_channel_learns_how_things_stand(store: UnitOfWork) -> None:
    for dies_at in range(MOST_ARROWS):
        outlet = a_hotel(TheEngine(store), number=dies_at)
        books(outlet)
        try:
            one_round(outlet, Arrows(dies_at))
        except Died:
            pass
        else:
            assert dies_at > 8, "a round has many arrows"
            return
        outlet.waits(minutes=10)
        outlet.pushes()
        assert outlet.left("2026-03-04", 4) == [5, 4, 4, 5], dies_at
        listing = outlet.listing()
        assert (listing.owed, listing.taken, listing.due_at) == ((), (), None)
    pytest.fail("a round has more arrows than were tried")


def test_a_listing_over_which_one_sender_after_the_other_dies_is_given_up(engine: TheEngine) -> None:
    outlet = a_hotel(engine)
    books(outlet)
    outlet.hears()
    for _ in range(MOST_ATTEMPTS):
        dying = outlet.sender(channels={"ota": DyingChannel(outlet.channel, Arrows(0))})
        with pytest.raises(Died):
            dying(outlet.house.tenant)
        outlet.waits(minutes=10)
    assert outlet.pushes() == 0
    assert [each.reason for each in outlet.dead()] == ["whoever tells it dies over it"]
    assert [each.kind for each in outlet.alerts()] == ["channel_push_given_up"]


class MarksFirst(PushChannels):
    """The negative control: writes down that it was told, and tells it after that."""

    def _tell(self, tenant: TenantId, listing: Listing, connector: ChannelConnector | None) -> bool:
        self._mark(tenant, listing, lambda stored: stored.told(self.clock.now()))
        return super()._tell(tenant, listing, connector)


def test_a_sender_that_marks_before_it_tells_leaves_the_channel_in_the_dark(engine: TheEngine) -> None:
    outlet = a_hotel(engine)
    books(outlet)
    outlet.hears()
    arrows = Arrows(0)
    proper = outlet.sender(channels={"ota": DyingChannel(outlet.channel, arrows)})
    with pytest.raises(Died):
        MarksFirst(**attrs.asdict(proper, recurse=False))(outlet.house.tenant)
    outlet.waits(minutes=10)
    outlet.pushes()
    assert outlet.left("2026-03-05", 2) == [5, 5], "nobody ever tells it"


def late_update(engine: TheEngine, channel: SleepyChannel) -> Outlet:
    """A sender sleeps with an update in its hands until its lease has run out, and another tells a newer one."""
    outlet = a_hotel(engine, channel)
    books(outlet)
    outlet.hears()

    def meanwhile() -> None:
        outlet.waits(seconds=LEASE.total_seconds() + 1)
        books(outlet)
        outlet.pushes()

    channel.sleep = meanwhile
    outlet.sender()(outlet.house.tenant)
    return outlet


def test_an_older_update_never_lands_after_a_newer_one(engine: TheEngine) -> None:
    outlet = late_update(engine, SleepyChannel())
    assert outlet.left("2026-03-05", 2) == [3, 3]
    turns = [each.turn for each in outlet.channel.updates]
    assert turns == sorted(turns)
    listing = outlet.listing()
    assert (listing.owed, listing.taken, listing.due_at) == ((), (), None), (
        "what the sleeper wrote down was dropped"
    )


def test_a_channel_that_does_not_look_at_turns_ends_up_with_what_was(engine: TheEngine) -> None:
    outlet = late_update(engine, CarelessChannel())
    assert outlet.left("2026-03-05", 2) == [4, 4]


def test_a_sender_that_wakes_up_after_the_listing_is_gone_writes_nothing(engine: TheEngine) -> None:
    channel = SleepyChannel()
    outlet = a_hotel(engine, channel)
    books(outlet)
    outlet.hears()

    def meanwhile() -> None:
        outlet.waits(seconds=LEASE.total_seconds() + 1)
        outlet.withdraws(outlet.listing())
        for _ in range(2):
            outlet.pushes()

    channel.sleep = meanwhile
    outlet.sender()(outlet.house.tenant)
    assert outlet.listings() == []
    assert outlet.left("2026-03-05", 2) == [0, 0]


@attrs.frozen(kw_only=True)
class SlowStanding(Standing):
    """Describes for longer than a lease lasts."""

    outlet: Outlet

    def __call__(self, tx: Transaction, listing: Listing, dating: DepartureDating, at: object) -> Update:
        update = super().__call__(tx, listing, dating, at)  # type: ignore[arg-type]
        self.outlet.waits(seconds=LEASE.total_seconds() - 1)
        return update


def test_who_has_described_for_too_long_does_not_begin_to_tell(engine: TheEngine) -> None:
    outlet = a_hotel(engine)
    books(outlet)
    outlet.hears()
    outlet.told()
    proper = outlet.sender()
    standing = SlowStanding(reader=proper.standing.reader, rules=proper.standing.rules, outlet=outlet)
    attrs.evolve(proper, standing=standing)(outlet.house.tenant)
    assert outlet.told() == []
    outlet.waits(minutes=5)
    outlet.pushes()
    assert outlet.left("2026-03-05", 2) == [4, 4]


class WithoutLease(PushChannels):
    """The negative control: takes what is owed without saying so."""

    def _take(self, tenant: TenantId) -> Listing | None:
        with self.begin.reading(tenant) as tx:
            (listing,) = tx.channels.listings.every()
        return (
            attrs.evolve(listing, taken=listing.owed, due_at=self.clock.now() + LEASE)
            if listing.owed
            else None
        )


@pytest.mark.parametrize(("kind", "most_at_once"), [(PushChannels, 1), (WithoutLease, 2)])
def test_of_two_workers_one_tells_a_listing_and_without_a_lease_both_do(
    engine: TheEngine, kind: type[PushChannels], most_at_once: int
) -> None:
    channel = CountingChannel()
    outlet = a_hotel(engine, channel)
    books(outlet)
    outlet.hears()
    channel.most_at_once = 0
    channel.patience_seconds = 0.3 if most_at_once == 1 else 10
    sender = kind(
        **attrs.asdict(outlet.sender(), recurse=False) | {"connectors": Connected({"ota": channel})}
    )
    all_at_once(*[partial(sender, outlet.house.tenant)] * 2)
    assert channel.most_at_once == most_at_once
    assert outlet.left("2026-03-05", 2) == [4, 4]


def _another(number: int) -> Business:
    """A hotel like any other, of a tenant of its own."""
    hotel = grand_hotel()
    tenant = attrs.evolve(hotel.tenant, id=TenantId(UUID(int=number + 1)), key=f"hotel-{number}")
    return attrs.evolve(hotel, tenant=tenant)
