"""What changes the places, prices or restrictions of a date is told to whoever sells it, as it stands by then."""

from datetime import date, timedelta

import pytest

from booking_adapters.testing.builders import (
    a_car_rental,
    a_practice,
    a_tour,
    cabins,
    grand_hotel,
    nightly,
)
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.catalog.policy import Trade
from booking_core.domain.channels.restrictions import DepartureDating, Restriction
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.pricing.rates import (
    NightlyRate,
    PricedBy,
    RateCalendar,
    Season,
    ServicePrice,
)
from booking_core.domain.pricing.tariff import Tariff
from tests.integration.channels.outlet import Outlet, a_hotel


def test_what_is_listed_is_told_as_a_whole(engine: TheEngine) -> None:
    outlet = Outlet.of(engine, grand_hotel())
    outlet.lists("deluxe-king", "deluxe-king", days=40)
    assert outlet.pushes() == 2, "in stretches"
    told = outlet.told()
    assert (len(told), told[0], told[-1]) == (40, "03-02", "04-10")
    assert outlet.left("2026-03-02", 40) == [5] * 40
    assert outlet.pushes() == 0


def test_a_booking_takes_its_nights_and_a_cancellation_gives_them_back(engine: TheEngine) -> None:
    outlet = a_hotel(engine)
    booked = outlet.house.book("deluxe-king", "2026-03-05/2026-03-08")
    outlet.pushes()
    assert outlet.told() == ["03-05", "03-06", "03-07"], "not the day of departure"
    assert outlet.left("2026-03-04", 5) == [5, 4, 4, 4, 5]
    outlet.house.cancel(booked)
    outlet.pushes()
    assert outlet.left("2026-03-04", 5) == [5] * 5


def test_a_move_tells_of_where_it_came_from_and_where_it_went(engine: TheEngine) -> None:
    outlet = a_hotel(engine)
    booked = outlet.house.book("deluxe-king", "2026-03-05/2026-03-07")
    outlet.pushes()
    outlet.told()
    outlet.house.move(booked, "2026-03-10/2026-03-12")
    outlet.pushes()
    assert outlet.told() == ["03-05", "03-06", "03-10", "03-11"]
    assert outlet.left("2026-03-05", 7) == [5, 5, 5, 5, 5, 4, 4]


def test_holds_and_closures_take_and_give_back(engine: TheEngine) -> None:
    outlet = a_hotel(engine)
    hold = outlet.house.hold("deluxe-king", "2026-03-05/2026-03-06", "anna")
    outlet.pushes()
    assert outlet.left("2026-03-05", 1) == [4]
    outlet.house.release(hold, "anna")
    outlet.pushes()
    assert outlet.left("2026-03-05", 1) == [5]
    closed = outlet.house.close("deluxe-king", "2026-03-09 00:00/2026-03-10 00:00", places=2)
    outlet.pushes()
    assert outlet.left("2026-03-07", 4) == [5, 3, 3, 5], "the night before it is cut as well"
    outlet.house.reopen(closed.closure)
    outlet.house.close("deluxe-king", "2026-03-09 16:00/2026-03-10 11:00")
    outlet.pushes()
    assert outlet.left("2026-03-07", 4) == [5, 5, 0, 5]


def test_a_hold_that_runs_out_is_given_back(engine: TheEngine) -> None:
    outlet = a_hotel(engine)
    outlet.house.hold("deluxe-king", "2026-03-05/2026-03-06", "anna")
    outlet.pushes()
    outlet.waits(minutes=30)
    outlet.house.time_passes()
    outlet.pushes()
    assert outlet.left("2026-03-05", 1) == [5]


def test_what_is_told_is_what_stands_when_it_is_told(engine: TheEngine) -> None:
    outlet = a_hotel(engine)
    for _ in range(3):
        outlet.house.book("deluxe-king", "2026-03-05/2026-03-06")
    assert outlet.pushes() == 1, "three bookings are one exchange"
    assert outlet.told() == ["03-05"]
    assert outlet.left("2026-03-05", 1) == [2]


def test_more_is_never_sold_than_there_is(engine: TheEngine) -> None:
    outlet = a_hotel(engine, rooms=2)
    outlet.house.book("deluxe-king", "2026-03-05/2026-03-06", seats=2)
    outlet.house.becomes(grand_hotel(2).with_any("deluxe-king", hours="always").revised())
    outlet.pushes()
    assert outlet.left("2026-03-05", 2) == [0, 2]


def priced_hotel(engine: TheEngine, rate: NightlyRate) -> Outlet:
    outlet = Outlet.of(engine, grand_hotel().priced("deluxe-king", Tariff(code="bar", rate=rate)))
    outlet.lists("deluxe-king", "deluxe-king")
    outlet.pushes()
    outlet.told()
    return outlet


