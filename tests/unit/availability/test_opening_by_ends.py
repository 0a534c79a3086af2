"""Where only the ends of a booking must lie within opening hours: picked up today, returned tomorrow."""

from booking_adapters.memory import MemoryStore
from booking_adapters.testing.builders import a_business, a_car_rental
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.catalog.policy import Opening, Trade

SHORT_HOURS = "MO-FR 09:00-12:00"


def a_day_hire(hours: str = SHORT_HOURS, every: int | None = 60) -> OpenBusiness:
    hire = a_business("hire", code="HIRE").with_any("van", "van", hours=hours)
    hire = hire.offering(
        "day", "van", trade=Trade.ACTIVITY, minutes=24 * 60, every=every, opening=Opening.ENDS
    )
    return TheEngine(MemoryStore()).opens(hire)


def test_a_day_is_hired_over_a_closed_night() -> None:
    assert a_day_hire().times("day", "2026-03-03") == ["09:00", "10:00", "11:00"]


def test_a_day_that_would_end_on_a_closed_day_is_not_offered_nor_accepted() -> None:
    hire = a_day_hire()
    assert hire.times("day", "2026-03-06") == []
    assert [each.code for each in hire.explain("day", "2026-03-06 10:00")] == ["closed"]


def test_starts_keep_the_grid_of_the_opening() -> None:
    assert [each.code for each in a_day_hire().explain("day", "2026-03-03 09:30")] == ["off_grid"]


def test_without_a_step_a_hire_starts_when_the_shop_opens() -> None:
    hire = a_day_hire(every=None)
    assert hire.times("day", "2026-03-03") == ["09:00"]
    assert [each.code for each in hire.explain("day", "2026-03-03 10:00")] == ["off_grid"]


def test_a_hire_may_end_at_opening_and_at_closing_time_and_not_a_second_outside() -> None:
    cars = TheEngine(MemoryStore()).opens(a_car_rental())
    codes = {
        end: [each.code for each in cars.explain("car", f"2026-03-03 10:00/2026-03-04 {end}")]
        for end in ("08:59", "09:00", "12:00", "17:00", "17:01")
    }
    assert codes == {"08:59": ["closed"], "09:00": [], "12:00": [], "17:00": [], "17:01": ["closed"]}
