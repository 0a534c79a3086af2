"""Closing and reopening: what is booked stays, what is not cannot be booked, and cancelling does not open."""

import pytest

from booking_adapters.testing.builders import a_clinic, a_hall, a_tour, cabins, grand_hotel
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.availability.request import NotBookable, SoldOut

TUESDAY = "2026-03-03"


def test_a_closed_hall_cannot_be_booked_until_it_is_reopened(engine: TheEngine) -> None:
    hall = engine.opens(a_hall())
    closed = hall.close("hall", f"{TUESDAY} 10:00/14:00", reason="floor polish")
    for interval in ("10:00/11:00", "09:00/10:15", "13:00/15:00", "08:00/22:00"):
        with pytest.raises(NotBookable) as refused:
            hall.book("hall", f"{TUESDAY} {interval}")
        assert [each.code for each in refused.value.details["violations"]] == ["closed"]
    hall.book("hall", f"{TUESDAY} 08:00/10:00")
    hall.reopen(closed.closure)
    hall.book("hall", f"{TUESDAY} 10:00/14:00")


def test_staff_are_told_what_is_booked_inside(engine: TheEngine) -> None:
    hall = engine.opens(a_hall())
    inside = hall.book("hall", f"{TUESDAY} 10:00/12:00")
    called_off = hall.book("hall", f"{TUESDAY} 12:00/13:00")
    hall.book("hall", f"{TUESDAY} 14:00/15:00")
    hall.cancel(called_off)
    closed = hall.close("hall", f"{TUESDAY} 11:00/14:00")
    assert closed.affected == (inside,)
    assert hall.show(inside.code).is_live


def test_a_booking_cancelled_inside_a_closure_opens_nothing(engine: TheEngine) -> None:
    hall = engine.opens(a_hall())
    inside = hall.book("hall", f"{TUESDAY} 10:00/12:00")
    closed = hall.close("hall", TUESDAY)
    hall.cancel(inside)
    with pytest.raises(NotBookable) as refused:
        hall.book("hall", f"{TUESDAY} 10:00/12:00")
    assert [each.code for each in refused.value.details["violations"]] == ["closed"]
    hall.reopen(closed.closure)
    assert hall.book("hall", f"{TUESDAY} 10:00/12:00").is_live


def test_a_booking_inside_a_closure_stays_when_it_is_reopened(engine: TheEngine) -> None:
    hall = engine.opens(a_hall())
    inside = hall.book("hall", f"{TUESDAY} 10:00/12:00")
    hall.reopen(hall.close("hall", TUESDAY).closure)
    with pytest.raises(NotBookable):
        hall.book("hall", f"{TUESDAY} 11:00/13:00")
    assert hall.show(inside.code) == inside


def test_closures_may_overlap_and_each_counts_until_it_ends(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna", hours="MO-FR 09:00-12:00"))
    sick = clinic.close("anna", f"{TUESDAY} 08:00/13:00").closure
    course = clinic.close("anna", f"{TUESDAY} 10:00/17:00").closure
    clinic.reopen(sick)
    assert clinic.times("visit", TUESDAY) == ["09:00", "09:15"]
    clinic.reopen(course)
    assert len(clinic.times("visit", TUESDAY)) == 11


def test_some_places_of_a_pool_are_closed(engine: TheEngine) -> None:
    tour = engine.opens(a_tour(seats=12))
    tour.book("tour", f"{TUESDAY} 10:00", seats=5)
    broken = tour.close("tour", TUESDAY, places=4).closure
    with pytest.raises(SoldOut, match="only 3 places"):
        tour.book("tour", f"{TUESDAY} 10:00", seats=4)
    tour.book("tour", f"{TUESDAY} 10:00", seats=3)
    tour.reopen(broken)
    assert tour.book("tour", f"{TUESDAY} 10:00", seats=4).is_live


def test_places_that_are_sold_cannot_be_closed(engine: TheEngine) -> None:
    tour = engine.opens(a_tour(seats=12))
    tour.book("tour", f"{TUESDAY} 10:00", seats=10)
    with pytest.raises(SoldOut):
        tour.close("tour", TUESDAY, places=3)
    assert tour.book("tour", f"{TUESDAY} 10:00", seats=2).is_live


def test_a_closed_room_type_sells_no_night_of_it(engine: TheEngine) -> None:
    hotel = engine.opens(grand_hotel(rooms=3))
    hotel.close("deluxe-king", "2026-03-17")
    assert hotel.stays("2026-03-15/2026-03-18") == []
    assert len(hotel.stays("2026-03-18/2026-03-19")) == 1


def test_a_stay_goes_to_a_cabin_that_is_open_throughout(engine: TheEngine) -> None:
    camp = engine.opens(cabins(2))
    camp.close("cabin-1", "2026-03-16")
    assert camp.who(camp.book("cabin", "2026-03-15/2026-03-18")) == ["cabin-2"]
    assert [offer.resource.key for offer in camp.stays("2026-03-18/2026-03-20")] == ["cabin-1", "cabin-2"]


def test_a_lapsed_hold_is_no_hindrance_to_a_closure(engine: TheEngine) -> None:
    hall = engine.opens(a_hall())
    held = hall.hold("hall", f"{TUESDAY} 10:00/12:00", "ada")
    engine.clock.set(held.expires_at)
    closed = hall.close("hall", f"{TUESDAY} 08:00/22:00")
    assert [each.period for each in closed.closure.allocations] == [closed.closure.period]
