"""SCENARIOS.md section 2: a clinic with staff, buffers and weekly hours."""

from datetime import date, timedelta

import pytest

from booking_adapters.testing.ambient import ListedHolidays
from booking_adapters.testing.builders import a_clinic, weekly_hours
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.availability.request import NotBookable, SlotTaken
from booking_core.domain.catalog.schedule import Window
from booking_core.domain.kernel.errors import InvalidTransition
from booking_core.domain.reservations.reservation import Status

MONDAY, TUESDAY, WEDNESDAY, SUNDAY = "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-08"


def test_candidates_start_every_quarter_of_an_hour_and_end_inside_opening_hours(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna", hours="MO-FR 09:00-11:00"))
    assert clinic.times("visit", TUESDAY) == ["09:00", "09:15", "09:30", "09:45", "10:00", "10:15", "10:30"]


def test_the_ten_o_clock_appointment_occupies_ten_to_ten_until_twenty_five_to_eleven(
    engine: TheEngine,
) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna", hours="MO-FR 09:00-12:00"))
    booked = clinic.book("visit", f"{TUESDAY} 10:00")
    (occupied,) = booked.allocations
    assert clinic.wall.shown(occupied.period.start) == "09:50"
    assert clinic.wall.shown(occupied.period.end) == "10:35"
    assert booked.period.duration == timedelta(minutes=30)
    # 09:15 ends, with its buffer, at 09:50; 10:45 begins, with its buffer, at 10:35.
    assert clinic.times("visit", TUESDAY) == ["09:00", "09:15", "10:45", "11:00", "11:15", "11:30"]


def test_staff_work_several_windows_a_day_each_with_hours_of_their_own(engine: TheEngine) -> None:
    clinic = a_clinic().with_staff("anna", hours="MO-FR 09:00-10:00 13:00-14:00")
    clinic_open = engine.opens(clinic.with_staff("ben", hours="TU 09:30-10:30"))
    assert clinic_open.times("visit", MONDAY) == ["09:00", "09:15", "09:30", "13:00", "13:15", "13:30"]
    assert clinic_open.times("visit", TUESDAY, by=["ben"]) == ["09:30", "09:45", "10:00"]
    assert clinic_open.times("visit", SUNDAY) == []


def test_a_date_has_hours_of_its_own_and_another_none(engine: TheEngine) -> None:
    hours = weekly_hours(
        "MO-FR 09:00-10:00",
        overrides={date(2026, 3, 8): [Window.of("12:00", "12:30")]},
        closed_dates=[date(2026, 3, 3)],
    )
    clinic = engine.opens(a_clinic().with_staff("anna", hours=hours))
    assert clinic.times("visit", SUNDAY) == ["12:00"]
    assert clinic.times("visit", TUESDAY) == []
    assert [each.code for each in clinic.explain("visit", f"{TUESDAY} 09:00")] == ["closed"]


def test_time_off_takes_the_appointments_of_that_time_and_no_others(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna", "ben", hours="MO-FR 09:00-10:30"))
    clinic.close("anna", f"{TUESDAY} 09:00/10:00", reason="dentist")
    # 10:00 would begin, with its buffer, ten minutes before she is back.
    assert clinic.times("visit", TUESDAY, by=["anna"]) == []
    assert len(clinic.times("visit", TUESDAY, by=["ben"])) == 5
    assert clinic.who(clinic.book("visit", f"{TUESDAY} 09:30")) == ["ben"]


def test_a_customer_may_choose_who_serves_them(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna", "ben"))
    assert clinic.who(clinic.book("visit", f"{TUESDAY} 10:00", by=["ben"])) == ["ben"]
    with pytest.raises(SlotTaken, match="just booked"):
        clinic.book("visit", f"{TUESDAY} 10:15", by=["ben"])
    assert clinic.who(clinic.book("visit", f"{TUESDAY} 10:15")) == ["anna"]


def test_a_move_keeps_identity_number_and_history(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna"))
    booked = clinic.book("visit", f"{TUESDAY} 10:00")
    moved = clinic.move(booked, f"{WEDNESDAY} 14:00")
    assert (moved.id, moved.code) == (booked.id, booked.code)
    assert [(step.status, step.note) for step in moved.history] == [
        (Status.CONFIRMED, ""),
        (Status.CONFIRMED, "moved"),
    ]
    assert clinic.show(booked.code) == moved
    assert "10:00" in clinic.times("visit", TUESDAY)
    assert "14:00" not in clinic.times("visit", WEDNESDAY)


def test_a_move_by_a_quarter_of_an_hour_is_not_in_its_own_way(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna", hours="MO-FR 09:00-11:00"))
    booked = clinic.book("visit", f"{TUESDAY} 10:00")
    assert clinic.times("visit", TUESDAY) == ["09:00", "09:15"]
    offered = clinic.times("visit", TUESDAY, moving=booked)
    assert offered == ["09:00", "09:15", "09:30", "09:45", "10:00", "10:15", "10:30"]
    for time in offered:
        booked = clinic.move(booked, f"{TUESDAY} {time}")
    assert clinic.times("visit", TUESDAY, moving=booked) == offered


def test_a_move_onto_another_appointment_changes_nothing(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna"))
    clinic.book("visit", f"{TUESDAY} 14:00")
    booked = clinic.book("visit", f"{TUESDAY} 10:00")
    with pytest.raises(SlotTaken):
        clinic.move(booked, f"{TUESDAY} 14:15")
    assert clinic.show(booked.code) == booked
    assert "10:00" not in clinic.times("visit", TUESDAY)


def test_a_move_stays_with_the_same_person_unless_somebody_else_is_wanted(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna", "ben"))
    booked = clinic.book("visit", f"{TUESDAY} 10:00", by=["ben"])
    clinic.book("visit", f"{TUESDAY} 14:00", by=["ben"])
    with pytest.raises(SlotTaken):
        clinic.move(booked, f"{TUESDAY} 14:00")
    assert clinic.who(clinic.move(booked, f"{TUESDAY} 14:00", anybody=True)) == ["anna"]
    assert clinic.who(clinic.move(booked, f"{TUESDAY} 11:00", by=["ben"])) == ["ben"]


def test_a_cancelled_appointment_is_free_at_once_and_final(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna"))
    booked = clinic.book("visit", f"{TUESDAY} 10:00")
    cancelled = clinic.cancel(booked, "ill")
    assert cancelled.status is Status.CANCELLED
    assert cancelled.history[-1].note == "ill"
    again = clinic.book("visit", f"{TUESDAY} 10:00", customer="Eve")
    assert again.id != booked.id
    for act in (clinic.cancel, clinic.confirm, lambda gone: clinic.move(gone, f"{TUESDAY} 15:00")):
        with pytest.raises(InvalidTransition):
            act(booked)


def test_public_holidays_are_kept_by_those_who_keep_them(engine: TheEngine) -> None:
    clinic = a_clinic().with_staff("anna", hours="MO-SU 09:00-10:00").keeping_holidays("DE-BY")
    clinic = clinic.with_staff("ben", hours=weekly_hours("MO-SU 09:00-10:00"))
    engine = TheEngine(engine.store, holidays=ListedHolidays({"DE-BY": [date(2026, 3, 3)]}))
    opened = engine.opens(clinic)
    assert opened.times("visit", TUESDAY, by=["anna"]) == []
    assert len(opened.times("visit", TUESDAY, by=["ben"])) == 3
    with pytest.raises(NotBookable):
        opened.book("visit", f"{TUESDAY} 09:00", by=["anna"])
