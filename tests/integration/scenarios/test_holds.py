"""Holds: yours while you decide, nobody's when you are gone."""

from datetime import timedelta

import pytest

from booking_adapters.testing.builders import Business, a_business, a_clinic, a_hall
from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.availability.request import NotBookable, SlotTaken
from booking_core.domain.kernel.errors import InvalidInput, NotFound
from booking_core.domain.reservations.hold import Hold, HoldExpired, HoldOfAnotherSession
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.usecases.place_hold import TooManyHolds

TUESDAY = "2026-03-03"
TEN = f"{TUESDAY} 10:00"


@pytest.fixture
def clinic(engine: TheEngine) -> OpenBusiness:
    return engine.opens(a_clinic().with_staff("anna", hours="MO-FR 09:00-12:00"))


@pytest.fixture
def hall(engine: TheEngine) -> OpenBusiness:
    return engine.opens(a_hall())


def test_a_hold_lasts_ten_minutes_and_blocks_what_overlaps_it(hall: OpenBusiness) -> None:
    held = hall.hold("hall", f"{TUESDAY} 10:00/11:00", "ada")
    assert held.expires_at - held.placed_at == timedelta(minutes=10)
    for overlapping in ("10:30/11:30", "09:00/10:15", "10:00/11:00", "08:00/20:00"):
        with pytest.raises(SlotTaken):
            hall.hold("hall", f"{TUESDAY} {overlapping}", "bob")
        with pytest.raises(SlotTaken):
            hall.book("hall", f"{TUESDAY} {overlapping}", session="bob")
    hall.hold("hall", f"{TUESDAY} 11:00/12:00", "bob")


def test_holding_the_same_again_renews(engine: TheEngine, hall: OpenBusiness) -> None:
    first = hall.hold("hall", f"{TUESDAY} 10:00/11:00", "ada")
    engine.clock.advance(timedelta(minutes=8))
    again = hall.hold("hall", f"{TUESDAY} 10:00/11:00", "ada")
    renewed = hall.renew(again, "ada")
    assert first.id == again.id == renewed.id
    assert again.expires_at == first.expires_at + timedelta(minutes=8) == renewed.expires_at
    engine.clock.advance(timedelta(minutes=9))
    with pytest.raises(SlotTaken):
        hall.book("hall", f"{TUESDAY} 10:00/11:00", session="bob")


def test_another_session_can_neither_renew_nor_release_nor_book_it(clinic: OpenBusiness) -> None:
    held = clinic.hold("visit", TEN, "ada")
    with pytest.raises(HoldOfAnotherSession):
        clinic.renew(held, "bob")
    with pytest.raises(HoldOfAnotherSession):
        clinic.release(held, "bob")
    with pytest.raises(HoldOfAnotherSession):
        clinic.book("visit", TEN, session="bob", hold=held)
    assert clinic.book("visit", TEN, session="ada", hold=held).status is Status.CONFIRMED


def test_a_hold_ends_at_its_very_expiry_without_anybody_tidying_up(
    engine: TheEngine, clinic: OpenBusiness
) -> None:
    held = clinic.hold("visit", TEN, "ada")
    engine.clock.advance(timedelta(minutes=10) - timedelta(seconds=1))
    with pytest.raises(SlotTaken):
        clinic.book("visit", TEN, session="bob")
    assert "10:00" not in clinic.times("visit", TUESDAY)
    engine.clock.advance(timedelta(seconds=1))
    assert "10:00" in clinic.times("visit", TUESDAY)
    assert clinic.explain("visit", TEN) == ()
    with pytest.raises(HoldExpired):
        clinic.renew(held, "ada")
    with pytest.raises(HoldExpired):
        clinic.book("visit", TEN, session="ada", hold=held)
    clinic.book("visit", TEN, session="bob")
    with pytest.raises(HoldExpired):
        clinic.book("visit", TEN, session="ada", hold=held)


def test_the_worker_tidies_up_what_nobody_met(engine: TheEngine, clinic: OpenBusiness) -> None:
    held = clinic.hold("visit", TEN, "ada")
    assert clinic.time_passes() == 0
    engine.clock.advance(timedelta(minutes=10))
    assert clinic.time_passes() == 1
    assert clinic.time_passes() == 0
    with pytest.raises(NotFound):
        clinic.renew(held, "ada")
    clinic.release(held, "ada")


def test_your_own_hold_does_not_hide_the_slot_from_you(clinic: OpenBusiness) -> None:
    every = clinic.times("visit", TUESDAY)
    clinic.hold("visit", TEN, "ada")
    assert clinic.times("visit", TUESDAY, session="ada") == every
    assert clinic.explain("visit", TEN, session="ada") == ()
    assert "10:00" not in clinic.times("visit", TUESDAY)
    assert "10:00" not in clinic.times("visit", TUESDAY, session="bob")
    assert [each.code for each in clinic.explain("visit", TEN, session="bob")] == ["lane_taken"]


