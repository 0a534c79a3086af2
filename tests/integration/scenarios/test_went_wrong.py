"""SCENARIOS.md section 6: what went wrong for users of other systems. The numbers are those of its items."""

from datetime import timedelta

import pytest

from booking_adapters.testing.builders import a_business, a_clinic, a_hall, a_tour
from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.availability.request import NotBookable, SlotTaken, SoldOut
from booking_core.domain.catalog.policy import Trade
from booking_core.domain.kernel.errors import KeyReused
from booking_core.domain.reservations.reservation import Reservation, Status

TUESDAY, WEDNESDAY = "2026-03-03", "2026-03-04"
TEN = f"{TUESDAY} 10:00"


def test_1_ten_identical_creates_under_one_key_are_one_reservation(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna", "ben"))
    outcomes = all_at_once(*[lambda: clinic.book("visit", TEN, key="press-1") for _ in range(10)])
    assert all(isinstance(each, Reservation) for each in outcomes), outcomes
    assert len({each.id for each in outcomes if isinstance(each, Reservation)}) == 1
    assert len(clinic.slots("visit", f"{TUESDAY} 10:00/10:15")) == 1  # the other colleague is still free


def test_1_ten_creates_under_ten_keys_are_one_reservation_and_nine_refusals(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna"))
    acts = [lambda each=each: clinic.book("visit", TEN, key=f"press-{each}") for each in range(10)]
    outcomes = all_at_once(*acts)
    assert sum(isinstance(each, Reservation) for each in outcomes) == 1
    assert sum(isinstance(each, SlotTaken) for each in outcomes) == 9, outcomes


def test_1_the_key_answers_again_later_and_refuses_another_request(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna"))
    booked = clinic.book("visit", TEN, key="press-1")
    engine.clock.advance(timedelta(hours=1))
    assert clinic.book("visit", TEN, key="press-1") == booked
    with pytest.raises(KeyReused):
        clinic.book("visit", f"{TUESDAY} 14:00", key="press-1")
    assert "14:00" in clinic.times("visit", TUESDAY)


def test_1_a_key_whose_request_was_refused_may_be_used_again(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna"))
    other = clinic.book("visit", TEN)
    with pytest.raises(SlotTaken):
        clinic.book("visit", TEN, customer="Eve", key="press-1")
    clinic.cancel(other)
    assert clinic.book("visit", TEN, customer="Eve", key="press-1").is_live


def test_2_two_pending_requests_for_one_slot_cannot_both_exist(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna").under(needs_approval=True))
    outcomes = all_at_once(*[lambda: clinic.book("visit", TEN) for _ in range(2)])
    (pending,) = [each for each in outcomes if isinstance(each, Reservation)]
    assert sum(isinstance(each, SlotTaken) for each in outcomes) == 1
    assert clinic.confirm(pending).status is Status.CONFIRMED


@pytest.mark.parametrize("week", ["2026-03-22/2026-04-05", "2026-10-18/2026-11-01"])
def test_3_what_is_shown_around_a_clock_change_can_be_booked(engine: TheEngine, week: str) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna", hours="SA-SU 12:30-13:30 01:30-03:30"))
    while slots := clinic.slots("visit", week):
        slot = slots[len(slots) // 2]
        assert clinic.book("visit", slot.start.isoformat()).period.start == slot.start


def test_4_pressing_back_does_not_hide_your_own_slot(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna"))
    clinic.hold("visit", TEN, "ada")
    assert "10:00" in clinic.times("visit", TUESDAY, session="ada")
    assert clinic.hold("visit", TEN, "ada").version == 2
    with pytest.raises(SlotTaken):
        clinic.hold("visit", TEN, "bob")


def test_8_a_direct_request_obeys_the_booking_window(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna").with_rule("booking_horizon", days=2))
    assert clinic.times("visit", WEDNESDAY) == []
    for act in (
        lambda: clinic.book("visit", "2026-06-01 10:00"),
        lambda: clinic.hold("visit", "2026-06-01 10:00", "ada"),
        lambda: clinic.move(clinic.book("visit", TEN), "2026-06-01 10:00"),
    ):
        with pytest.raises(NotBookable) as refused:
            act()
        assert [each.code for each in refused.value.details["violations"]] == ["booking_horizon"]


def test_14_two_shelves_of_three_are_six(engine: TheEngine) -> None:
    shop = a_business("ski-rental", code="SKI").with_any("kit", "shelf-a", "shelf-b", capacity=3)
    opened = engine.opens(shop.offering("kit", "kit", trade=Trade.RENTAL))
    for _ in range(6):
        opened.book("kit", f"{TUESDAY} 09:00/17:00")
    with pytest.raises(SoldOut):
        opened.book("kit", f"{TUESDAY} 12:00/13:00")


def test_14_three_in_the_morning_and_three_in_the_afternoon_leave_three_all_day(engine: TheEngine) -> None:
    shop = a_business("ski-rental", code="SKI").with_any("kit", "kits", capacity=6)
    opened = engine.opens(shop.offering("kit", "kit", trade=Trade.RENTAL))
    opened.book("kit", f"{TUESDAY} 09:00/13:00", seats=3)
    opened.book("kit", f"{TUESDAY} 13:00/17:00", seats=3)
    with pytest.raises(SoldOut, match="only 3"):
        opened.book("kit", f"{TUESDAY} 09:00/17:00", seats=4)
    assert opened.book("kit", f"{TUESDAY} 09:00/17:00", seats=3).is_live


def test_14_tomorrows_bookings_take_nothing_from_today(engine: TheEngine) -> None:
    tour = engine.opens(a_tour(seats=12))
    tour.book("tour", f"{WEDNESDAY} 10:00", seats=12)
    assert tour.book("tour", TEN, seats=12).is_live


def test_14_the_middle_of_a_long_booking_is_taken(engine: TheEngine) -> None:
    hall = engine.opens(a_hall())
    hall.book("hall", f"{TUESDAY} 08:00/22:00")
    with pytest.raises(SlotTaken):
        hall.book("hall", f"{TUESDAY} 13:00/14:00")
