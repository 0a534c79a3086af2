"""Asking channels for their bookings: page by page, and whatever one of them says keeps no other back."""

from collections.abc import Collection

import attrs

from booking_adapters.testing.builders import cabins
from booking_adapters.testing.channel import Connected, FakeChannel, Fault
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.channels.link import Message
from booking_core.ports.channel_connector import ChannelRefused, Pulled
from booking_core.usecases.pull_channels import MOST_PAGES
from tests.integration.channels.seller import Seller, booking


def test_a_round_reads_every_page(engine: TheEngine) -> None:
    seller = Seller.of(engine, cabins(3))
    seller.channel.page = 2
    seller.channel.sells(*(booking(seller.house, reference=f"R-{n}") for n in range(5)))
    assert seller.pulls()(seller.house.tenant) == 5
    seller.imports()(seller.house.tenant)
    assert seller.pulls()(seller.house.tenant) == 5, "acknowledged"
    assert seller.channel.is_done


def test_a_channel_that_is_down_keeps_no_other_back(engine: TheEngine) -> None:
    seller = Seller.of(engine, cabins(3))
    down = FakeChannel(name="down", faults=[Fault.BEFORE])
    seller.channel.sells(booking(seller.house))
    pulls = attrs.evolve(seller.pulls(), connectors=Connected.to(down, seller.channel))
    assert pulls(seller.house.tenant) == 1
    assert seller.alerts() == []


class Stranger(FakeChannel):
    """It does not know us."""

    def pull(self, cursor: str = "") -> Pulled:
        raise ChannelRefused(f"who are you, {cursor or 'stranger'}?")


def test_a_channel_that_refuses_us_is_alerted_once(engine: TheEngine) -> None:
    seller = Seller.of(engine, cabins(3))
    pulls = attrs.evolve(seller.pulls(), connectors=Connected.to(Stranger()))
    for _ in range(3):
        assert pulls(seller.house.tenant) == 0
    (alert,) = seller.alerts()
    assert (alert.kind, alert.message) == ("channel_refused", "channel ota: who are you, stranger?")


class Mumbling(FakeChannel):
    """Some of what it sends makes no sense."""

    def pull(self, cursor: str = "") -> Pulled:
        return attrs.evolve(super().pull(cursor), unreadable=["bookings[1].stay: ends before it begins"])


def test_what_makes_no_sense_is_alerted_and_keeps_nothing_back(engine: TheEngine) -> None:
    seller = Seller(engine, engine.opens(cabins(3)), Mumbling())
    seller.channel.sells(booking(seller.house))
    seller.channel.sells(booking(seller.house, "2026-03-20/2026-03-21"))
    assert seller.pulls()(seller.house.tenant) == 1, "the second says otherwise under the same revision"
    (alert,) = seller.alerts()
    assert alert.kind == "channel_message_unreadable"
    assert "ends before it begins" in alert.message
    assert "R-1: this revision of the booking is known with another content" in alert.message


def test_a_channel_with_very_much_to_say_is_heard_over_several_rounds(engine: TheEngine) -> None:
    seller = Seller.of(engine, cabins(1))
    seller.channel.page = 1
    seller.channel.sells(*(booking(seller.house, reference=f"R-{n}") for n in range(MOST_PAGES + 3)))
    assert seller.pulls()(seller.house.tenant) == MOST_PAGES
    seller.imports()(seller.house.tenant)
    assert seller.pulls()(seller.house.tenant) == MOST_PAGES + 3, "acknowledged, and the others"


class Deaf(FakeChannel):
    """It wants to hear of no acknowledgement."""

    def acknowledge(self, messages: Collection[Message]) -> None:
        raise ChannelRefused(f"{len(messages)} of what?")


def test_a_channel_that_refuses_what_we_acknowledge_is_heard_all_the_same(engine: TheEngine) -> None:
    seller = Seller(engine, engine.opens(cabins(1)), Deaf())
    seller.channel.sells(booking(seller.house))
    seller.pulls()(seller.house.tenant)
    seller.imports()(seller.house.tenant)
    seller.channel.sells(booking(seller.house, "2026-03-20/2026-03-21", reference="R-2"))
    seller.pulls()(seller.house.tenant)
    assert seller.imports()(seller.house.tenant) == 1
    (alert,) = seller.alerts()
    assert (alert.kind, alert.message) == ("channel_refused", "channel ota: 1 of what?")


def test_a_booking_that_no_storage_keeps_holds_no_other_back(engine: TheEngine) -> None:
    seller = Seller.of(engine, cabins(1))
    strange = booking(seller.house, reference="R-0")
    assert strange.content is not None
    strange = attrs.evolve(strange, content=attrs.evolve(strange.content, service="cab\0in"))
    seller.channel.sells(strange, booking(seller.house))
    seller.pulls()(seller.house.tenant)
    seller.imports()(seller.house.tenant)
    assert seller.booked().is_live
    (alert,) = seller.alerts()
    assert "R-0" in alert.message


class Broken(FakeChannel):
    """Its connector has a defect."""

    def pull(self, cursor: str = "") -> Pulled:
        raise RuntimeError(cursor)


def test_a_connector_with_a_defect_keeps_no_other_channel_back(engine: TheEngine) -> None:
    seller = Seller.of(engine, cabins(1))
    seller.channel.sells(booking(seller.house))
    pulls = attrs.evolve(seller.pulls(), connectors=Connected.to(Broken(name="broken"), seller.channel))
    assert pulls(seller.house.tenant) == 1
    (alert,) = seller.alerts()
    assert (alert.kind, alert.message) == ("channel_broken", "channel broken: RuntimeError")
