"""SCENARIOS.md section 6, item 9: a series is booked as a whole, or says date by date why not."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from booking_adapters._codec.recurrence import recurrence_of
from booking_adapters.testing.builders import a_car_rental, a_clinic, a_tour, cabins, nightly
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.kernel.errors import InvalidInput, KeyReused
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.money import Money
from booking_core.domain.reservations.party import Customer
from booking_core.usecases.book_series import BookedSeries, SeriesNotBookable
from booking_core.usecases.plan_series import SeriesCommand, SeriesLine, SeriesMode, SeriesNeedsPayment
from booking_core.usecases.wanted import Wanted
from tests.integration.races.rush import places_taken, rush

TEN = "2026-03-03 10:00"  # a Tuesday
WEEKLY = "FREQ=WEEKLY;COUNT=6"


def command(
    business: OpenBusiness,
    service: str,
    when: str,
    rule: str,
    *,
    mode: SeriesMode = SeriesMode.ALL_OR_NOTHING,
    seats: int = 1,
    wanted: Wanted | None = None,
    key: str = "",
    without: Collection[str] = (),
) -> SeriesCommand:
    return SeriesCommand(
        tenant=business.tenant,
        wanted=wanted or business.wanted(service, when, seats=seats),
        recurrence=recurrence_of(rule, datetime(2026, 3, 3, tzinfo=UTC)),
        customer=Customer(name="Bob"),
        mode=mode,
        idempotency_key=key,
        except_dates=frozenset(map(date.fromisoformat, without)),
    )


def book(business: OpenBusiness, rule: str, mode: SeriesMode = SeriesMode.ALL_OR_NOTHING) -> BookedSeries:
    return business.engine.book_series(command(business, "visit", TEN, rule, mode=mode))


def days(lines: tuple[SeriesLine, ...], *, booked: bool) -> list[str]:
    return [f"{each.date:%m-%d}" for each in lines if (each.reservation is not None) is booked]


@pytest.fixture
def clinic(engine: TheEngine) -> OpenBusiness:
    return engine.opens(a_clinic().with_staff("anna"))


def test_a_weekly_series_is_one_commit_with_a_reservation_for_each_date(clinic: OpenBusiness) -> None:
    booked = book(clinic, WEEKLY)
    assert days(booked.lines, booked=True) == ["03-03", "03-10", "03-17", "03-24", "03-31", "04-07"]
    for line in booked.lines:
        assert line.reservation is not None
        assert clinic.show(line.reservation.id) == line.reservation
        with clinic.engine.store.reading(clinic.tenant) as tx:
            assert tx.series.of_reservation(line.reservation.id) == booked.series
            assert booked.series.from_number(line.number)[0].reservation == line.reservation.id


def test_ten_o_clock_stays_ten_o_clock_when_the_clocks_change(clinic: OpenBusiness) -> None:
    booked = book(clinic, WEEKLY)
    starts = [line.reservation.period.start for line in booked.lines if line.reservation]
    assert {clinic.wall.shown(each) for each in starts} == {"10:00"}
    assert len({each.hour for each in starts}) == 2  # in UTC it moves on 2026-03-29


def test_a_fortnightly_conflict_with_a_weekly_series_is_found(clinic: OpenBusiness) -> None:
    book(clinic, "FREQ=WEEKLY;INTERVAL=2;COUNT=3")
    with pytest.raises(SeriesNotBookable) as refused:
        book(clinic, WEEKLY)
    taken = [(each["number"], each["date"], each["codes"]) for each in refused.value.details["missing"]]
    days_taken = ((1, "2026-03-03"), (3, "2026-03-17"), (5, "2026-03-31"))
    assert taken == [(number, day, ["lane_taken"]) for number, day in days_taken]
    assert "10:00" in clinic.times("visit", "2026-03-10"), "nothing is half booked"


def test_a_closed_day_is_skipped_and_does_not_fail_the_series(clinic: OpenBusiness) -> None:
    clinic.close("anna", "2026-03-17", reason="holiday")
    with pytest.raises(SeriesNotBookable):
        book(clinic, WEEKLY)
    booked = book(clinic, WEEKLY, SeriesMode.SKIP)
    assert days(booked.lines, booked=False) == ["03-17"]
    assert [each.number for each in booked.series.occurrences if each.reservation is None] == [3]


def test_a_series_of_which_nothing_can_be_had_is_refused_also_where_dates_are_skipped(
    clinic: OpenBusiness,
) -> None:
    book(clinic, WEEKLY)
    for mode in (SeriesMode.ALL_OR_NOTHING, SeriesMode.SKIP):
        with pytest.raises(SeriesNotBookable, match="6 of 6"):
            book(clinic, WEEKLY, mode)


def test_a_dry_run_says_what_booking_would_and_writes_nothing(clinic: OpenBusiness) -> None:
    clinic.book("visit", "2026-03-10 10:00", by=["anna"])
    asked = command(clinic, "visit", TEN, WEEKLY, mode=SeriesMode.SKIP)
    dry = clinic.engine.explain_series(asked)
    assert "10:00" in clinic.times("visit", "2026-03-03")
    real = clinic.engine.book_series(asked).lines
    assert [(each.number, each.period, each.violations) for each in dry] == [
        (each.number, each.period, each.violations) for each in real
    ]


def test_a_series_does_not_take_a_place_twice_from_itself(engine: TheEngine) -> None:
    camp = engine.opens(cabins(1))
    daily = command(camp, "cabin", "2026-03-03/2026-03-05", "FREQ=DAILY;COUNT=4", mode=SeriesMode.SKIP)
    booked = engine.book_series(daily)
    assert days(booked.lines, booked=True) == ["03-03", "03-05"]
    assert days(booked.lines, booked=False) == ["03-04", "03-06"]


def test_a_customers_limit_counts_the_dates_of_the_series(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna").with_rule("customer_limit", live=2))
    booked = book(clinic, WEEKLY, SeriesMode.SKIP)
    assert days(booked.lines, booked=True) == ["03-03", "03-10"]


def test_two_series_for_the_same_seats_at_once_are_one_series(engine: TheEngine) -> None:
    tour = engine.opens(a_tour(seats=12))
    asked = command(tour, "tour", TEN, WEEKLY, seats=7)
    got = rush([lambda: engine.book_series(asked) for _ in range(4)])
    assert sum(isinstance(each, BookedSeries) for each in got) == 1, got
    assert sum(isinstance(each, SeriesNotBookable) for each in got) == 3, got
    assert tour.times("tour", "2026-03-17", seats=5) == ["10:00"]


def test_promotion_codes_are_for_single_bookings(clinic: OpenBusiness) -> None:
    wanted = Wanted(service="visit", start=clinic.moment(TEN), codes=("SPRING",))
    with pytest.raises(InvalidInput, match="codes"):
        clinic.engine.book_series(command(clinic, "visit", TEN, WEEKLY, wanted=wanted))


def test_a_date_that_cannot_be_had_shifts_to_the_next_slot(clinic: OpenBusiness) -> None:
    clinic.book("visit", "2026-03-10 10:00")
    booked = book(clinic, WEEKLY, SeriesMode.SHIFT)
    shifted = [
        clinic.wall.shown(each.reservation.period.start)
        for each in booked.lines
        if each.is_shifted and each.reservation
    ]
    assert shifted == ["10:45"]  # after the visit, its five minutes and the ten before
    assert all(each.reservation for each in booked.lines)


def test_nights_that_cannot_be_had_shift_by_days_but_not_past_the_next_date(engine: TheEngine) -> None:
    camp = engine.opens(cabins(1))
    camp.book("cabin", "2026-03-10/2026-03-12")
    camp.book("cabin", "2026-03-17/2026-03-25")
    weekly = command(camp, "cabin", "2026-03-03/2026-03-04", "FREQ=WEEKLY;COUNT=4", mode=SeriesMode.SHIFT)
    lines = engine.book_series(weekly).lines
    nights = [
        each.reservation and each.reservation.stay and f"{each.reservation.stay.check_in:%m-%d}"
        for each in lines
    ]
    assert nights == ["03-03", "03-12", None, "03-25"]


def test_what_is_paid_ahead_is_no_series(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna").under(payment={"ask": "all"}))
    with pytest.raises(SeriesNeedsPayment):
        book(clinic, WEEKLY)
    with pytest.raises(InvalidInput, match="pay_later"):
        attrs.evolve(command(clinic, "visit", TEN, WEEKLY), pay_later=True, actor=Actor("guest"))


def test_every_date_of_a_series_has_its_price_and_its_folio(engine: TheEngine) -> None:
    camp = engine.opens(cabins(1).priced("cabin", nightly("cabins", Money(12_000, "CHF"))))
    weekly = command(camp, "cabin", "2026-03-03/2026-03-05", "FREQ=WEEKLY;COUNT=2")
    for line in engine.book_series(weekly).lines:
        assert line.reservation is not None
        with engine.store.reading(camp.tenant) as tx:
            assert tx.folios.get(line.reservation.id).charges == Money(24_000, "CHF")


def test_the_same_key_gives_the_same_series_with_the_same_lines(clinic: OpenBusiness) -> None:
    clinic.close("anna", "2026-03-17", reason="holiday")
    clinic.book("visit", "2026-03-10 10:00")
    asked = command(clinic, "visit", TEN, WEEKLY, mode=SeriesMode.SKIP, key="one click")
    first, again = clinic.engine.book_series(asked), clinic.engine.book_series(asked)
    assert (first.is_replay, again.is_replay) == (False, True)
    assert again.series == first.series
    told = [[(why.code, why.message) for why in each.violations] for each in again.lines]
    assert told == [[(why.code, why.message) for why in each.violations] for each in first.lines]
    assert [each.reservation for each in again.lines] == [each.reservation for each in first.lines]
    assert days(again.lines, booked=False) == ["03-10", "03-17"]


def test_a_key_that_comes_back_with_another_series_or_was_a_booking_s_is_refused(
    clinic: OpenBusiness,
) -> None:
    clinic.engine.book_series(command(clinic, "visit", TEN, WEEKLY, key="one click"))
    with pytest.raises(KeyReused):
        clinic.engine.book_series(command(clinic, "visit", TEN, "FREQ=WEEKLY;COUNT=5", key="one click"))
    clinic.book("visit", "2026-03-05 10:00", key="another click")
    with pytest.raises(KeyReused):
        clinic.engine.book_series(command(clinic, "visit", TEN, WEEKLY, key="another click"))


def test_a_refused_series_leaves_its_key_unused(clinic: OpenBusiness) -> None:
    taken = clinic.book("visit", TEN)
    asked = command(clinic, "visit", TEN, WEEKLY, key="one click")
    with pytest.raises(SeriesNotBookable):
        clinic.engine.book_series(asked)
    clinic.cancel(taken)
    assert not clinic.engine.book_series(asked).is_replay


def test_one_click_that_arrives_four_times_at_once_is_one_series(engine: TheEngine) -> None:
    tour = engine.opens(a_tour(seats=12))
    asked = command(tour, "tour", TEN, WEEKLY, seats=2, key="one click")
    got = rush([lambda: engine.book_series(asked) for _ in range(4)])
    made = [each for each in got if isinstance(each, BookedSeries)]
    assert len(made) == 4, got
    assert len({each.series.id for each in made}) == 1
    assert sorted(each.is_replay for each in made) == [False, True, True, True]
    assert places_taken(tour, "tour", "2026-03-17") == 2


def test_dates_that_are_left_out_are_none_of_the_series(clinic: OpenBusiness) -> None:
    clinic.book("visit", "2026-03-10 10:00")
    asked = command(clinic, "visit", TEN, WEEKLY, without=["2026-03-10", "2026-03-24"])
    assert days(clinic.engine.book_series(asked).lines, booked=True) == ["03-03", "03-17", "03-31", "04-07"]


@pytest.mark.parametrize(
    ("rule", "without", "reason"),
    [
        (WEEKLY, ["2026-03-11"], "none of the series"),
        ("FREQ=WEEKLY;COUNT=1", ["2026-03-03"], "no date"),
        (WEEKLY, [str(date(2026, 1, 1) + timedelta(days=day)) for day in range(367)], "at most 366"),
    ],
)
def test_what_is_left_out_must_be_in_the_series_and_leave_something(
    clinic: OpenBusiness, rule: str, without: list[str], reason: str
) -> None:
    with pytest.raises(InvalidInput, match=reason):
        clinic.engine.book_series(command(clinic, "visit", TEN, rule, without=without))


@pytest.mark.parametrize(
    ("first", "day", "shown"),
    [
        ("2026-03-22 02:30", "2026-03-29", "03:00"),  # the clock jumps from two to three, and there it begins
        ("2026-10-18 02:30", "2026-10-25", "02:30"),  # half past two comes twice; the first one is meant
    ],
)
def test_a_series_goes_through_the_hour_that_is_missing_or_comes_twice(
    engine: TheEngine, first: str, day: str, shown: str
) -> None:
    night = engine.opens(a_clinic().with_staff("anna", hours="MO-SU 00:00-06:00"))
    lines = engine.book_series(command(night, "visit", first, "FREQ=WEEKLY;COUNT=3")).lines
    starts = [line.reservation.period.start for line in lines if line.reservation]
    zone = night.business.venue.zone
    assert [f"{each.astimezone(zone):%H:%M}" for each in starts] == ["02:30", shown, "02:30"]
    assert f"{starts[1].astimezone(zone):%Y-%m-%d}" == day
    assert starts[1].astimezone(zone).fold == 0


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(service="visit"),
        Wanted(service="visit", start=datetime(2026, 3, 3, 9, 0, 1, tzinfo=UTC)),
    ],
    ids=["no start", "seconds"],
)
def test_a_series_begins_on_a_whole_minute(clinic: OpenBusiness, wanted: Wanted) -> None:
    with pytest.raises(InvalidInput, match="start"):
        clinic.engine.book_series(command(clinic, "visit", TEN, WEEKLY, wanted=wanted))


def test_a_date_is_shifted_out_of_sight_for_nobody(clinic: OpenBusiness) -> None:
    asked = command(clinic, "visit", TEN, WEEKLY)
    for far in (0, 32):
        with pytest.raises(InvalidInput, match="shift_days"):
            attrs.evolve(asked, shift_days=far)


def test_a_series_of_rentals_keeps_both_ends_on_the_wall(engine: TheEngine) -> None:
    cars = engine.opens(a_car_rental())
    asked = command(cars, "car", "2026-03-24 09:00/17:00", "FREQ=WEEKLY;COUNT=2")
    ends = [line.reservation.period for line in engine.book_series(asked).lines if line.reservation]
    shown = [(cars.wall.shown(each.start), cars.wall.shown(each.end)) for each in ends]
    assert shown == [("09:00", "17:00"), ("09:00", "17:00")]
