"""SCENARIOS.md section 6, item 9: a series is booked as a whole, or says date by date why not."""

from datetime import UTC, datetime

import pytest

from booking_adapters._codec.recurrence import recurrence_of
from booking_adapters.testing.builders import a_clinic, a_tour, cabins, nightly
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.money import Money
from booking_core.domain.reservations.party import Customer
from booking_core.usecases.book_series import BookedSeries, SeriesNotBookable
from booking_core.usecases.cancel_series import Scope
from booking_core.usecases.move_series import MoveSeriesCommand
from booking_core.usecases.plan_series import SeriesCommand, SeriesLine, SeriesMode, SeriesNeedsPayment
from booking_core.usecases.wanted import Wanted
from tests.integration.races.rush import rush

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
) -> SeriesCommand:
    return SeriesCommand(
        tenant=business.tenant,
        wanted=wanted or business.wanted(service, when, seats=seats),
        recurrence=recurrence_of(rule, datetime(2026, 3, 3, tzinfo=UTC)),
        customer=Customer(name="Bob"),
        mode=mode,
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
    assert {clinic.wall.shown(line.period.start) for line in booked.lines} == {"10:00"}
    assert len({line.period.start.hour for line in booked.lines}) == 2  # in UTC it moves on 2026-03-29


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
    shifted = [clinic.wall.shown(each.period.start) for each in booked.lines if each.is_shifted]
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


def moves(clinic: OpenBusiness, series: BookedSeries, number: int, scope: Scope, when: str) -> list[str]:
    """Move, and say where every date stands afterwards."""
    clinic.engine.move_series(
        MoveSeriesCommand(
            tenant=clinic.tenant,
            series=series.series.id,
            number=number,
            scope=scope,
            wanted=clinic.wanted("visit", when),
        )
    )
    return stands(clinic, series)


def stands(clinic: OpenBusiness, series: BookedSeries) -> list[str]:
    now = [clinic.show(each.reservation.id) for each in series.lines if each.reservation]
    zone = clinic.business.venue.zone
    return [f"{each.period.start.astimezone(zone):%m-%d %H:%M}" for each in now]


def test_this_and_the_following_dates_move_and_one_that_was_moved_alone_stays(clinic: OpenBusiness) -> None:
    series = book(clinic, "FREQ=WEEKLY;COUNT=5")
    assert moves(clinic, series, 4, Scope.ONE, "2026-03-25 15:00")[3] == "03-25 15:00"
    assert moves(clinic, series, 3, Scope.FOLLOWING, "2026-03-18 11:00") == [
        "03-03 10:00",
        "03-10 10:00",
        "03-18 11:00",
        "03-25 15:00",
        "04-01 11:00",
    ]
    assert moves(clinic, series, 1, Scope.ALL, "2026-03-03 09:30")[:2] == ["03-03 09:30", "03-10 09:30"]


def test_a_daily_series_moves_by_a_day_into_its_own_places(clinic: OpenBusiness) -> None:
    series = book(clinic, "FREQ=DAILY;COUNT=3")
    assert moves(clinic, series, 1, Scope.ALL, "2026-03-04 10:00") == [
        "03-04 10:00",
        "03-05 10:00",
        "03-06 10:00",
    ]
    assert moves(clinic, series, 2, Scope.ALL, "2026-03-04 10:00") == [
        "03-03 10:00",
        "03-04 10:00",
        "03-05 10:00",
    ]


def test_none_moves_where_one_cannot(clinic: OpenBusiness) -> None:
    series = book(clinic, "FREQ=WEEKLY;COUNT=3")
    clinic.book("visit", "2026-03-17 11:00")
    with pytest.raises(SeriesNotBookable) as refused:
        moves(clinic, series, 1, Scope.ALL, "2026-03-03 11:00")
    assert [each["number"] for each in refused.value.details["missing"]] == [3]
    assert stands(clinic, series) == ["03-03 10:00", "03-10 10:00", "03-17 10:00"]


def test_every_date_of_a_series_has_its_price_and_its_folio(engine: TheEngine) -> None:
    camp = engine.opens(cabins(1).priced("cabin", nightly("cabins", Money(12_000, "CHF"))))
    weekly = command(camp, "cabin", "2026-03-03/2026-03-05", "FREQ=WEEKLY;COUNT=2")
    for line in engine.book_series(weekly).lines:
        assert line.reservation is not None
        with engine.store.reading(camp.tenant) as tx:
            assert tx.folios.get(line.reservation.id).charges == Money(24_000, "CHF")
