"""What a channel does not take, or does not answer, is tried again, given up and shown to people."""

from datetime import date

import attrs
import pytest

from booking_adapters.testing.builders import (
    cabins,
)
from booking_adapters.testing.channel import Fault
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.channels.listing import MOST_ATTEMPTS
from booking_core.domain.kernel.events import Change
from tests.integration.channels.outlet import Outlet, a_hotel


def test_a_channel_believes_a_listing_of_which_we_have_only_an_old_copy(engine: TheEngine) -> None:
    outlet = a_hotel(engine)
    restored = outlet.listing()
    for day in range(5, 10):
        outlet.house.book("deluxe-king", f"2026-03-{day:02}/2026-03-{day + 1:02}")
        outlet.pushes()
    with engine.store(outlet.house.tenant) as tx:
        known = outlet.listing()
        old = attrs.evolve(known, turn=restored.turn, version=known.version + 1)
        tx.channels.listings.save(Change(old, (), known))
    outlet.waits(minutes=1)
    outlet.house.book("deluxe-king", "2026-03-05/2026-03-06")
    outlet.pushes()
    assert outlet.left("2026-03-05", 1) == [3]


@pytest.mark.parametrize("fault", list(Fault))
def test_an_exchange_that_fails_is_had_again_later(engine: TheEngine, fault: Fault) -> None:
    outlet = a_hotel(engine)
    outlet.house.book("deluxe-king", "2026-03-05/2026-03-06")
    outlet.channel.faults = [fault]
    outlet.pushes()
    assert outlet.listing().problem == fault.value
    assert outlet.pushes() == 0, "not at once"
    outlet.waits(minutes=1)
    outlet.pushes()
    assert outlet.left("2026-03-05", 1) == [4]
    assert (outlet.listing().problem, outlet.alerts()) == ("", [])


def test_a_channel_that_stays_silent_is_given_up_and_people_are_told(engine: TheEngine) -> None:
    outlet = a_hotel(engine)
    outlet.house.book("deluxe-king", "2026-03-05/2026-03-06")
    outlet.channel.faults = [Fault.BEFORE] * MOST_ATTEMPTS
    for _ in range(MOST_ATTEMPTS):
        outlet.pushes()
        outlet.waits(minutes=80)
    (alert,) = outlet.alerts()
    assert (alert.kind, alert.subject) == ("channel_push_given_up", outlet.listing().id)
    assert [each.reason for each in outlet.dead()] == ["nothing happened"]
    assert outlet.pushes() == 0
    outlet.requeues()
    outlet.pushes()
    assert (outlet.left("2026-03-05", 1), outlet.dead()) == ([4], [])


def test_a_silent_channel_is_not_asked_for_each_of_its_listings(engine: TheEngine) -> None:
    outlet = Outlet.of(engine, cabins(3))
    for number in (1, 2, 3):
        outlet.lists("cabin", f"cabin-{number}", code=f"C{number}")
    outlet.channel.faults = [Fault.BEFORE]
    assert outlet.pushes() == 3
    assert outlet.channel.updates == []
    assert {each.problem for each in outlet.listings()} == {"nothing happened", "the channel does not answer"}
    outlet.waits(minutes=1)
    outlet.pushes()
    assert outlet.left("2026-03-02", 1, code="C3") == [1]


def test_dates_that_a_channel_refuses_are_shown_to_people(engine: TheEngine) -> None:
    outlet = a_hotel(engine)
    outlet.channel.refuses = {date.fromisoformat("2026-03-06"): "below the least price"}
    outlet.house.book("deluxe-king", "2026-03-05/2026-03-08")
    outlet.pushes()
    assert outlet.left("2026-03-05", 3) == [4, 5, 4]
    assert [each.reason for each in outlet.dead()] == ["2026-03-06: below the least price"]
    assert "below the least price" in outlet.alerts()[0].message
    outlet.channel.refuses = {}
    outlet.requeues()
    outlet.pushes()
    assert outlet.left("2026-03-05", 3) == [4, 4, 4]


def test_a_listing_that_the_channel_does_not_know_is_given_up_at_once(engine: TheEngine) -> None:
    outlet = a_hotel(engine)
    outlet.channel.unknown = {"X"}
    outlet.house.book("deluxe-king", "2026-03-05/2026-03-06")
    outlet.pushes()
    assert [each.reason for each in outlet.dead()] == ["no such listing"]


def test_a_rate_plan_that_is_gone_is_shown_to_people(engine: TheEngine) -> None:
    outlet = a_hotel(engine)
    with engine.store(outlet.house.tenant) as tx:
        listing = tx.channels.listings.get(outlet.listing().id)
        changed = listing.resync(14, date.fromisoformat("2026-03-02"), engine.clock.now())
        tx.channels.listings.save(attrs.evolve(changed, state=attrs.evolve(changed.state, rate_plan="gone")))
    outlet.pushes()
    (letter,) = outlet.dead()
    assert letter.reason.startswith("INVALID_INPUT: rate_plan")


def test_a_channel_that_nobody_set_up_any_more_is_shown_to_people(engine: TheEngine) -> None:
    outlet = a_hotel(engine)
    outlet.house.book("deluxe-king", "2026-03-05/2026-03-06")
    outlet.hears()
    outlet.sender(channels={})(outlet.house.tenant)
    assert [each.reason for each in outlet.dead()] == ["nobody has set up this channel"]


def test_one_listing_that_breaks_something_keeps_no_other_back(engine: TheEngine) -> None:
    outlet = Outlet.of(engine, cabins(2))
    for number in (1, 2):
        outlet.lists("cabin", f"cabin-{number}", code=f"C{number}")
    outlet.channel.breaks = {"C1"}
    outlet.pushes()
    assert outlet.listing("C1").problem == "RuntimeError"
    assert outlet.left("2026-03-02", 1, code="C2") == [1]
    outlet.channel.breaks = set()
    outlet.waits(minutes=1)
    outlet.pushes()
    assert outlet.left("2026-03-02", 1, code="C1") == [1]
