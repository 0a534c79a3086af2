"""SCENARIOS.md section 3: halls, tables and cars; exclusive resources and intervals that the customer chooses."""

import pytest

from booking_adapters.testing.builders import a_business, a_car_rental, a_hall
from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.availability.request import NotBookable, SlotTaken
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.reservations.reservation import Reservation

MONDAY, TUESDAY, WEDNESDAY, THURSDAY = "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"
SATURDAY = "2026-03-07"


def test_any_interval_inside_the_opening_hours_can_be_booked(engine: TheEngine) -> None:
    hall = engine.opens(a_hall())
    for interval in ("08:00/09:15", "09:15/12:00", "12:07/13:22", "20:00/22:00"):
        assert hall.book("hall", f"{TUESDAY} {interval}").is_live
    assert [each.code for each in hall.explain("hall", f"{TUESDAY} 13:00/14:00")] == ["lane_taken"]


@pytest.mark.parametrize(
    ("interval", "reason"),
    [
        ("07:30/09:00", "closed"),
        ("21:00/22:15", "closed"),
        ("10:00/10:45", "length"),
        ("10:00/11:10", "length"),
        (f"22:00/{WEDNESDAY} 08:00", "closed"),
    ],
)
def test_and_no_other(engine: TheEngine, interval: str, reason: str) -> None:
    hall = engine.opens(a_hall())
    with pytest.raises(NotBookable) as refused:
        hall.book("hall", f"{TUESDAY} {interval}")
    assert [each.code for each in refused.value.details["violations"]] == [reason]


def test_of_two_people_who_press_at_once_exactly_one_wins(engine: TheEngine) -> None:
    hall = engine.opens(a_hall())
    acts = [
        lambda each=each: hall.book("hall", f"{TUESDAY} 10:00/12:00", customer=each)
        for each in ("Ada", "Bob")
    ]
    outcomes = all_at_once(*acts)
    (won,) = [each for each in outcomes if isinstance(each, Reservation)]
    (lost,) = [each for each in outcomes if isinstance(each, SlotTaken)]
    assert str(lost) == "This slot was just booked. Please select another time."
    assert hall.show(won.code) == won


def test_one_booking_may_begin_when_another_ends(engine: TheEngine) -> None:
    hall = engine.opens(a_hall())
    hall.book("hall", f"{TUESDAY} 10:00/12:00")
    hall.book("hall", f"{TUESDAY} 12:00/14:00")
    hall.book("hall", f"{TUESDAY} 09:00/10:00")
    with pytest.raises(SlotTaken):
        hall.book("hall", f"{TUESDAY} 13:00/15:00")


def test_a_booking_is_made_longer_and_shorter_in_place(engine: TheEngine) -> None:
    hall = engine.opens(a_hall())
    booked = hall.book("hall", f"{TUESDAY} 10:00/12:00")
    longer = hall.move(booked, f"{TUESDAY} 09:00/13:00")
    shorter = hall.move(longer, f"{TUESDAY} 10:30/11:30")
    assert shorter.id == booked.id
    hall.book("hall", f"{TUESDAY} 09:00/10:30")
    hall.book("hall", f"{TUESDAY} 11:30/13:00")


def test_a_car_is_picked_up_and_returned_in_office_hours_and_out_over_night(engine: TheEngine) -> None:
    cars = engine.opens(a_car_rental())
    booked = cars.book("car", f"{TUESDAY} 16:00/{THURSDAY} 10:00")
    assert booked.is_live
    for wrong in (
        f"{MONDAY} 18:00/{TUESDAY} 10:00",
        f"{MONDAY} 10:00/{MONDAY} 20:00",
        f"{MONDAY} 10:00/{SATURDAY} 10:00",
    ):
        assert "closed" in {each.code for each in cars.explain("car", wrong)}


def test_the_middle_day_of_a_long_rental_cannot_be_booked(engine: TheEngine) -> None:
    cars = engine.opens(a_car_rental())
    cars.book("car", f"{MONDAY} 16:00/{THURSDAY} 10:00")
    for inside in (
        f"{TUESDAY} 10:00/15:00",
        f"{WEDNESDAY} 09:00/17:00",
        f"{TUESDAY} 09:00/{WEDNESDAY} 17:00",
    ):
        with pytest.raises(SlotTaken):
            cars.book("car", inside)


def test_an_hour_is_kept_between_two_rentals(engine: TheEngine) -> None:
    cars = engine.opens(a_car_rental())
    cars.book("car", f"{TUESDAY} 09:00/11:00")
    with pytest.raises(SlotTaken):
        cars.book("car", f"{TUESDAY} 11:30/13:00")
    cars.book("car", f"{TUESDAY} 12:00/13:00")


def test_any_car_will_do_until_all_are_out(engine: TheEngine) -> None:
    cars = engine.opens(a_car_rental("fiat", "skoda"))
    first = cars.book("car", f"{TUESDAY} 09:00/17:00")
    second = cars.book("car", f"{TUESDAY} 10:00/12:00")
    assert {*cars.who(first), *cars.who(second)} == {"fiat", "skoda"}
    with pytest.raises(SlotTaken):
        cars.book("car", f"{TUESDAY} 11:00/15:00")


def test_a_table_takes_as_many_people_as_it_has_seats(engine: TheEngine) -> None:
    tavern = a_business("tavern", code="TAV").open_at("MO-SU 18:00-23:00")
    tavern = tavern.with_any("table", "for-two", largest_party=2).with_any(
        "table", "for-six", largest_party=6
    )
    opened = engine.opens(tavern.offering("dinner", "table", minutes=120, every=30))
    assert opened.who(opened.book("dinner", f"{TUESDAY} 19:00", people=2)) == ["for-two"]
    assert opened.times("dinner", TUESDAY, people=7) == []
    assert {each.code for each in opened.explain("dinner", f"{TUESDAY} 21:00", people=7)} == {
        "party_too_large"
    }
    assert opened.who(opened.book("dinner", f"{TUESDAY} 19:00", people=4)) == ["for-six"]
    with pytest.raises(NotBookable):
        opened.book("dinner", f"{TUESDAY} 20:00", people=4)


def test_the_customer_must_say_until_when(engine: TheEngine) -> None:
    hall = engine.opens(a_hall())
    with pytest.raises(InvalidInput) as refused:
        hall.book("hall", f"{TUESDAY} 10:00")
    assert refused.value.field == "end"
