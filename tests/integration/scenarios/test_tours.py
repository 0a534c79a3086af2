"""SCENARIOS.md section 5: tours and classes with N seats."""

import random
from datetime import UTC, datetime

import pytest

from booking_adapters.testing.builders import a_business, a_tour
from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.availability.request import NotBookable, SoldOut
from booking_core.domain.catalog.policy import Trade
from booking_core.domain.kernel.money import Money
from booking_core.domain.pricing import (
    ChildPrice,
    Fixed,
    Levy,
    Per,
    PricedBy,
    RateCalendar,
    ServicePrice,
    Tariff,
)
from booking_core.domain.reservations.party import Customer, Party
from booking_core.domain.reservations.reservation import Reservation
from booking_core.usecases.book import BookCommand
from booking_core.usecases.search_slots import SlotQuery
from booking_core.usecases.wanted import Wanted

TUESDAY, WEDNESDAY = "2026-03-03", "2026-03-04"
DEPARTURE = f"{TUESDAY} 10:00"


def euros(text: str) -> Money:
    return Money.of(text, "EUR")


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


def a_walk() -> Tariff:
    """25 euros each, children up to five go for nothing, and a harbour fee of a euro for everybody over two."""
    rate = ServicePrice(
        calendar=RateCalendar.flat(euros("25")), per=PricedBy.PERSON, children=(ChildPrice(5, euros("0")),)
    )
    return Tariff(code="WALK", rate=rate, levies=(Levy.fee("harbour", Fixed(euros("1"), Per.PERSON, 3)),))


def wished(party: Party, seats: int | None = None) -> Wanted:
    return Wanted(service="tour", start=datetime(2026, 3, 3, 9, tzinfo=UTC), party=party, quantity=seats)


def asked(tour: OpenBusiness, party: Party, seats: int | None = None) -> Reservation:
    command = BookCommand(tenant=tour.tenant, wanted=wished(party, seats), customer=Customer(name="Ada"))
    return tour.engine.book(command)


@pytest.mark.parametrize(
    ("party", "seats", "taken", "price"),
    [
        (Party(4), None, 4, "104"),
        (Party(2, (4, 1)), None, 4, "53"),
        (Party(2, (4, 1)), 4, 4, "53"),
        (Party(1), 4, 4, "104"),
        (Party(1, (4,)), 3, 3, "53"),
    ],
)
def test_everybody_takes_a_seat_and_every_seat_is_paid(
    engine: TheEngine, party: Party, seats: int | None, taken: int, price: str
) -> None:
    tour = engine.opens(a_tour(seats=12).priced("tour", a_walk()))
    booked = asked(tour, party, seats)
    assert (booked.quantity, len(booked.allocations), booked.party) == (taken, taken, party)
    assert booked.quote is not None
    assert booked.quote.total == euros(price)


def test_more_people_than_seats_are_refused_and_not_shown_a_departure(tour: OpenBusiness) -> None:
    with pytest.raises(NotBookable) as refused:
        asked(tour, Party(3), 2)
    (violation,) = refused.value.details["violations"]
    assert (violation.code, violation.details["largest_party"]) == ("party_too_large", 2)
    assert tour.times("tour", TUESDAY, seats=2, people=3) == []
    assert tour.times("tour", TUESDAY, seats=3, people=3) == ["10:00"]


def test_a_search_for_a_party_asks_for_its_seats(tour: OpenBusiness) -> None:
    tour.book("tour", DEPARTURE, seats=9)
    window = tour.wall.period(TUESDAY)
    found = [
        len(
            tour.engine.search_slots(
                SlotQuery(tenant=tour.tenant, service="tour", window=window, party=Party(people))
            ).in_order()
        )
        for people in (3, 4)
    ]
    assert found == [1, 0]


def test_a_kayak_takes_two(engine: TheEngine) -> None:
    kayaks = engine.opens(a_tour(seats=3).changing("tour", largest_party=2))
    assert asked(kayaks, Party(3)).quantity == 2
    with pytest.raises(SoldOut):
        asked(kayaks, Party(3))
    assert asked(kayaks, Party(2)).quantity == 1


def test_a_guide_leads_the_whole_party(engine: TheEngine) -> None:
    walk = a_tour(seats=6).with_any("guide", "nora", hours="always")
    guided = engine.opens(
        walk.offering("tour", "tour", "guide", trade=Trade.ACTIVITY, minutes=180, one_of=frozenset({"guide"}))
    )
    assert asked(guided, Party(5)).quantity == 5
