"""Real threads on every storage: nobody gets what somebody else has, and nobody is turned away from a free place."""

import random
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from booking_adapters.testing.builders import Business, a_business, a_clinic, a_tour
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.availability.request import SlotTaken, SoldOut
from booking_core.domain.reservations.reservation import Reservation
from booking_core.usecases.close_resource import Closed
from tests.integration.races.rush import outcome, overlaps, places_taken, rush

THREADS, SLOTS = 16, 60
DAY = "2026-03-03"


@pytest.fixture
def engine(store: Storage) -> TheEngine:
    return TheEngine(store)


def test_sixteen_people_who_want_all_of_sixty_slots_get_each_once(engine: TheEngine) -> None:
    barber = a_business("barber", code="CUT").with_staff("ben", hours="MO-SU 06:00-21:00")
    shop = engine.opens(barber.offering("shave", "staff", minutes=15, every=15))
    times = shop.times("shave", DAY)
    assert len(times) == SLOTS

    def buy_all(first: int) -> list[object]:
        wanted = times[first:] + times[:first]
        return [outcome(partial(shop.book, "shave", f"{DAY} {time}")) for time in wanted]

    got = rush([partial(buy_all, n % 4) for n in range(THREADS)])
    answers = [each for answer in got for each in (answer if isinstance(answer, list) else [answer])]
    won = [each for each in answers if isinstance(each, Reservation)]
    lost = [each for each in answers if not isinstance(each, Reservation)]
    assert len({each.period.start for each in won}) == len(won) == SLOTS
    assert {type(each) for each in lost} == {SlotTaken}
    assert len(lost) == (THREADS - 1) * SLOTS
    assert overlaps(shop, DAY) == 0
    assert shop.times("shave", DAY) == []


def test_a_pool_sells_every_seat_that_fits_and_none_twice(engine: TheEngine, rng: random.Random) -> None:
    seats, buyers = 12, 40
    tours = engine.opens(a_tour(seats))
    parties = [rng.randint(1, 3) for _ in range(buyers)]
    got = rush([partial(tours.book, "tour", f"{DAY} 10:00", seats=party) for party in parties])
    sold = [each.quantity for each in got if isinstance(each, Reservation)]
    refused = [party for party, each in zip(parties, got, strict=True) if isinstance(each, SoldOut)]
    assert len(sold) + len(refused) == buyers, [
        each for each in got if not isinstance(each, Reservation | SoldOut)
    ]
    assert sum(sold) <= seats
    assert sum(sold) + min(refused) > seats
    assert places_taken(tours, "tour", DAY) == sum(sold)
    assert overlaps(tours, DAY) == 0


