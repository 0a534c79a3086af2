"""The wall clock is what counts, on days of 23 and of 25 hours too; and what is shown can be booked."""

from itertools import pairwise

import pytest

from booking_adapters.testing.builders import a_clinic, a_hall
from booking_adapters.testing.engine import TheEngine

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo"]


@pytest.mark.parametrize("place", ZONES)
def test_the_only_weekly_slot_at_half_past_twelve_stays_there_all_year(engine: TheEngine, place: str) -> None:
    clinic = a_clinic().in_zone(place).with_staff("anna", hours="SU 12:30-13:00")
    opened = engine.opens(clinic)
    quarters = [("2026-03-08", "2026-06-01"), ("2026-06-01", "2026-09-01"), ("2026-09-01", "2026-11-30")]
    slots = [slot for first, last in quarters for slot in opened.slots("visit", f"{first}/{last}")]
    assert len(slots) == 39
    assert {slot.start.astimezone(opened.wall.zone).strftime("%a %H:%M") for slot in slots} == {"Sun 12:30"}
    for slot in slots:
        local = slot.start.astimezone(opened.wall.zone)
        assert opened.book("visit", f"{local:%Y-%m-%d} 12:30").period.start == slot.start
    assert opened.slots("visit", "2026-03-08/2026-06-01") == []


def test_slots_of_the_shortest_and_of_the_longest_day(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna", hours="SA-MO 01:00-04:00"))
    ordinary = len(clinic.slots("visit", "2026-03-28"))
    assert len(clinic.slots("visit", "2026-03-29")) == ordinary - 4  # 02:00 to 03:00 does not happen
    assert len(clinic.slots("visit", "2026-10-25")) == ordinary + 4  # 02:00 to 03:00 happens twice
    for day in ("2026-03-29", "2026-10-25"):
        slots = clinic.slots("visit", day)
        assert all(later.start > earlier.start for earlier, later in pairwise(slots))
        assert all((slot.end - slot.start).total_seconds() == 1800 for slot in slots)


def test_an_opening_on_a_changing_day_is_what_the_wall_clock_says(engine: TheEngine) -> None:
    hall = engine.opens(a_hall())
    for day, hours in (("2026-03-28", 14), ("2026-03-29", 14), ("2026-10-25", 14)):
        assert hall.book("hall", f"{day} 08:00/22:00").period.duration.total_seconds() == hours * 3600


def test_a_booking_over_the_night_of_the_change_counts_elapsed_time(engine: TheEngine) -> None:
    hall = engine.opens(a_hall().changing("hall", schedule=a_hall().open_at("always").hours))
    night = "2026-03-28 20:00/2026-03-29 10:00"
    assert [each.code for each in hall.explain("hall", "2026-03-28 20:00/2026-03-29 11:15")] == ["length"]
    assert hall.book("hall", night).period.duration.total_seconds() == 13 * 3600