def test_a_price_is_told_and_a_date_without_a_rate_is_stopped(engine: TheEngine) -> None:
    first, end = (date.fromisoformat(each) for each in ("2026-03-02", "2026-03-05"))
    season = Season(name="spring", start=first, end=end, amount=Money(189_00, "USD"))
    outlet = priced_hotel(engine, NightlyRate(calendar=RateCalendar(currency="USD", seasons=(season,))))
    assert outlet.night("2026-03-04").price == Money(189_00, "USD")
    unpriced = outlet.night("2026-03-05")
    assert (unpriced.price, unpriced.left, unpriced.restriction.is_stopped) == (None, 0, True)


def test_another_rate_or_restriction_is_told_for_every_date(engine: TheEngine) -> None:
    outlet = priced_hotel(engine, NightlyRate(calendar=RateCalendar.flat(Money(100_00, "USD"))))
    dearer = grand_hotel().priced("deluxe-king", nightly("bar", Money(120_00, "USD"))).revised()
    outlet.house.becomes(
        dearer.with_rule("closed_to_arrival", dates=["2026-03-04"]).with_rule("nights", maximum=7)
    )
    outlet.pushes()
    assert len(outlet.told()) == 14
    night = outlet.night("2026-03-04")
    assert night.price == Money(120_00, "USD")
    assert night.restriction == Restriction(is_closed_to_arrival=True, most_nights=7)


@pytest.mark.parametrize(
    ("dating", "closed"),
    [(DepartureDating.CHECK_OUT_DATE, "2026-04-01"), (DepartureDating.LAST_NIGHT, "2026-03-31")],
)
def test_who_may_not_depart_on_the_first_of_a_month_is_told_as_the_channel_dates_it(
    engine: TheEngine, dating: DepartureDating, closed: str
) -> None:
    shut = grand_hotel().with_rule("closed_to_departure", dates=["2026-04-01"])
    outlet = Outlet.of(engine, shut)
    outlet.channel.dating = dating
    # The stretch that is told first ends with the last of the month.
    outlet.lists("deluxe-king", "deluxe-king", days=60)
    outlet.house.it_is("2026-03-02 08:00")
    outlet.pushes()
    every = outlet.channel.nights["X"]
    assert [f"{day}" for day, night in every.items() if night.restriction.is_closed_to_departure] == [closed]


def test_a_new_day_brings_a_new_date(engine: TheEngine) -> None:
    outlet = a_hotel(engine)
    outlet.waits(days=1)
    outlet.pushes()
    assert outlet.told() == ["03-16"]


def test_a_departure_with_seats_is_told_by_the_seats_left(engine: TheEngine) -> None:
    outlet = Outlet.of(engine, a_tour(seats=12))
    outlet.lists("tour", "tour", days=3)
    outlet.house.book("tour", "2026-03-03 10:00", seats=5)
    outlet.pushes()
    assert outlet.times() == [
        ("03-02 10:00", 12),
        ("03-03 10:00", 7),
        ("03-04 10:00", 12),
    ]
    outlet.house.book("tour", "2026-03-03 10:00", seats=7)
    outlet.pushes()
    assert outlet.times() == [("03-02 10:00", 12), ("03-04 10:00", 12)], "what is full is not offered"


def test_somebody_who_is_needed_beside_it_takes_the_time_as_well(engine: TheEngine) -> None:
    outlet = Outlet.of(engine, a_practice())
    outlet.lists("scan", "dr-adams", days=1)
    outlet.pushes()
    assert ("03-02 11:00", 1) in outlet.times()
    outlet.house.book("scan", "2026-03-02 11:00", by=["dr-brown"])
    outlet.pushes()
    assert ("03-02 11:00", 1) not in outlet.times(), "there is one scanner"
    assert ("03-02 12:00", 1) in outlet.times()


def test_a_rental_is_told_by_the_times_within_which_it_is_free(engine: TheEngine) -> None:
    outlet = Outlet.of(engine, a_car_rental())
    outlet.lists("car", "fiat", days=2)
    outlet.house.book("car", "2026-03-02 12:00/2026-03-02 15:00")
    outlet.pushes()
    free = [
        (outlet.house.wall.shown(each.start), outlet.house.wall.shown(each.end))
        for each in outlet.channel.openings["X"]
    ]
    assert free[0][1] == "11:00", "an hour before the next customer"
    assert free[1][0] == "16:00"


def test_what_is_no_longer_in_the_catalog_is_closed(engine: TheEngine) -> None:
    outlet = Outlet.of(engine, cabins(2))
    outlet.lists("cabin", "cabin-2")
    outlet.pushes()
    outlet.house.becomes(cabins(1).revised())
    outlet.pushes()
    assert outlet.left("2026-03-02", 14) == [0] * 14
    assert outlet.alerts() == []


