"""Search and commit read different stretches of time around the same candidate, and must see the same."""

from datetime import date, timedelta

import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.testing.builders import a_business, a_clinic, a_hall, cabins, weekly_hours
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.catalog.policy import Trade, frozen_parameters
from booking_core.domain.catalog.schedule import Window
from booking_core.domain.kernel.errors import Conflict
from booking_core.domain.reservations.reservation import Reservation
from booking_core.usecases.reading import free_lapsed


def an_expedition() -> OpenBusiness:
    """Four days, leaving at any midnight."""
    boat = a_business("boat", code="BOAT").with_any("boat", "boat", hours="always")
    boat = boat.offering("trip", "boat", trade=Trade.ACTIVITY, minutes=4 * 24 * 60, every=24 * 60)
    return TheEngine(MemoryStore()).opens(boat)


def test_a_service_of_days_is_offered_up_to_the_end_of_a_short_search() -> None:
    boat = an_expedition()
    assert boat.times("trip", "2026-03-05") == ["00:00"]
    assert boat.explain("trip", "2026-03-05 00:00") == ()


def test_the_grid_of_a_night_does_not_depend_on_how_far_back_the_search_begins() -> None:
    long_day = {date(2026, 3, 3): [Window.of("22:00", "21:00")]}
    bar = a_business("bar", code="BAR").with_any(
        "table", "table", hours=weekly_hours("MO-SU 20:00-04:00", overrides=long_day)
    )
    open_bar = TheEngine(MemoryStore()).opens(bar.offering("seat", "table", minutes=45, every=45))
    night = open_bar.slots("seat", "2026-03-05 00:00/2026-03-05 06:00")
    longer = open_bar.slots("seat", "2026-03-03 00:00/2026-03-05 06:00")
    assert [slot for slot in longer if slot.start >= open_bar.moment("2026-03-05")] == night
    assert all(open_bar.explain("seat", f"2026-03-05 {open_bar.wall.shown(s.start)}") == () for s in night)


def test_the_longest_periods_and_stays_are_answered() -> None:
    hall = TheEngine(MemoryStore()).opens(a_hall())
    assert "length" in {each.code for each in hall.explain("hall", "2026-03-05 10:00/2029-03-08 10:00")}
    camp = TheEngine(MemoryStore()).opens(cabins(1))
    assert len(camp.stays("2026-03-05/2029-03-07")) == 1


def test_a_policy_may_carry_tiers_of_cancellation() -> None:
    tiers = frozen_parameters({"tiers": [{"at_least_hours": 24, "percent": 0}]})
    clinic = TheEngine(MemoryStore()).opens(a_clinic().with_staff("anna").under(cancellation=tiers))
    assert clinic.times("visit", "2026-03-03")[0] == "09:00"


@pytest.mark.parametrize("what", ["released", "renewed", "booked", "approved"])
def test_a_claim_that_seemed_to_have_run_out_and_was_changed_since_makes_one_look_again(what: str) -> None:
    terms = {"needs_approval": True, "pending_ttl": timedelta(minutes=10)}
    clinic = TheEngine(MemoryStore()).opens(a_clinic().with_staff("anna").under(**terms))
    when, clock = "2026-03-03 10:00", clinic.engine.clock
    claim = clinic.book("visit", when) if what == "approved" else clinic.hold("visit", when, "mine")
    later = clock.now() + timedelta(minutes=10)
    if isinstance(claim, Reservation):
        clinic.confirm(claim)
    elif what == "released":
        clinic.release(claim, "mine")
    elif what == "renewed":
        clock.advance(timedelta(minutes=1))
        clinic.renew(claim, "mine")
    else:
        clinic.confirm(clinic.book("visit", when, session="mine", hold=claim))
    with pytest.raises(Conflict), clinic.engine.store(clinic.tenant) as tx:
        free_lapsed(tx, [claim.id], later)
