"""SCENARIOS.md section 5: tours and classes with N seats."""

import random

import pytest

from booking_adapters.testing.builders import a_business, a_tour
from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.availability.request import NotBookable, SoldOut
from booking_core.domain.catalog.policy import Trade
from booking_core.domain.reservations.reservation import Reservation

TUESDAY, WEDNESDAY = "2026-03-03", "2026-03-04"
DEPARTURE = f"{TUESDAY} 10:00"


@pytest.fixture
def tour(engine: TheEngine) -> OpenBusiness:
    return engine.opens(a_tour(seats=12))


def test_it_departs_once_a_day(tour: OpenBusiness) -> None:
    assert tour.times("tour", TUESDAY) == ["10:00"]
    assert [each.code for each in tour.explain("tour", f"{TUESDAY} 10:15")] == ["closed"]


def test_a_party_gets_all_its_seats_or_none(tour: OpenBusiness) -> None:
    tour.book("tour", DEPARTURE, seats=10)
    with pytest.raises(SoldOut, match="only 2 places available") as refused:
        tour.book("tour", DEPARTURE, seats=3)
    (violation,) = refused.value.details["violations"]
    assert (violation.details["left"], violation.details["wanted"]) == (2, 3)
    assert tour.times("tour", TUESDAY, seats=3) == []
    assert tour.times("tour", TUESDAY, seats=2) == ["10:00"]
    assert len(tour.book("tour", DEPARTURE, seats=2).allocations) == 2
    assert tour.times("tour", TUESDAY) == []
    assert tour.times("tour", WEDNESDAY, seats=12) == ["10:00"]


def test_two_first_bookers_share_an_empty_departure(tour: OpenBusiness) -> None:
    outcomes = all_at_once(*[lambda: tour.book("tour", DEPARTURE, seats=6) for _ in range(2)])
    assert all(isinstance(each, Reservation) for each in outcomes), outcomes
    assert tour.times("tour", TUESDAY) == []


def test_the_last_seats_are_never_sold_twice(tour: OpenBusiness) -> None:
    tour.book("tour", DEPARTURE, seats=9)
    outcomes = all_at_once(*[lambda: tour.book("tour", DEPARTURE, seats=3) for _ in range(6)])
    assert sum(isinstance(each, Reservation) for each in outcomes) == 1
    assert sum(isinstance(each, SoldOut) for each in outcomes) == 5, outcomes


def test_a_rush_of_parties_fills_the_boat_and_no_more(tour: OpenBusiness, rng: random.Random) -> None:
    parties = [rng.randint(1, 3) for _ in range(16)]
    acts = [lambda each=each: tour.book("tour", DEPARTURE, seats=each) for each in parties]
    outcomes = all_at_once(*acts)
    sold = sum(each.quantity for each in outcomes if isinstance(each, Reservation))
    assert all(isinstance(each, Reservation | SoldOut) for each in outcomes), outcomes
    refused = [seats for seats, each in zip(parties, outcomes, strict=True) if isinstance(each, SoldOut)]
    assert sold <= 12
    assert all(sold + seats > 12 for seats in refused)


def test_a_cancelled_party_gives_its_seats_back(tour: OpenBusiness) -> None:
    party = tour.book("tour", DEPARTURE, seats=12)
    tour.cancel(party)
    assert tour.book("tour", DEPARTURE, seats=12).is_live


def test_a_party_grows_and_shrinks_on_its_departure(tour: OpenBusiness) -> None:
    party = tour.book("tour", DEPARTURE, seats=8)
    assert tour.move(party, DEPARTURE, seats=12).quantity == 12
    assert tour.move(party, DEPARTURE, seats=2).quantity == 2
    tour.book("tour", DEPARTURE, seats=10)
    with pytest.raises(SoldOut):
        tour.move(party, DEPARTURE, seats=3)


def test_more_seats_than_the_boat_has_are_never_offered(tour: OpenBusiness) -> None:
    assert tour.times("tour", TUESDAY, seats=13) == []
    with pytest.raises(SoldOut):
        tour.book("tour", DEPARTURE, seats=13)


def test_one_booking_takes_as_many_places_as_allowed(engine: TheEngine) -> None:
    tour = engine.opens(a_tour().with_rule("places", minimum=2, maximum=4))
    for seats in (1, 5):
        with pytest.raises(NotBookable) as refused:
            tour.book("tour", DEPARTURE, seats=seats)
        assert [each.code for each in refused.value.details["violations"]] == ["places"]
        assert tour.times("tour", TUESDAY, seats=seats) == []
    assert tour.book("tour", DEPARTURE, seats=4).is_live


def test_an_allowance_is_sold_beyond_the_capacity_on_purpose(engine: TheEngine) -> None:
    tour = engine.opens(a_tour(seats=10).changing("tour", allowance=2))
    assert tour.book("tour", DEPARTURE, seats=12).is_live
    with pytest.raises(SoldOut):
        tour.book("tour", DEPARTURE)


def test_a_private_class_takes_its_seats_and_one_teacher(engine: TheEngine) -> None:
    school = (
        a_business("school", code="SCHOOL").with_any("seat", "mats", capacity=8).with_any("teacher", "tara")
    )
    school = school.offering(
        "yoga", "seat", "teacher", one_of=frozenset({"teacher"}), trade=Trade.ACTIVITY, minutes=60, every=60
    )
    opened = engine.opens(school)
    booked = opened.book("yoga", f"{TUESDAY} 09:00", seats=5)
    taken = [opened.business.catalog.resource(each.resource).key for each in booked.allocations]
    assert sorted(taken) == ["mats"] * 5 + ["tara"]


def test_desks_that_fit_by_load_are_never_refused_for_fragmentation(engine: TheEngine) -> None:
    studio = a_business("studio", code="STUDIO").with_any("desk", "desks", capacity=3)
    opened = engine.opens(studio.offering("desk", "desk", trade=Trade.RENTAL))
    for hour in range(9, 17):
        interval = f"{TUESDAY} {hour:02}:00/{hour + 1:02}:00"
        crowded = opened.book("desk", interval, seats=3)
        opened.move(crowded, interval, seats=1)
    for _ in range(2):
        assert opened.book("desk", f"{TUESDAY} 09:00/17:00").is_live
    with pytest.raises(SoldOut):
        opened.book("desk", f"{TUESDAY} 12:30/13:30")


def test_with_one_person_a_seat_nobody_brings_more_people_than_they_take_seats(engine: TheEngine) -> None:
    tour = engine.opens(a_tour().changing("tour", largest_party=1))
    with pytest.raises(NotBookable) as refused:
        tour.book("tour", DEPARTURE, seats=2, people=3)
    assert [each.code for each in refused.value.details["violations"]] == ["party_too_large"]
    assert tour.book("tour", DEPARTURE, seats=3, people=2).is_live  # an empty seat is a seat, and nobody


def test_a_guide_with_a_place_for_each_seat_is_shared_by_the_parties_of_a_departure(
    engine: TheEngine,
) -> None:
    company = a_business("walks", code="WALK").open_at("MO-SU 10:00-12:00")
    company = company.with_any("walk", "walk", capacity=12).with_any("guide", "gil", capacity=12)
    walks = engine.opens(company.offering("walk", "walk", "guide", trade=Trade.ACTIVITY, minutes=120))
    for seats in (5, 4, 3):
        assert walks.who(walks.book("walk", DEPARTURE, seats=seats)) == ["walk", "gil"]
    with pytest.raises(SoldOut):
        walks.book("walk", DEPARTURE)