def test_everything_is_told_again_on_demand(engine: TheEngine) -> None:
    outlet = a_hotel(engine)
    outlet.channel.nights.clear()
    assert outlet.resyncs(channel="another") == []
    assert [each.code for each in outlet.resyncs(days=10)] == ["X"]
    outlet.pushes()
    assert outlet.left("2026-03-02", 10) == [5] * 10
    with pytest.raises(InvalidInput):
        outlet.resyncs(days=0)


def test_who_leaves_early_gives_the_rest_back(engine: TheEngine) -> None:
    outlet = a_hotel(engine)
    booked = outlet.house.book("deluxe-king", "2026-03-02/2026-03-08")
    outlet.pushes()
    assert outlet.left("2026-03-02", 6) == [4] * 6
    outlet.house.it_is("2026-03-02 15:00")
    with engine.store(outlet.house.tenant) as tx:
        arrived = tx.reservations.get(booked.id).check_in(engine.clock.now())
        tx.reservations.save(arrived)
        stay, period = Stay(booked.stay.check_in, date(2026, 3, 4)), booked.period  # type: ignore[union-attr]
        shorter = Period(period.start, period.end - timedelta(days=4))
        tx.reservations.save(arrived.state.leave_early(shorter, stay, None, engine.clock.now()))
    outlet.pushes()
    assert outlet.left("2026-03-02", 6) == [4, 4, 5, 5, 5, 5]


def test_where_no_channel_sells_anything_nothing_is_owed_or_told(engine: TheEngine) -> None:
    outlet = Outlet.of(engine, grand_hotel())
    outlet.house.book("deluxe-king", "2026-03-05/2026-03-06")
    assert outlet.pushes() == 0
    assert outlet.listings() == []


def test_in_the_last_second_of_a_date_nothing_is_offered_on_it(engine: TheEngine) -> None:
    outlet = Outlet.of(engine, a_tour().open_at("always"))
    outlet.lists("tour", "tour", days=1)
    engine.clock.set(outlet.house.moment("2026-03-02 23:59") + timedelta(seconds=59, milliseconds=500))
    outlet.pushes()
    assert outlet.times() == []


def test_a_departure_without_a_rate_is_not_offered(engine: TheEngine) -> None:
    season = Season(name="spring", start=date(2026, 3, 3), end=date(2026, 3, 4), amount=Money(30_00, "EUR"))
    rate = ServicePrice(calendar=RateCalendar(currency="EUR", seasons=(season,)), per=PricedBy.PERSON)
    outlet = Outlet.of(engine, a_tour().priced("tour", Tariff(code="tour", rate=rate)))
    with pytest.raises(InvalidInput, match="takes at most 1"):
        outlet.lists("tour", "tour", days=3, adults=2)
    outlet.lists("tour", "tour", days=3)
    outlet.pushes()
    assert outlet.times() == [("03-03 10:00", 12)]
    assert outlet.channel.openings["X"][0].price == Money(30_00, "EUR")


def test_what_is_sold_no_longer_by_the_resource_is_closed(engine: TheEngine) -> None:
    outlet = a_hotel(engine)
    other = grand_hotel().with_any("other", "annex", capacity=2, hours="always")
    outlet.house.becomes(other.offering("deluxe-king", "other", trade=Trade.STAY).revised())
    outlet.pushes()
    assert outlet.left("2026-03-02", 14) == [0] * 14


def test_one_guide_takes_as_many_as_there_are_seats_or_nobody(engine: TheEngine) -> None:
    tour = a_tour(seats=12).with_any("guide", "gina", hours="always")
    tour = tour.offering(
        "tour", "tour", "guide", trade=Trade.ACTIVITY, minutes=180, one_of=frozenset({"guide"})
    )
    outlet = Outlet.of(engine, tour)
    outlet.lists("tour", "tour", days=2)
    outlet.pushes()
    assert outlet.times() == [("03-02 10:00", 12), ("03-03 10:00", 12)]
    outlet.house.close("gina", "2026-03-03 09:00/2026-03-03 18:00")
    outlet.pushes()
    assert outlet.times() == [("03-02 10:00", 12)]


def test_a_listing_is_told_of_what_it_sells_and_of_nothing_else(engine: TheEngine) -> None:
    outlet = Outlet.of(engine, cabins(2))
    for number in (1, 2):
        outlet.lists("cabin", f"cabin-{number}", code=f"C{number}")
    outlet.pushes()
    outlet.told()
    outlet.house.book("cabin", "2026-03-05/2026-03-06", by=["cabin-2"])
    outlet.pushes()
    assert [each.code for each in outlet.channel.updates] == ["C2"]
    outlet.house.hold("cabin", "2026-03-08/2026-03-09", "anna", by=["cabin-1"])
    outlet.hears()
    assert [bool(outlet.listing(code).owed) for code in ("C1", "C2")] == [True, False]
