"""Departures, waitlists and what went wrong for others (SCENARIOS.md, 5 and 6) while the threads of a worker run."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from booking_adapters._codec.recurrence import recurrence_of
from booking_adapters.testing.builders import a_clinic, a_tour
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_app import worker
from booking_core.domain.availability.request import NotBookable, SlotTaken, SoldOut
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.domain.waitlist.entry import EntryState
from booking_core.ports.storage import Page
from booking_core.usecases.book import BookCommand
from booking_core.usecases.book_series import BookedSeries, SeriesNotBookable
from booking_core.usecases.cancel_series import CancelSeriesCommand
from booking_core.usecases.changing_series import Scope
from booking_core.usecases.plan_series import SeriesCommand, SeriesMode
from booking_core.usecases.waitlist import OfferLapsed
from tests.integration.races.rush import places_taken, rush
from tests.integration.scenarios.at_work import Crew, at_work
from tests.integration.scenarios.line import DEPARTURE, accepts, joins, leaves, states
from tests.integration.scenarios.paid_hotel import BANK_ASKS, PaidHotel, usd

DAY = "2026-03-03"
WAITING, OFFERED, BOOKED, LAPSED = (
    EntryState.WAITING,
    EntryState.OFFERED,
    EntryState.BOOKED,
    EntryState.LAPSED,
)
A_WEEKLY_HOUR = "FREQ=WEEKLY;COUNT=4"


@pytest.fixture
def crew(engine: TheEngine, store: Storage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Crew]:
    monkeypatch.setattr(worker, "NAP_SECONDS", 0.02)
    with at_work(engine, store) as crew:
        yield crew


@pytest.fixture
def clinic(engine: TheEngine) -> OpenBusiness:
    return engine.opens(a_clinic().with_staff("anna"))


@pytest.fixture
def hotel(engine: TheEngine) -> PaidHotel:
    return PaidHotel.opens(engine, rooms=1)


@pytest.fixture
def tour(engine: TheEngine) -> OpenBusiness:
    return engine.opens(a_tour(seats=12).under(offer_ttl=timedelta(hours=2)))


@pytest.fixture
def two(tour: OpenBusiness) -> Reservation:
    """Two of the twelve seats; the others are sold too."""
    tour.book("tour", DEPARTURE, seats=10)
    return tour.book("tour", DEPARTURE, seats=2)


def test_twelve_seats_are_offered_in_order_held_and_passed_on(
    tour: OpenBusiness, two: Reservation, crew: Crew
) -> None:
    ada, four, bob = joins(tour, "ada", seats=2), joins(tour, "four", seats=4), joins(tour, "bob", seats=2)
    tour.cancel(two)
    crew.rests()
    assert states(tour, ada, four, bob) == [OFFERED, WAITING, WAITING], (
        "nobody takes a part of what they want"
    )
    with pytest.raises(SoldOut):
        tour.book("tour", DEPARTURE)
    tour.engine.clock.advance(timedelta(hours=2))
    crew.rests()
    assert states(tour, ada, four, bob) == [LAPSED, WAITING, OFFERED]
    with pytest.raises(OfferLapsed):
        accepts(tour, ada)
    assert accepts(tour, bob).quantity == 2
    crew.rests()
    assert states(tour, four, bob) == [WAITING, BOOKED]
    assert places_taken(tour, "tour", DAY) == 12


def test_who_declines_makes_room_for_the_next_at_once(
    tour: OpenBusiness, two: Reservation, crew: Crew
) -> None:
    ada, bob = joins(tour, "ada"), joins(tour, "bob", seats=2)
    tour.cancel(two)
    crew.rests()
    assert states(tour, ada, bob) == [OFFERED, WAITING]
    leaves(tour, ada)
    crew.rests()
    assert states(tour, bob) == [OFFERED]


def test_simultaneous_buyers_and_the_worker_never_sell_a_seat_twice(
    tour: OpenBusiness, two: Reservation, crew: Crew
) -> None:
    waiting = [joins(tour, f"guest-{number}") for number in range(3)]
    buy, cancel = partial(tour.book, "tour", DEPARTURE), partial(tour.cancel, two)
    acts: list[Callable[[], object]] = [cancel, buy, buy, buy]
    got = rush(acts)
    crew.rests()
    bought = sum(isinstance(each, Reservation) for each in got[1:])
    offered = [each is OFFERED for each in states(tour, *waiting)]
    assert bought + sum(offered) == 2, got
    assert offered == sorted(offered, reverse=True), "the earliest in line come first"
    assert places_taken(tour, "tour", DAY) == 12


def test_two_who_accept_at_once_have_one_reservation(
    tour: OpenBusiness, two: Reservation, crew: Crew
) -> None:
    ada = joins(tour, "ada")
    tour.cancel(two)
    crew.rests()
    got = rush([partial(accepts, tour, ada) for _ in range(4)])
    assert len({each.id for each in got if isinstance(each, Reservation)}) == 1, got
    assert places_taken(tour, "tour", DAY) == 11


def test_control_two_who_book_at_once_instead_of_accepting_have_two(
    tour: OpenBusiness, two: Reservation, crew: Crew
) -> None:
    tour.cancel(two)
    crew.rests()
    booking = BookCommand(
        tenant=tour.tenant, wanted=tour.wanted("tour", DEPARTURE), customer=Customer(name="Ada")
    )
    got = rush([partial(tour.engine.book, booking) for _ in range(2)])
    assert len({each.id for each in got if isinstance(each, Reservation)}) == 2, got
    assert places_taken(tour, "tour", DAY) == 12


def test_an_offer_that_is_accepted_while_it_lapses_is_booked_or_passed_on_and_never_both(
    tour: OpenBusiness, two: Reservation, crew: Crew
) -> None:
    ada, bob = joins(tour, "ada", seats=2), joins(tour, "bob", seats=2)
    tour.cancel(two)
    crew.rests()
    tour.engine.clock.advance(timedelta(hours=2) - timedelta(seconds=1))
    crew.rests()
    lapse = partial(tour.engine.clock.advance, timedelta(seconds=1))
    acts: list[Callable[[], object]] = [partial(accepts, tour, ada), lapse]
    accepted, _ = rush(acts)
    crew.rests()
    if isinstance(accepted, Reservation):
        assert states(tour, ada, bob) == [BOOKED, WAITING]
    else:
        assert isinstance(accepted, OfferLapsed)
        assert states(tour, ada, bob) == [LAPSED, OFFERED]
    assert places_taken(tour, "tour", DAY) == 12


def test_a_cancellation_while_an_offer_lapses_serves_two_who_wait(
    tour: OpenBusiness, two: Reservation, crew: Crew
) -> None:
    ada, bob, eve = (joins(tour, name, seats=2) for name in ("ada", "bob", "eve"))
    with tour.engine.store.reading(tour.tenant) as tx:
        (ten,) = [
            each for each in tx.reservations.overlapping(None, two.period, Page()) if each.quantity == 10
        ]
    tour.cancel(two)
    crew.rests()
    assert states(tour, ada, bob, eve) == [OFFERED, WAITING, WAITING]
    acts: list[Callable[[], object]] = [
        partial(tour.engine.clock.advance, timedelta(hours=2)),
        partial(tour.cancel, ten),
    ]
    rush(acts)
    crew.rests()
    assert states(tour, ada, bob, eve) == [LAPSED, OFFERED, OFFERED]
    assert places_taken(tour, "tour", DAY) == 4


def test_6_4_a_held_slot_is_one_s_own_alone_and_is_free_again_when_its_time_is_over(
    clinic: OpenBusiness, crew: Crew
) -> None:
    clinic.hold("visit", f"{DAY} 10:00", "ada")
    crew.rests()
    assert "10:00" in clinic.times("visit", DAY, session="ada"), "pressing Back does not hide it"
    assert "10:00" not in clinic.times("visit", DAY, session="bob")
    got = rush([partial(clinic.hold, "visit", f"{DAY} 10:00", session) for session in ("bob", "eve", "mia")])
    assert all(isinstance(each, SlotTaken) for each in got), got
    clinic.engine.clock.advance(timedelta(hours=1))
    crew.rests()
    got = rush([partial(clinic.hold, "visit", f"{DAY} 10:00", session) for session in ("bob", "eve", "mia")])
    assert sum(isinstance(each, SlotTaken) for each in got) == 2, got


def test_6_7_one_place_left_and_the_first_payer_is_late(hotel: PaidHotel, crew: Crew) -> None:
    """A starts paying 14:30, B pays 14:37 and is refused; A's time runs out, B books, then A pays."""
    first = hotel.book(card=BANK_ASKS)
    hotel.engine.clock.advance(timedelta(minutes=7))
    crew.rests()
    with pytest.raises(NotBookable):
        hotel.book()
    hotel.engine.clock.advance(timedelta(minutes=24))
    crew.rests()
    assert hotel.status(first) is Status.EXPIRED
    second = hotel.book()
    crew.rests()  # whether the request or the worker sends it first
    assert hotel.status(second) is Status.CONFIRMED
    hotel.engine.till.account.authenticate(hotel.payments(first)[0].reference)
    hotel.engine.clock.advance(timedelta(hours=1))
    crew.rests()
    assert hotel.status(first) is Status.EXPIRED
    assert (hotel.kept(), hotel.blocked()) == (usd("664.14"), usd("0")), "A has everything back, B's is kept"