def test_ten_copies_of_one_request_are_one_reservation(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna", "bert"))
    got = rush([partial(clinic.book, "visit", f"{DAY} 10:00", key="the-same") for _ in range(10)])
    assert {type(each) for each in got} == {Reservation}
    assert len(set(got)) == 1
    assert len(clinic.slots("visit", f"{DAY} 10:00/{DAY} 10:01")) == 1


def test_of_ten_requests_for_one_place_nine_read_that_it_was_just_booked(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna"))
    got = rush([partial(clinic.book, "visit", f"{DAY} 10:00", key=f"key-{n}") for n in range(10)])
    assert [type(each) for each in got].count(Reservation) == 1
    assert [type(each) for each in got].count(SlotTaken) == 9
    assert {str(each) for each in got if isinstance(each, SlotTaken)} == {
        "This slot was just booked. Please select another time."
    }


def test_two_first_bookers_of_an_empty_departure_share_it(engine: TheEngine) -> None:
    tours = engine.opens(a_tour(12))
    for day in range(3, 8):
        got = rush([partial(tours.book, "tour", f"2026-03-{day:02} 10:00", seats=6) for _ in range(2)])
        assert {type(each) for each in got} == {Reservation}
        assert places_taken(tours, "tour", f"2026-03-{day:02}") == 12


def test_bookings_of_the_same_resources_in_opposite_order_do_not_deadlock(engine: TheEngine) -> None:
    salon = engine.opens(a_salon_that_needs_both())
    hours = [f"{DAY} {hour:02}:00" for hour in range(8, 20)]

    def buy(service: str, wanted: list[str]) -> list[object]:
        return [outcome(partial(salon.book, service, when)) for when in wanted]

    orders = [("cut", hours), ("wash", hours[::-1]), ("cut", hours[::-1]), ("wash", hours)]
    answers = [each for got in rush([partial(buy, *each) for each in orders * 2]) for each in all_of(got)]
    won = [each for each in answers if isinstance(each, Reservation)]
    assert {each.period.start for each in won} == {salon.moment(when) for when in hours}
    assert len(won) == len(hours)
    assert {type(each) for each in answers} == {Reservation, SlotTaken}
    assert all(len(each.allocations) == 2 for each in won)
    assert overlaps(salon, DAY) == 0


def a_salon_that_needs_both() -> Business:
    salon = a_business("salon", code="SALON").open_at("MO-SU 08:00-20:00")
    salon = salon.with_any("stylist", "mia").with_any("chair", "chair-1")
    return salon.offering("cut", "stylist", "chair", minutes=60, every=60).offering(
        "wash", "chair", "stylist", minutes=60, every=60
    )


def all_of(got: object) -> list[object]:
    assert isinstance(got, list), got
    return got


def test_holds_of_many_sessions_leave_one_holder(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna"))
    got = rush([partial(clinic.hold, "visit", f"{DAY} 10:00", f"session-{n}") for n in range(8)])
    assert [type(each) for each in got].count(SlotTaken) == 7
    assert overlaps(clinic, DAY) == 0


def test_a_session_that_presses_twice_at_once_has_one_hold(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna"))
    got = rush([partial(clinic.hold, "visit", f"{DAY} 10:00", "session") for _ in range(6)])
    assert len({each.id for each in got if not isinstance(each, Exception)}) == 1
    assert not [each for each in got if isinstance(each, Exception)]


def test_a_customers_limit_holds_against_simultaneous_bookings(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna").with_rule("customer_limit", live=2))
    got = rush(
        [partial(clinic.book, "visit", f"{DAY} {hour:02}:00", customer="Zoe") for hour in range(9, 17)]
    )
    assert [type(each) for each in got].count(Reservation) == 2


def test_a_closure_and_bookings_at_once_never_share_a_lane(engine: TheEngine) -> None:
    clinic: OpenBusiness = engine.opens(a_clinic().with_staff("anna"))
    times = [f"{DAY} {hour:02}:00" for hour in range(9, 16)]
    actions: list[Callable[[], Reservation | Closed]] = [
        partial(clinic.book, "visit", time) for time in times
    ]
    actions.append(partial(clinic.close, "anna", DAY))
    got = rush(actions)
    won = {each.id for each in got if isinstance(each, Reservation)}
    closed = got[-1]
    assert isinstance(closed, Closed)
    assert {each.id for each in closed.affected} == won
    assert overlaps(clinic, DAY) == 0


def test_a_hold_that_ran_out_is_cleared_away_by_whoever_comes_first(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna"))
    for hour in range(9, 17):
        when = f"{DAY} {hour:02}:00"
        clinic.hold("visit", when, "session")
        engine.clock.advance(timedelta(minutes=10))
        assert_one_gets_it(clinic, when)


def test_an_unapproved_reservation_that_ran_out_is_cleared_away_by_whoever_comes_first(
    engine: TheEngine,
) -> None:
    strict = a_clinic().with_staff("anna").under(needs_approval=True, pending_ttl=timedelta(minutes=10))
    clinic = engine.opens(strict)
    for hour in range(9, 17):
        when = f"{DAY} {hour:02}:00"
        clinic.book("visit", when)
        engine.clock.advance(timedelta(minutes=10))
        assert_one_gets_it(clinic, when)


def assert_one_gets_it(clinic: OpenBusiness, when: str) -> None:
    got = rush([partial(clinic.book, "visit", when) for _ in range(8)])
    assert [type(each) for each in got].count(Reservation) == 1
    assert [type(each) for each in got].count(SlotTaken) == 7
    assert overlaps(clinic, DAY) == 0
