"""The list of the day: who comes, and a room for each, promised or proposed. On every storage."""

from datetime import timedelta

import pytest

from booking_adapters.testing.engine import TheEngine
from booking_core.domain.frontdesk.rooms import RoomNotAssignable
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.reservations.reservation import Status
from booking_core.usecases import room_plans
from booking_core.usecases.housekeeping import RoomReport
from tests.integration.scenarios.counter import Desk

DAY = "2026-03-15"


@pytest.fixture
def desk(engine: TheEngine) -> Desk:
    return Desk(engine)


def test_a_quiet_day_has_no_arrivals(desk: Desk) -> None:
    assert desk.arrivals() == {}
    assert desk.arrivals(DAY) == {}


def test_every_guest_of_the_day_is_proposed_a_room_and_each_another(desk: Desk) -> None:
    desk.a_guest("Ada")
    desk.a_guest("Bob", rooms=2)
    desk.a_guest("Cem", nights="2026-03-18/2026-03-19")
    found = desk.arrivals(DAY)
    assert set(found) == {"Ada", "Bob"}
    assert sorted(found["Ada"] + found["Bob"]) == ["301", "302", "303"]


def test_the_day_is_that_of_the_hotels_clock(desk: Desk) -> None:
    guest = desk.a_guest("Ada")
    desk.it_is_at_least(guest.period.start - timedelta(hours=15, seconds=1))
    assert desk.arrivals() == {}, "it is a minute to midnight in New York"
    desk.it_is_at_least(guest.period.start - timedelta(hours=15))
    assert desk.arrivals() == {"Ada": ["301"]}


def test_a_promised_room_stays_and_the_others_are_proposed_around_it(desk: Desk) -> None:
    ada, bob = desk.a_guest("Ada"), desk.a_guest("Bob", rooms=2)
    desk.lock(bob, "301", 1)
    assert desk.arrivals(DAY) == {"Ada": ["302"], "Bob": ["303", "301!"]}
    desk.lock(ada, "303")
    assert desk.arrivals(DAY) == {"Ada": ["303!"], "Bob": ["302", "301!"]}


def test_a_promise_taken_back_is_proposed_first(desk: Desk) -> None:
    ada = desk.a_guest("Ada")
    desk.lock(ada, "303")
    desk.lock(ada, None)
    assert desk.arrivals(DAY) == {"Ada": ["303"]}
    with pytest.raises(InvalidInput, match="no locked room"):
        desk.lock(ada, None)


def test_a_room_is_proposed_though_it_is_not_ready_yet_but_never_out_of_order(desk: Desk) -> None:
    desk.a_guest("Ada")
    desk.report("301", RoomReport.OUT_OF_ORDER)
    desk.report("302", RoomReport.NEEDS_CLEANING)
    desk.report("303", RoomReport.NEEDS_CLEANING)
    assert desk.arrivals(DAY) == {"Ada": ["302"]}


def test_where_rooms_lack_the_list_says_so(desk: Desk) -> None:
    desk.a_guest("Ada", rooms=3)
    desk.report("301", RoomReport.OUT_OF_ORDER)
    assert len(desk.arrivals(DAY)["Ada"]) == 2


def test_who_is_here_or_cancelled_is_no_longer_expected(desk: Desk) -> None:
    ada, bob = desk.a_guest("Ada"), desk.a_guest("Bob")
    desk.hotel.cancel(bob)
    desk.arrives(ada)
    assert desk.arrivals() == {}


def test_a_guest_who_is_proposed_a_room_gets_it_when_it_is_ready(desk: Desk) -> None:
    ada, bob = desk.a_guest("Ada"), desk.a_guest("Bob")
    proposed = desk.arrivals(DAY)
    assert [*desk.arrives(ada)] == proposed["Ada"]
    assert desk.arrivals() == {"Bob": proposed["Bob"]}
    desk.report("302", RoomReport.OUT_OF_ORDER)
    assert desk.arrives(bob) == ("303",)


def test_where_no_room_is_ready_nobody_checks_in(desk: Desk) -> None:
    guest = desk.a_guest("Ada", rooms=2)
    for key in ("302", "303"):
        desk.report(key, RoomReport.NEEDS_CLEANING)
    with pytest.raises(RoomNotAssignable) as refused:
        desk.arrives(guest)
    assert refused.value.details == {"wanted": 2, "ready": 1}
    assert desk.hotel.show(guest.code).status is Status.CONFIRMED


@pytest.mark.parametrize("number", [-1, 1])
def test_a_room_is_promised_only_for_what_was_booked(desk: Desk, number: int) -> None:
    guest = desk.a_guest("Ada")
    with pytest.raises(InvalidInput, match="number"):
        desk.lock(guest, "301", number)


def test_in_a_busy_house_only_those_are_looked_at_who_can_be_in_the_way(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in range(4, 26, 3):
        desk.a_guest(f"of the {day}th", nights=f"2026-03-{day:02}/2026-03-{day + 3:02}", rooms=2)
    guest = desk.a_guest("Zoe", nights="2026-03-15/2026-03-18")
    monkeypatch.setattr(room_plans, "MOST_PLACES", 7)
    monkeypatch.setattr(room_plans, "MOST_OF_A_PAGE", 4)
    found = desk.arrivals("2026-03-19")
    assert [(name, len(rooms)) for name, rooms in found.items()] == [("of the 19th", 2)]
    assert len(desk.arrives(guest)) == 1
    monkeypatch.setattr(room_plans, "MOST_PLACES", 1)
    assert desk.arrivals("2026-03-19") == {"of the 19th": []}, "not even one fits"