def test_a_changed_mind_gives_the_first_choice_up(clinic: OpenBusiness) -> None:
    first = clinic.hold("visit", TEN, "ada")
    second = clinic.hold("visit", f"{TUESDAY} 10:15", "ada")
    assert second.id != first.id
    assert "09:30" in clinic.times("visit", TUESDAY)  # 10:00 would have hidden it
    assert "09:45" not in clinic.times("visit", TUESDAY)


def test_a_released_hold_is_free_at_once(clinic: OpenBusiness) -> None:
    held = clinic.hold("visit", TEN, "ada")
    clinic.release(held, "ada")
    clinic.release(held, "ada")
    assert clinic.book("visit", TEN, session="bob").is_live


def test_a_hold_becomes_the_reservation_it_was_placed_for(engine: TheEngine, clinic: OpenBusiness) -> None:
    held = clinic.hold("visit", TEN, "ada")
    engine.clock.advance(timedelta(minutes=9))
    booked = clinic.book("visit", TEN, session="ada", hold=held)
    assert (booked.id, booked.allocations) == (held.id, held.allocations)
    assert [step.status for step in booked.history] == [Status.HELD, Status.CONFIRMED]
    engine.clock.advance(timedelta(hours=1))
    assert clinic.time_passes() == 0
    assert clinic.show(booked.code) == booked


def test_a_hold_is_booked_for_what_it_was_placed_for_and_nothing_else(clinic: OpenBusiness) -> None:
    held = clinic.hold("visit", TEN, "ada")
    with pytest.raises(InvalidInput) as refused:
        clinic.book("visit", f"{TUESDAY} 11:00", session="ada", hold=held)
    assert refused.value.field == "hold"


def test_booking_without_naming_the_hold_books_over_it(clinic: OpenBusiness) -> None:
    clinic.hold("visit", TEN, "ada")
    booked = clinic.book("visit", TEN, session="ada")
    assert booked.is_live
    assert clinic.time_passes() == 0


def test_notice_counts_from_when_the_hold_was_placed(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna").with_rule("minimum_notice", hours=2))
    held = clinic.hold("visit", "2026-03-02 09:00", "ada")  # it is 07:00
    engine.clock.advance(timedelta(minutes=5))
    with pytest.raises(NotBookable):
        clinic.book("visit", "2026-03-02 09:00", session="bob")
    assert clinic.book("visit", "2026-03-02 09:00", session="ada", hold=held).is_live


def test_a_session_holds_a_handful_of_things_and_no_more(engine: TheEngine) -> None:
    fair = engine.opens(six_booths())
    holds = [fair.hold(f"booth-{number}", TEN, "ada") for number in range(5)]
    with pytest.raises(TooManyHolds):
        fair.hold("booth-5", TEN, "ada")
    fair.release(holds[0], "ada")
    fair.hold("booth-5", TEN, "ada")


def test_of_many_who_hold_at_once_one_does(hall: OpenBusiness) -> None:
    sessions = [f"session-{number}" for number in range(8)]
    acts = [lambda each=each: hall.hold("hall", f"{TUESDAY} 10:00/11:00", each) for each in sessions]
    outcomes = all_at_once(*acts)
    assert sum(isinstance(outcome, Hold) for outcome in outcomes) == 1
    assert all(isinstance(outcome, Hold | SlotTaken) for outcome in outcomes), outcomes


def test_one_session_in_two_tabs_holds_one_thing(hall: OpenBusiness) -> None:
    acts = [lambda: hall.hold("hall", f"{TUESDAY} 10:00/11:00", "ada") for _ in range(6)]
    outcomes = all_at_once(*acts)
    assert len({outcome.id for outcome in outcomes if isinstance(outcome, Hold)}) == 1
    assert all(isinstance(outcome, Hold) for outcome in outcomes), outcomes


def test_a_hold_pressed_twice_is_booked_once(hall: OpenBusiness) -> None:
    held = hall.hold("hall", f"{TUESDAY} 10:00/11:00", "ada")
    acts = [lambda: hall.book("hall", f"{TUESDAY} 10:00/11:00", session="ada", hold=held) for _ in range(4)]
    outcomes = all_at_once(*acts)
    assert sum(isinstance(outcome, Reservation) for outcome in outcomes) == 1
    assert all(isinstance(outcome, Reservation | HoldExpired) for outcome in outcomes), outcomes


def six_booths() -> Business:
    """Six booths, each a service of its own."""
    fair = a_business("fair", code="FAIR")
    for booth in (f"booth-{number}" for number in range(6)):
        fair = fair.with_any(booth, booth).offering(booth, booth, minutes=30, every=30)
    return fair