def series_of(clinic: OpenBusiness, rule: str, mode: SeriesMode = SeriesMode.ALL_OR_NOTHING) -> SeriesCommand:
    return SeriesCommand(
        tenant=clinic.tenant,
        wanted=clinic.wanted("visit", f"{DAY} 10:00"),
        recurrence=recurrence_of(rule, datetime(2026, 3, 3, tzinfo=UTC)),
        customer=Customer(name="Bob"),
        mode=mode,
    )


def test_6_9_a_series_meets_a_fortnightly_one_a_closed_day_and_another_buyer(
    clinic: OpenBusiness, crew: Crew
) -> None:
    clinic.engine.book_series(series_of(clinic, "FREQ=WEEKLY;INTERVAL=2;COUNT=2"))
    with pytest.raises(SeriesNotBookable) as refused:
        clinic.engine.book_series(series_of(clinic, A_WEEKLY_HOUR))
    assert [each["number"] for each in refused.value.details["missing"]] == [1, 3]
    crew.rests()
    assert "10:00" in clinic.times("visit", "2026-03-10"), "nothing is half booked"
    clinic.close("anna", "2026-03-24", reason="holiday")
    lines = clinic.engine.book_series(series_of(clinic, A_WEEKLY_HOUR, SeriesMode.SKIP)).lines
    assert [each.reservation is not None for each in lines] == [False, True, False, False]


