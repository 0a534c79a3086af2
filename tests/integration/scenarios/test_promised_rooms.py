"""Promised rooms and guests who move to other dates: nobody's promise stands in the way of all the others."""

import pytest

from booking_adapters.testing.engine import TheEngine
from booking_core.domain.reservations.reservation import Reservation
from tests.integration.scenarios.counter import Desk

EARLY, LATE = "2026-03-10/2026-03-12", "2026-03-15/2026-03-18"


@pytest.fixture
def desk(engine: TheEngine) -> Desk:
    return Desk(engine)


@pytest.fixture
def ada(desk: Desk) -> Reservation:
    """She was promised 301 for the earlier dates, and Bob for the later ones."""
    ada, bob = desk.a_guest("Ada", nights=EARLY), desk.a_guest("Bob", nights=LATE)
    desk.lock(ada, "301")
    desk.lock(bob, "301")
    return ada


def alerts(desk: Desk) -> list[str]:
    with desk.hotel.engine.store.reading(desk.tenant) as tx:
        return [alert.kind for alert in tx.alerts.open(9)]


def test_a_promise_moves_with_its_guest_where_the_room_is_free(desk: Desk, ada: Reservation) -> None:
    desk.hotel.move(ada, "2026-03-12/2026-03-14")
    desk.what_follows()
    assert desk.arrivals("2026-03-12") == {"Ada": ["301!"]}
    assert alerts(desk) == []


def test_who_moves_into_somebody_elses_promise_loses_their_own_and_staff_are_told(
    desk: Desk, ada: Reservation
) -> None:
    desk.hotel.move(ada, LATE)
    desk.what_follows()
    found = desk.arrivals("2026-03-15")
    assert found["Bob"] == ["301!"]
    assert found["Ada"] in (["302"], ["303"])
    assert alerts(desk) == ["promise_broken"]


def test_before_anything_followed_everybody_is_still_proposed_a_room_of_their_own(
    desk: Desk, ada: Reservation
) -> None:
    moved = desk.hotel.move(ada, LATE)
    found = desk.arrivals("2026-03-15")
    assert len({room.strip("!") for rooms in found.values() for room in rooms}) == 2
    assert len(desk.arrives(moved, "302")) == 1


def test_a_guest_who_is_cancelled_after_a_move_needs_nothing(desk: Desk, ada: Reservation) -> None:
    desk.hotel.cancel(desk.hotel.move(ada, LATE))
    desk.what_follows()
    assert alerts(desk) == []
    assert desk.arrivals("2026-03-15") == {"Bob": ["301!"]}


def test_a_promise_for_a_place_that_is_given_up_is_void(desk: Desk) -> None:
    party = desk.a_guest("Ada", rooms=2, nights=EARLY)
    desk.lock(party, "303", 1)
    desk.hotel.move(party, EARLY, seats=1)
    desk.what_follows()
    assert desk.arrivals("2026-03-10") == {"Ada": ["301"]}
    assert alerts(desk) == ["promise_broken"]


def test_a_promised_room_that_is_gone_from_the_catalog_keeps_nobody_from_checking_in(
    desk: Desk, ada: Reservation
) -> None:
    hotel = desk.hotel.business
    (resource,) = (each for each in hotel.catalog.resources.values() if each.units)
    desk.hotel.becomes(hotel.changing("deluxe-king", units=resource.units[1:]).revised())
    assert desk.arrivals("2026-03-10") == {"Ada": ["302"]}
    moved = desk.hotel.move(ada, "2026-03-12/2026-03-14")
    desk.what_follows()
    assert alerts(desk) == ["promise_broken"]
    assert desk.arrives(moved) == ("302",)


def test_a_reservation_of_what_has_no_rooms_any_more_is_promised_none(desk: Desk, ada: Reservation) -> None:
    hotel = desk.hotel.business
    desk.hotel.becomes(hotel.changing("deluxe-king", units=()).revised())
    desk.hotel.move(ada, "2026-03-12/2026-03-14")
    desk.what_follows()
    assert alerts(desk) == ["promise_broken"]
    assert desk.arrivals("2026-03-12") == {}