def test_6_9_a_series_and_single_buyers_at_once_leave_a_whole_series_or_none(
    clinic: OpenBusiness, crew: Crew
) -> None:
    days = [f"2026-03-{day:02}" for day in (3, 10, 17, 24)]
    buyers = [partial(clinic.book, "visit", f"{day} 10:00") for day in days[2:]]
    weekly = partial(clinic.engine.book_series, series_of(clinic, A_WEEKLY_HOUR))
    acts: list[Callable[[], object]] = [weekly, *buyers]
    booked, *bought = rush(acts)
    crew.rests()
    if isinstance(booked, BookedSeries):
        assert not any(isinstance(each, Reservation) for each in bought), bought
    else:
        assert isinstance(booked, SeriesNotBookable)
        assert "10:00" in clinic.times("visit", days[0])
        assert "10:00" in clinic.times("visit", days[1])
    assert all(places_taken(clinic, "anna", day) <= 1 for day in days)


def test_a_series_that_is_called_off_serves_whoever_waits_for_one_of_its_dates(
    clinic: OpenBusiness, crew: Crew
) -> None:
    series = clinic.engine.book_series(series_of(clinic, A_WEEKLY_HOUR)).series
    ada = joins(clinic, "ada", service="visit", when="2026-03-17 10:00")
    crew.rests()
    assert states(clinic, ada) == [WAITING]
    clinic.engine.cancel_series(
        CancelSeriesCommand(tenant=clinic.tenant, series=series.id, number=2, scope=Scope.FOLLOWING)
    )
    crew.rests()
    assert states(clinic, ada) == [OFFERED]
    assert accepts(clinic, ada).is_live


def a_visit(clinic: OpenBusiness, who: str, hour: str) -> Reservation:
    customer = Customer(name=who, email=f"{who}@example.com")
    wanted = clinic.wanted("visit", f"2026-03-05 {hour}:00")
    return clinic.engine.book(BookCommand(tenant=clinic.tenant, wanted=wanted, customer=customer))


def test_6_12_a_reminder_goes_to_who_comes_and_not_to_who_cancelled(clinic: OpenBusiness, crew: Crew) -> None:
    ada, bob = (a_visit(clinic, who, hour) for who, hour in (("ada", "10"), ("bob", "11")))
    assert ada.is_live
    crew.rests()
    clinic.cancel(bob)
    crew.rests()
    told = {who: len(crew.letters.to(f"{who}@example.com")) for who in ("ada", "bob")}
    clinic.it_is("2026-03-04 11:01")
    crew.rests()
    assert len(crew.letters.to("ada@example.com")) == told["ada"] + 1, crew.letters.to("ada@example.com")
    assert len(crew.letters.to("bob@example.com")) == told["bob"], crew.letters.to("bob@example.com")


def test_6_12_somebody_new_is_not_swamped(clinic: OpenBusiness, crew: Crew) -> None:
    for hour in ("09", "11", "13", "15"):
        clinic.book("visit", f"{DAY} {hour}:00")
    clinic.engine.clock.advance(timedelta(hours=1))
    clinic.becomes(clinic.business.revised().with_staff("ben", since=clinic.engine.clock.now()))
    crew.rests()
    got = [clinic.who(clinic.book("visit", f"{DAY} {hour}:00"))[0] for hour in ("10", "12", "14", "16")]
    assert sorted(got) == ["anna", "anna", "ben", "ben"]
